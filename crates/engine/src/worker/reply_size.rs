//! How many jobs one call asks for, so that Redis writes its reply at once (pure).

/// Redis writes about 64 KiB of a reply before it turns to its other work (`NET_MAX_WRITES_PER_EVENT` of its sources): the rest of a
/// longer one waits for the call that came meanwhile, and the worker for the rest. Bytes, with room for what else the reply carries.
const WRITTEN_AT_ONCE: usize = 56 * 1024;

/// What a job takes up beside its data and options: its other fields, all names and the framing, bytes.
const OTHER_FIELDS: usize = 256;

/// Each call has a price of its own, so that it asks for this many however large they are.
const JOBS_MIN: usize = 4;

/// A quarter of the average is what came last.
const LATEST_SHARE: usize = 4;

/// How large jobs have been lately.
#[derive(Debug, Default)]
pub(super) struct ReplySize {
    /// Data and options of a job, bytes; 0 = nothing is known.
    average: usize,
}

impl ReplySize {
    /// So many jobs came, with data and options of so many bytes together.
    pub(super) fn note(&mut self, jobs: usize, bytes: usize) {
        let Some(latest) = bytes.checked_div(jobs) else { return };
        self.average = match self.average {
            0 => latest,
            average => (average * (LATEST_SHARE - 1) + latest) / LATEST_SHARE,
        };
    }

    /// How many jobs make up one reply.
    pub(super) fn jobs_at_once(&self) -> usize {
        (WRITTEN_AT_ONCE / (self.average + OTHER_FIELDS)).max(JOBS_MIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(sizes: impl IntoIterator<Item = usize>) -> usize {
        let mut reply_size = ReplySize::default();
        sizes.into_iter().for_each(|bytes| reply_size.note(10, 10 * bytes));
        reply_size.jobs_at_once()
    }

    #[test]
    fn short_jobs_fill_a_call_and_longer_ones_a_reply() {
        assert!(after([]) > 100);
        assert!(after([100]) > 100);
        assert_eq!(after([5_000]), 10);
        assert_eq!(after([1_000_000]), JOBS_MIN);
    }

    #[test]
    fn the_average_follows_and_a_fetch_without_jobs_tells_nothing() {
        assert!((11..20).contains(&after([100, 5_000, 5_000, 5_000])));
        assert_eq!(after([100; 2].into_iter().chain([5_000; 40])), 10);
        let mut reply_size = ReplySize::default();
        reply_size.note(10, 50_000);
        reply_size.note(0, 0);
        assert_eq!(reply_size.jobs_at_once(), 10);
    }
}
