//! Adding jobs. Small adds are checked and sent on JavaScript's own thread, so that no other has to wake up first.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use futures_util::FutureExt;
use napi::Env;
use napi::bindgen_prelude::{spawn, within_runtime_if_available};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi_derive::napi;
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::queue::Queue;
use synapse_queue_engine::scripts::EncodedJob;

use super::NativeQueue;
use crate::callback::AddedCallback;
use crate::encoding::{TimedJob, added_json, read_new_jobs};
use crate::handle::Handle;
use crate::native_error::{Answer, NativeError};
use crate::runtime;

/// Checking more jobs than this takes longer than waking the thread that does it meanwhile.
const MAX_JOBS_AT_ONCE: usize = 16;

/// Id of each job or why it was refused, or why all of them failed.
type Added = Result<Vec<Result<String>>>;

/// The adds of one handle.
pub(super) struct Adds {
    queue: Queue,
    handle: Arc<Handle>,
    /// Where the answers go; set before the first add. Never held across an await.
    answered: OnceLock<Mutex<AddedCallback>>,
    /// Adds that are being checked on the other thread: those made meanwhile must not overtake them.
    in_preparation: AtomicUsize,
}

/// Jobs of a batch that were not refused, and in the order of the batch who was.
struct Checked {
    jobs: Vec<EncodedJob>,
    verdicts: Vec<Result<()>>,
}

/// Makes adds wait their turn until it is dropped.
struct Preparing(Arc<Adds>);

impl Preparing {
    fn new(adds: Arc<Adds>) -> Self {
        adds.in_preparation.fetch_add(1, Ordering::SeqCst);
        Self(adds)
    }
}

impl Drop for Preparing {
    fn drop(&mut self) {
        self.0.in_preparation.fetch_sub(1, Ordering::SeqCst);
    }
}

#[napi]
impl NativeQueue {
    /// `answered` is called with the ticket of each [`NativeQueue::add`] and either a JSON array with the id of each job or
    /// why it was refused, or the error that all of them met.
    #[napi]
    pub fn on_added(
        &self,
        #[napi(ts_arg_type = "(ticket: number, added: string | null, error: NativeError | null) => void")]
        answered: AddedCallback,
    ) {
        drop(self.adds.answered.set(Mutex::new(answered)));
    }

    /// Whether adds are under way, which keeps the process alive.
    #[napi]
    pub fn await_added(&self, env: Env, is_waiting: bool) -> napi::Result<()> {
        let Some(answered) = self.adds.answered.get() else { return Ok(()) };
        let mut answered = answered.lock().expect("no code panics while it holds this lock");
        #[expect(deprecated, reason = "one function serves all adds; to make one for each costs more than the add")]
        if is_waiting { answered.refer(&env) } else { answered.unref(&env) }
    }

    /// Adds a batch of jobs (three lines each); the answer comes to the function given to [`NativeQueue::on_added`].
    #[napi]
    pub fn add(&self, ticket: u32, batch: String) {
        let is_small = batch.split('\n').nth(3 * MAX_JOBS_AT_ONCE).is_none();
        let adds = Arc::clone(&self.adds);
        within_runtime_if_available(|| {
            if is_small && adds.in_preparation.load(Ordering::SeqCst) == 0 {
                adds.add_now(ticket, &batch);
            } else {
                let preparing = Preparing::new(Arc::clone(&adds));
                spawn(adds.add_beside(ticket, batch, preparing));
            }
        });
    }

    /// Adds a batch of jobs (three lines each) and answers their ids as a JSON array; if one has invalid options, none is added.
    #[napi]
    pub async fn add_all(&self, batch: String) -> Answer<String> {
        self.handle
            .run(async {
                let jobs = read_new_jobs(&batch)?.into_iter().map(|job| self.adds.prepare(job));
                let ids = self.queue.add(jobs.collect::<Result<_>>()?).await?;
                Ok(added_json(&ids.into_iter().map(|id| id.map(Ok)).collect::<Result<Vec<_>>>()?))
            })
            .await
    }
}

impl Adds {
    pub(super) fn new(queue: Queue, handle: Arc<Handle>) -> Arc<Self> {
        Arc::new(Self { queue, handle, answered: OnceLock::new(), in_preparation: AtomicUsize::new(0) })
    }

    /// Checks and sends on this thread.
    fn add_now(self: Arc<Self>, ticket: u32, batch: &str) {
        let checked = self.handle.begin().and_then(|under_way| Ok((under_way, self.check(batch)?)));
        match checked {
            Ok((under_way, Checked { jobs, verdicts })) => {
                let adds = Arc::clone(&self);
                self.queue.add_then(jobs, move |ids| {
                    drop(under_way);
                    adds.answer(ticket, ids.map(|ids| merged(verdicts, ids)));
                });
            }
            Err(error) => self.answer(ticket, Err(error)),
        }
    }

    async fn add_beside(self: Arc<Self>, ticket: u32, batch: String, preparing: Preparing) {
        let added = self.handle.run_plain(async {
            let checked = self.check(&batch);
            let mut adding = Box::pin(async {
                let Checked { jobs, verdicts } = checked?;
                self.queue.add(jobs).await.map(|ids| merged(verdicts, ids))
            });
            // Polled once, so that its jobs are in line before those of later adds.
            let added = (&mut adding).now_or_never();
            drop(preparing);
            match added {
                Some(added) => added,
                None => adding.await,
            }
        });
        let added = added.await;
        self.answer(ticket, added);
    }

    fn check(&self, batch: &str) -> Result<Checked> {
        let batch = read_new_jobs(batch)?;
        let (mut jobs, mut verdicts) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
        for job in batch {
            verdicts.push(self.prepare(job).map(|job| jobs.push(job)));
        }
        Ok(Checked { jobs, verdicts })
    }

    fn prepare(&self, TimedJob { job, now_ms }: TimedJob) -> Result<EncodedJob> {
        runtime::clock().follow(now_ms);
        self.queue.prepare(job, now_ms)
    }

    fn answer(&self, ticket: u32, added: Added) {
        let Some(answered) = self.answered.get() else { return };
        let (ids, error) = match added {
            Ok(added) => (Some(added_json(&added)), None),
            Err(error) => (None, Some(NativeError::from(&error))),
        };
        let answered = answered.lock().expect("no code panics while it holds this lock");
        // It can only fail while the process or its thread ends, when nobody is left to be told.
        answered.call((ticket, ids, error).into(), ThreadsafeFunctionCallMode::NonBlocking);
    }
}

/// The ids of the jobs that were added, in the order of the batch, among the refusals.
fn merged(verdicts: Vec<Result<()>>, ids: Vec<Result<String>>) -> Vec<Result<String>> {
    let mut ids = ids.into_iter();
    verdicts.into_iter().map(|verdict| verdict.and_then(|()| ids.next().unwrap_or(Err(Error::Closed)))).collect()
}
