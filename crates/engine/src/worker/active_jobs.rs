//! The jobs a worker holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use super::measurements::RunTimes;
use super::run_timeout::RunClock;
use crate::scripts::MAX_LAST_PARTS;

/// One run of a job: from being fetched until Redis has taken its result.
#[derive(Debug, Clone)]
pub(super) struct ActiveJob {
    pub(super) job_id: String,
    /// The job's options, JSON text, read when the run ends.
    pub(super) opts: String,
    /// Attempts that ended before this run.
    pub(super) attempts_made: u32,
    /// How often it was taken, this run included.
    pub(super) attempts_started: u32,
    /// Earlier stack traces, JSON text.
    pub(super) stacktrace: Option<String>,
    pub(super) stage: Stage,
    /// Whether the engine runs it, rather than the owner.
    pub(super) is_native: bool,
    /// Fires when the run must stop.
    pub(super) cancellation: CancellationToken,
    /// The task of a native processor.
    pub(super) native: Option<AbortHandle>,
    /// Ends the run when its job's timeout has passed.
    pub(super) clock: Option<Arc<RunClock>>,
    pub(super) times: RunTimes,
    /// Finished parts that the call with the result records.
    pub(super) last_parts: Vec<String>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It holds a slot and its lock is renewed.
    Running,
    /// It has ended; the lock is renewed until Redis has the result.
    Settling,
    /// Its lock belongs to nobody or to somebody else; it still holds its slot until its runner ends.
    Lost,
}

/// All runs by lock token. A job can be here twice: its first run lost the lock and still runs while the second has begun.
#[derive(Debug, Default)]
pub(super) struct ActiveJobs {
    /// Written by the actor, read by the lock renewer and by callers of the worker. Never held across an await.
    runs: Mutex<Runs>,
}

#[derive(Debug, Default)]
struct Runs {
    by_token: HashMap<String, ActiveJob>,
    /// Tokens of the latest runs, by job.
    latest: HashMap<String, String>,
}

/// A run that must stop, and whose runner has to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoppedRun {
    pub(super) job_id: String,
    pub(super) token: String,
}

impl ActiveJob {
    fn stop(&self, token: &str) -> StoppedRun {
        self.cancellation.cancel();
        StoppedRun { job_id: self.job_id.clone(), token: token.into() }
    }
}

impl ActiveJobs {
    /// Adds a run. Answers the older run of the same job, which has lost its lock without knowing.
    pub(super) fn insert(&self, token: String, job: ActiveJob) -> Option<StoppedRun> {
        let mut runs = self.lock();
        let earlier = runs.latest.insert(job.job_id.clone(), token.clone());
        let superseded = earlier.and_then(|earlier| {
            let run = runs.by_token.get_mut(&earlier).filter(|run| run.stage == Stage::Running)?;
            run.stage = Stage::Lost;
            Some(run.stop(&earlier))
        });
        runs.by_token.insert(token, job);
        superseded
    }

    /// Sets the task of a native run; does nothing if the run is gone already.
    pub(super) fn set_native(&self, token: &str, task: AbortHandle) {
        if let Some(run) = self.lock().by_token.get_mut(token) {
            run.native = Some(task);
        }
    }

    /// Leaves finished parts to the call with this run's result; false if that call is prepared already or would be too large.
    pub(super) fn leave_parts(&self, token: &str, parts: &[String]) -> bool {
        let mut runs = self.lock();
        match runs.by_token.get_mut(token).filter(|run| run.stage != Stage::Settling) {
            Some(run) if run.last_parts.len() + parts.len() <= MAX_LAST_PARTS => {
                run.last_parts.extend_from_slice(parts);
                true
            }
            _ => false,
        }
    }

    /// Whether this run may still report how it ended.
    pub(super) fn is_unsettled(&self, token: &str) -> bool {
        self.lock().by_token.get(token).is_some_and(|run| run.stage != Stage::Settling)
    }

    /// Ends a run's work and returns it; `None` if it is unknown or has ended before.
    pub(super) fn begin_settling(&self, token: &str) -> Option<ActiveJob> {
        let mut runs = self.lock();
        let run = runs.by_token.get_mut(token).filter(|run| run.stage != Stage::Settling)?;
        run.stage = Stage::Settling;
        run.times.end();
        Some(run.clone())
    }

    /// A run that is still here.
    pub(super) fn get(&self, token: &str) -> Option<ActiveJob> {
        self.lock().by_token.get(token).cloned()
    }

    /// Forgets a run.
    pub(super) fn remove(&self, token: &str) {
        self.take(token);
    }

    /// Forgets a run and answers it.
    pub(super) fn take(&self, token: &str) -> Option<ActiveJob> {
        let mut runs = self.lock();
        let run = runs.by_token.remove(token)?;
        if runs.latest.get(&run.job_id).is_some_and(|latest| latest == token) {
            runs.latest.remove(&run.job_id);
        }
        Some(run)
    }

    /// Stops all runs of a job.
    pub(super) fn cancel(&self, job_id: &str) -> Vec<StoppedRun> {
        stop(&mut self.lock(), |_, run| run.job_id == job_id && run.stage != Stage::Settling, None)
    }

    /// Stops one run; `None` if it has ended.
    pub(super) fn stop_run(&self, token: &str) -> Option<StoppedRun> {
        stop(&mut self.lock(), |candidate, run| candidate == token && run.stage != Stage::Settling, None).pop()
    }

    /// Tokens of the runs that have not ended.
    pub(super) fn running(&self) -> Vec<String> {
        let runs = self.lock();
        let running = runs.by_token.iter().filter(|(_, run)| run.stage == Stage::Running);
        running.map(|(token, _)| token.clone()).collect()
    }

    /// Marks runs as having lost their lock and stops them. Tokens of runs that ended meanwhile are passed over.
    pub(super) fn lose(&self, tokens: &[&str]) -> Vec<StoppedRun> {
        stop(&mut self.lock(), |token, run| run.stage == Stage::Running && tokens.contains(&token), Some(Stage::Lost))
    }

    /// Marks the runs of the owner as lost and stops them; native ones go on.
    pub(super) fn give_up(&self) -> Vec<StoppedRun> {
        stop(&mut self.lock(), |_, run| run.stage == Stage::Running && !run.is_native, Some(Stage::Lost))
    }

    /// `(job id, token)` of every lock worth renewing.
    pub(super) fn locks(&self) -> Vec<(String, String)> {
        let runs = self.lock();
        let held = runs.by_token.iter().filter(|(_, run)| run.stage != Stage::Lost);
        held.map(|(token, run)| (run.job_id.clone(), token.clone())).collect()
    }

    /// Stops everything that still runs, native tasks at once: their jobs are about to be handed back.
    pub(super) fn abandon(&self) -> Vec<StoppedRun> {
        let mut runs = self.lock();
        for task in runs.by_token.values_mut().filter_map(|run| run.native.take()) {
            task.abort();
        }
        stop(&mut runs, |_, run| run.stage != Stage::Settling, None)
    }

    fn lock(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().expect("no code panics while it holds this lock")
    }
}

/// Cancels the runs that match and moves them to `stage`, if one is given.
fn stop(runs: &mut Runs, matches: impl Fn(&str, &ActiveJob) -> bool, stage: Option<Stage>) -> Vec<StoppedRun> {
    let matching = runs.by_token.iter_mut().filter(|(token, run)| matches(token, run));
    matching
        .map(|(token, run)| {
            run.stage = stage.unwrap_or(run.stage);
            run.stop(token)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_of(job_id: &str) -> ActiveJob {
        ActiveJob {
            job_id: job_id.into(),
            opts: "{}".into(),
            attempts_made: 0,
            attempts_started: 1,
            stacktrace: None,
            stage: Stage::Running,
            is_native: false,
            cancellation: CancellationToken::new(),
            native: None,
            clock: None,
            times: RunTimes::begin(0),
            last_parts: Vec::new(),
        }
    }

    fn stopped(job_id: &str, token: &str) -> Vec<StoppedRun> {
        vec![StoppedRun { job_id: job_id.into(), token: token.into() }]
    }

    #[test]
    fn a_run_ends_once() {
        let jobs = ActiveJobs::default();
        jobs.insert("w:1".into(), run_of("7"));
        assert!(jobs.begin_settling("w:1").is_some());
        assert!(jobs.begin_settling("w:1").is_none());
        assert!(!jobs.is_unsettled("w:1"));
        assert_eq!(jobs.locks(), [("7".to_owned(), "w:1".to_owned())]);
    }

    #[test]
    fn a_second_run_of_a_job_stops_the_first_and_takes_over_its_lock() {
        let jobs = ActiveJobs::default();
        jobs.insert("w:1".into(), run_of("7"));
        assert_eq!(jobs.insert("w:2".into(), run_of("7")), stopped("7", "w:1").pop());
        assert_eq!(jobs.locks(), [("7".to_owned(), "w:2".to_owned())]);
        jobs.remove("w:1");
        assert_eq!(jobs.insert("w:3".into(), run_of("7")), stopped("7", "w:2").pop());
        jobs.remove("w:3");
        assert_eq!(jobs.insert("w:4".into(), run_of("7")), None);
    }

    #[test]
    fn a_lost_run_is_stopped_and_no_longer_renewed_but_may_still_end() {
        let jobs = ActiveJobs::default();
        jobs.insert("w:1".into(), run_of("7"));
        assert_eq!(jobs.lose(&["w:1", "w:9"]), stopped("7", "w:1"));
        assert_eq!(jobs.lose(&["w:1"]), []);
        assert!(jobs.locks().is_empty());
        assert!(jobs.begin_settling("w:1").expect("it has not ended").cancellation.is_cancelled());
    }

    #[test]
    fn native_runs_are_not_given_up_with_the_owners() {
        let jobs = ActiveJobs::default();
        jobs.insert("w:1".into(), run_of("7"));
        jobs.insert("w:2".into(), ActiveJob { is_native: true, ..run_of("8") });
        assert_eq!(jobs.give_up(), stopped("7", "w:1"));
        assert_eq!(jobs.locks(), [("8".to_owned(), "w:2".to_owned())]);
    }

    #[test]
    fn a_run_that_has_ended_is_neither_cancelled_nor_abandoned() {
        let jobs = ActiveJobs::default();
        jobs.insert("w:1".into(), run_of("7"));
        jobs.begin_settling("w:1");
        assert_eq!(jobs.cancel("7"), []);
        assert_eq!(jobs.abandon(), []);
    }
}
