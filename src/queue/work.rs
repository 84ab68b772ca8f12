//! Working on jobs by hand: taking, finishing, putting off.

use napi_derive::napi;
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::job::Job;
use synapse_queue_engine::scheduler::SlotSource;
use synapse_queue_engine::worker::{JobOutcome, JobResult, ManualEnd, ManualWork, Taken};

use super::NativeQueue;
use crate::encoding::{job_text, read_results};
use crate::native_error::Answer;
use crate::options::NativeWorkerOptions;
use crate::runtime;
use crate::worker::NativeSlotSource;

/// The parts of an active job that decide what becomes of it.
#[napi(object, object_to_js = false)]
pub struct NativeActiveJob {
    /// Unique within the queue.
    pub id: String,
    /// Token of its lock.
    pub token: String,
    /// Options as stored, JSON text.
    pub opts: String,
    /// Attempts that ended before.
    pub attempts_made: u32,
    /// How often it was taken.
    pub attempts_started: u32,
    /// Earlier stack traces, JSON text.
    pub stacktrace: Option<String>,
}

/// How a job was ended by hand.
#[napi(object, object_from_js = false)]
pub struct NativeManualEnd {
    /// Attempts that have ended, this one included.
    pub attempts_made: u32,
    /// Ms since the Unix epoch; absent when the job will be tried again.
    pub finished_on: Option<i64>,
    /// Stack traces of a job that failed, JSON text.
    pub stacktrace: Option<String>,
    /// How long a failed job waits for its next attempt, ms.
    pub delay_ms: i64,
    /// The next job, if one was asked for.
    pub next: Option<NativeTaken>,
}

/// The job that was taken, or why none was.
#[napi(object, object_from_js = false)]
pub struct NativeTaken {
    /// The job as four lines.
    pub job: Option<String>,
    /// How long no job may start, ms; 0 if not limited.
    pub rate_limit_ms: f64,
    /// When the next delayed job is due, ms since the Unix epoch; 0 if unknown.
    pub next_delayed_ms: i64,
}

#[napi]
impl NativeQueue {
    /// Prepares work under a worker's options; without it, the defaults apply.
    #[napi]
    pub fn set_work_options(&self, options: NativeWorkerOptions, slots: NativeSlotSource) -> napi::Result<(), String> {
        self.open_work(options, slots.into()).map(drop).map_err(crate::native_error::exception)
    }

    /// Takes the next job under `token` as four lines, or `null`; with `waits`, after waiting for one.
    #[napi]
    pub async fn take_job(&self, token: String, waits: bool, now_ms: i64) -> Answer<Option<String>> {
        runtime::clock().follow(now_ms);
        self.handle.run(async { Ok(self.work()?.take(&token, waits, now_ms).await?.as_ref().map(job_text)) }).await
    }

    /// Moves jobs whose worker vanished back to the queue and answers their ids; does nothing if another worker did lately.
    #[napi]
    pub async fn check_stalled(&self, now_ms: i64) -> Answer<Vec<String>> {
        runtime::clock().follow(now_ms);
        self.handle.run(async { self.work()?.check_stalled(now_ms).await }).await
    }

    /// Ends a run of a job as `end` (two lines) says, and with `takes_next` takes the next job under the same token.
    #[napi]
    pub async fn finish_job(
        &self,
        job: NativeActiveJob,
        end: String,
        takes_next: bool,
        now_ms: i64,
    ) -> Answer<NativeManualEnd> {
        runtime::clock().follow(now_ms);
        self.handle
            .run(async {
                let (_, outcome) = read_results(&end)?.pop().ok_or(Error::Closed)?;
                let result = JobResult { token: job.token.clone(), outcome };
                Ok(self.work()?.finish(&job.into(), result, takes_next, now_ms).await?.into())
            })
            .await
    }

    /// Puts an active job off until `until_ms`.
    #[napi]
    pub async fn move_job_to_delayed(&self, job_id: String, token: String, until_ms: i64, now_ms: i64) -> Answer<()> {
        runtime::clock().follow(now_ms);
        self.handle
            .run(self.put_back(job_id, JobResult { token, outcome: JobOutcome::Delayed { until_ms } }, now_ms))
            .await
    }

    /// Puts an active job back to wait.
    #[napi]
    pub async fn move_job_to_wait(&self, job_id: String, token: String, now_ms: i64) -> Answer<()> {
        runtime::clock().follow(now_ms);
        self.handle.run(self.put_back(job_id, JobResult { token, outcome: JobOutcome::Waiting }, now_ms)).await
    }

    async fn put_back(&self, id: String, result: JobResult, now_ms: i64) -> Result<()> {
        let job = Job { id, ..Job::default() };
        self.work()?.finish(&job, result, false, now_ms).await.map(drop)
    }

    fn work(&self) -> Result<&ManualWork> {
        match self.work.get() {
            Some(work) => Ok(work),
            None => self.open_work(NativeWorkerOptions::default(), SlotSource::default()),
        }
    }

    fn open_work(&self, options: NativeWorkerOptions, slots: SlotSource) -> Result<&ManualWork> {
        let (connection, keys) = (self.queue.connection().clone(), self.queue.keys().clone());
        let work = ManualWork::new(connection, keys, options.try_into()?)?.with_slots(slots);
        Ok(self.work.get_or_init(|| work))
    }
}

impl From<NativeActiveJob> for Job {
    fn from(job: NativeActiveJob) -> Self {
        let NativeActiveJob { id, token: _, opts, attempts_made, attempts_started, stacktrace } = job;
        Self { id, opts, attempts_made, attempts_started, stacktrace, ..Self::default() }
    }
}

impl From<ManualEnd> for NativeManualEnd {
    fn from(end: ManualEnd) -> Self {
        let ManualEnd { attempts_made, finished_on, stacktrace, delay_ms, next } = end;
        Self { attempts_made, finished_on, stacktrace, delay_ms, next: next.map(NativeTaken::from) }
    }
}

impl From<Taken> for NativeTaken {
    fn from(taken: Taken) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of any limit fit into a double")]
        let rate_limit_ms = taken.rate_limit_ms as f64;
        Self {
            job: taken.job.as_ref().map(job_text),
            rate_limit_ms,
            next_delayed_ms: taken.next_delayed_ms.unwrap_or(0),
        }
    }
}
