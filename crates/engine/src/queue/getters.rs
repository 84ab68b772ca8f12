//! Reading jobs.

use std::collections::HashSet;

use crate::error::Result;
use crate::job::{Job, JobState};
use crate::queue::Queue;
use crate::scripts::{JobRange, JobResult};
use crate::wire::{Reply, job_from_hash};

/// Hashes read per round trip.
const LOAD_BATCH: usize = 500;
/// How often jobs whose hash is gone are made up for by the ones that follow.
const BACKFILL_ROUNDS: usize = 5;

impl Queue {
    /// One job, or `None` if it does not exist.
    pub async fn job(&self, job_id: &str) -> Result<Option<Job>> {
        let mut command = redis::cmd("HGETALL");
        command.arg(self.keys().job(job_id));
        job_from_hash(job_id, self.connection().call(&command).await?)
    }

    /// The state a job is in, or `None` if it is in none. Searches `active` and `wait`, so the cost grows with them.
    pub async fn job_state(&self, job_id: &str) -> Result<Option<JobState>> {
        Ok(JobState::from_name(&self.scripts.job_state(job_id).await?))
    }

    /// Whether and how a job has ended.
    ///
    /// # Errors
    /// `JobMissing` with the job's full Redis key.
    pub async fn job_result(&self, job_id: &str) -> Result<JobResult> {
        self.scripts.job_result(job_id).await
    }

    /// Ids of jobs in one state.
    pub async fn job_ids(&self, state: JobState, range: JobRange) -> Result<Vec<String>> {
        let key = match state {
            JobState::Waiting => return self.scripts.list_waiting(range).await,
            JobState::Active => return self.active_ids(range).await,
            state => self.keys().named(state.name()),
        };
        let mut command = redis::cmd(if range.ascending { "ZRANGE" } else { "ZREVRANGE" });
        command.arg(key).arg(range.first).arg(range.last);
        Reply::new("job ids", self.connection().call(&command).await?).into_texts()
    }

    /// Jobs of these states, one state after the other, each job once; `range` applies to every state by itself.
    ///
    /// Jobs whose hash is gone are left out; a range with a definite end is then filled from the jobs that follow it.
    pub async fn jobs(&self, states: &[JobState], range: JobRange) -> Result<Vec<Job>> {
        let (mut jobs, mut seen_states, mut seen_ids) = (Vec::new(), HashSet::new(), HashSet::new());
        for state in states.iter().filter(|state| seen_states.insert(**state)) {
            let of_state = self.jobs_in(*state, range).await?;
            jobs.extend(of_state.into_iter().filter(|job| seen_ids.insert(job.id.clone())));
        }
        Ok(jobs)
    }

    async fn jobs_in(&self, state: JobState, range: JobRange) -> Result<Vec<Job>> {
        let wanted =
            if range.first >= 0 && range.last >= range.first { Some(range.last - range.first + 1) } else { None };
        let mut jobs = Vec::new();
        let mut next = range;
        for _ in 0..=BACKFILL_ROUNDS {
            let ids = self.job_ids(state, next).await?;
            let is_exhausted = ids.is_empty();
            jobs.extend(self.load(&ids).await?);
            let missing = wanted.map_or(0, |wanted| wanted - i64::try_from(jobs.len()).unwrap_or(i64::MAX));
            if missing <= 0 || is_exhausted {
                break;
            }
            next = JobRange { first: next.last + 1, last: next.last + missing, ..range };
        }
        Ok(jobs)
    }

    /// Reads hashes; ids without one are left out.
    async fn load(&self, ids: &[String]) -> Result<Vec<Job>> {
        let mut jobs = Vec::with_capacity(ids.len());
        for ids in ids.chunks(LOAD_BATCH) {
            let mut pipeline = redis::pipe();
            for id in ids {
                pipeline.cmd("HGETALL").arg(self.keys().job(id));
            }
            for (id, reply) in ids.iter().zip(self.connection().call_all(&pipeline).await?) {
                jobs.extend(job_from_hash(id, reply)?);
            }
        }
        Ok(jobs)
    }

    /// New active jobs join at the left, so ascending order is right to left.
    async fn active_ids(&self, range: JobRange) -> Result<Vec<String>> {
        let JobRange { first, last, ascending } = range;
        let (first, last) = if ascending { (-1 - last, -1 - first) } else { (first, last) };
        let mut command = redis::cmd("LRANGE");
        command.arg(self.keys().named("active")).arg(first).arg(last);
        let mut ids = Reply::new("job ids", self.connection().call(&command).await?).into_texts()?;
        if ascending {
            ids.reverse();
        }
        Ok(ids)
    }
}
