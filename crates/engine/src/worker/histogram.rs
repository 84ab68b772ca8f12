//! Durations counted by size.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the buckets, ms: from a job in memory to a video.
const BOUNDS_MS: [u64; BUCKETS] =
    [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 1_800_000];
const BUCKETS: usize = 16;

/// Counts durations without locks; two additions each.
#[derive(Debug, Default)]
pub(super) struct Histogram {
    /// Durations up to each bound and above the one before; the last counts those above all.
    buckets: [AtomicU64; BUCKETS + 1],
    sum_us: AtomicU64,
}

/// What a histogram has counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// How many durations there were.
    pub count: u64,
    /// How long they were together.
    pub sum: Duration,
    /// Upper bounds, rising, each with the number of durations that are not longer.
    pub buckets: Vec<(Duration, u64)>,
}

impl Histogram {
    /// Counts one duration.
    pub(super) fn observe(&self, duration: Duration) {
        let bucket = BOUNDS_MS.partition_point(|bound| Duration::from_millis(*bound) < duration);
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// What was counted so far. Durations that come meanwhile may be in the sum and not yet in the count.
    pub(super) fn distribution(&self) -> Distribution {
        let mut count = 0;
        let mut buckets = Vec::with_capacity(BUCKETS);
        for (bound, bucket) in BOUNDS_MS.iter().zip(&self.buckets) {
            count += bucket.load(Ordering::Relaxed);
            buckets.push((Duration::from_millis(*bound), count));
        }
        count += self.buckets[BUCKETS].load(Ordering::Relaxed);
        Distribution { count, sum: Duration::from_micros(self.sum_us.load(Ordering::Relaxed)), buckets }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_counts_in_every_bucket_that_is_not_too_small() {
        let histogram = Histogram::default();
        for duration in [Duration::from_millis(5), Duration::from_micros(5_001), Duration::from_hours(1)] {
            histogram.observe(duration);
        }
        let seen = histogram.distribution();
        assert_eq!(seen.buckets[..3].iter().map(|(_, count)| *count).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!((seen.buckets[BUCKETS - 1].1, seen.count), (2, 3));
        assert_eq!(seen.sum, Duration::from_hours(1) + Duration::from_micros(10_001));
    }

    #[test]
    fn bounds_rise() {
        assert!(BOUNDS_MS.is_sorted());
    }
}
