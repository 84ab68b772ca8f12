//! When a closing worker hands jobs back and when it gives up (pure).

use std::time::Duration;

use tokio::time::Instant;

use super::shared::CloseRequest;

/// How long a closing worker waits for Redis once no job runs any more and nothing of value is on its way.
const GRACE: Duration = Duration::from_secs(2);

/// What stands in the way of ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unfinished {
    /// Jobs that run.
    pub(super) running: usize,
    /// Results that Redis has not taken.
    pub(super) results: usize,
    /// Whether calls are on their way, with or without results.
    pub(super) calls: bool,
}

/// What a closing worker does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Go on until then, or until something happens.
    Wait { until: Option<Instant> },
    /// Hand the running jobs back.
    HandBack,
    /// End.
    End,
}

/// The last phase of a worker's life.
#[derive(Debug)]
pub(super) struct Closing {
    lock_duration: Duration,
    /// Since when no job runs.
    idle_since: Option<Instant>,
}

impl Closing {
    /// `lock_duration`: how long results are worth repeating once no lock is renewed any more.
    pub(super) fn new(lock_duration: Duration) -> Self {
        Self { lock_duration, idle_since: None }
    }

    /// Decides the next step. Results are repeated until the deadline or, without one, for as long as their locks may live.
    pub(super) fn step(&mut self, request: CloseRequest, open: Unfinished, now: Instant) -> Step {
        if open.running > 0 {
            return match request.deadline {
                Some(deadline) if deadline <= now => Step::HandBack,
                deadline => Step::Wait { until: deadline },
            };
        }
        if open.results == 0 && !open.calls {
            return Step::End;
        }
        let idle_since = *self.idle_since.get_or_insert(now);
        let patience = if open.results > 0 { self.lock_duration.max(GRACE) } else { GRACE };
        let gives_up_at = match request.deadline {
            Some(deadline) => (idle_since + patience).min(deadline.max(idle_since) + GRACE),
            None => idle_since + patience,
        };
        if gives_up_at <= now { Step::End } else { Step::Wait { until: Some(gives_up_at) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: Duration = Duration::from_secs(30);
    const SECOND: Duration = Duration::from_secs(1);

    fn unfinished(running: usize, results: usize, calls: bool) -> Unfinished {
        Unfinished { running, results, calls }
    }

    #[test]
    fn running_jobs_are_waited_for_without_end() {
        let step = Closing::new(LOCK).step(CloseRequest { deadline: None }, unfinished(1, 0, false), Instant::now());
        assert_eq!(step, Step::Wait { until: None });
    }

    #[test]
    fn running_jobs_are_handed_back_at_the_deadline() {
        let now = Instant::now();
        let request = CloseRequest { deadline: Some(now + SECOND) };
        let mut closing = Closing::new(LOCK);
        assert_eq!(closing.step(request, unfinished(1, 0, false), now), Step::Wait { until: Some(now + SECOND) });
        assert_eq!(closing.step(request, unfinished(1, 0, false), now + SECOND), Step::HandBack);
    }

    #[test]
    fn an_idle_worker_ends_at_once() {
        let step = Closing::new(LOCK).step(CloseRequest { deadline: None }, unfinished(0, 0, false), Instant::now());
        assert_eq!(step, Step::End);
    }

    #[test]
    fn results_are_repeated_while_their_locks_may_live() {
        let now = Instant::now();
        let request = CloseRequest { deadline: None };
        let mut closing = Closing::new(LOCK);
        assert_eq!(closing.step(request, unfinished(0, 1, true), now), Step::Wait { until: Some(now + LOCK) });
        assert_eq!(closing.step(request, unfinished(0, 1, true), now + LOCK), Step::End);
    }

    #[test]
    fn a_deadline_bounds_the_patience_with_redis() {
        let now = Instant::now();
        let request = CloseRequest { deadline: Some(now) };
        let step = Closing::new(LOCK).step(request, unfinished(0, 1, true), now + SECOND);
        assert_eq!(step, Step::Wait { until: Some(now + SECOND + GRACE) });
    }
}
