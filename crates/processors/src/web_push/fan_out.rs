//! Sends one message to many subscriptions and keeps the ledger.

use std::sync::Arc;
use std::time::Duration;

use synapse_queue_engine::job::Failure;
use synapse_queue_engine::processor::{JobContext, LogLevel, Outcome};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, timeout_at};

use super::delivery::Delivery;
use super::ledger::Ledger;
use super::message::Message;
use super::postponed::Postponed;
use super::sender::PushSender;
use crate::stores::{StoreError, Subscription, SubscriptionStore};

/// How long a delivery waits for the others in flight to be recorded together: most end at about the same time.
const GATHER: Duration = Duration::from_millis(10);

/// What a fan-out works with.
pub(super) struct Surroundings<'a> {
    pub(super) sender: &'a Arc<PushSender>,
    pub(super) store: &'a dyn SubscriptionStore,
    pub(super) context: &'a dyn JobContext,
}

/// What the run does after some users were notified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunThen {
    GoesOn,
    /// At once: the last deliveries are recorded with the call that ends it.
    Ends,
}

/// One attempt to deliver a message to all subscriptions of a job.
pub(super) struct FanOut<'a> {
    surroundings: Surroundings<'a>,
    message: Arc<Message>,
    ledger: Ledger,
    postponed: Postponed,
}

type Finished = (Subscription, Delivery);

impl<'a> FanOut<'a> {
    /// Continues where earlier attempts of the job stopped.
    pub(super) async fn resume(surroundings: Surroundings<'a>, message: Message) -> Result<Self, Failure> {
        let ledger = Ledger::load(surroundings.context).await?;
        Ok(Self { surroundings, message: Arc::new(message), ledger, postponed: Postponed::default() })
    }

    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Loads the subscriptions of `user_ids` and tries each that is not finished yet, once. Returns how many subscriptions there are.
    ///
    /// # Errors
    /// When the store or the ledger fails, or the job is cancelled. What was in flight is settled first.
    pub(super) async fn notify(&mut self, user_ids: &[String], then: RunThen) -> Result<usize, Failure> {
        let subscriptions =
            self.surroundings.store.find_by_user(user_ids).await.map_err(|error| store_failure(&error))?;
        let found = subscriptions.len();
        let mut waiting = subscriptions.into_iter();
        let mut in_flight: JoinSet<Finished> = JoinSet::new();
        let mut problem = None;
        loop {
            if self.surroundings.context.cancellation().is_cancelled() {
                problem.get_or_insert_with(|| Failure::new("CANCELLED", "the job was cancelled"));
            }
            if problem.is_none() {
                self.fill(&mut in_flight, &mut waiting);
            }
            let gather = if waiting.as_slice().is_empty() { GATHER } else { Duration::ZERO };
            let finished = ended(&mut in_flight, gather).await;
            if finished.is_empty() {
                break;
            }
            let settled = self.settle(finished).await;
            // Nothing new starts before these are recorded: a crash repeats at most what is in flight.
            let is_over = in_flight.is_empty() && waiting.as_slice().is_empty();
            let recorded = if is_over { Ok(()) } else { self.ledger.record(self.surroundings.context).await };
            if let Err(failure) = recorded.and(settled) {
                problem.get_or_insert(failure);
            }
        }
        let recorded = match then {
            RunThen::GoesOn => self.ledger.record(self.surroundings.context).await,
            RunThen::Ends => self.ledger.record_last(self.surroundings.context).await,
        };
        problem.map_or(recorded, Err).map(|()| found)
    }

    /// `Some` if another attempt is needed for what was tried.
    pub(super) fn into_outcome(self) -> Option<Outcome> {
        let context = self.surroundings.context;
        let outcome = self.postponed.outcome(context.now_ms())?;
        if let Outcome::Delayed { .. } = outcome {
            context.log(LogLevel::Info, "Waiting for the pause that a push service has asked for".into());
        }
        Some(outcome)
    }

    fn fill(&self, in_flight: &mut JoinSet<Finished>, waiting: &mut std::vec::IntoIter<Subscription>) {
        while in_flight.len() < self.surroundings.sender.concurrency() {
            let Some(subscription) = waiting.find(|subscription| !self.ledger.is_finished(&subscription.id)) else {
                return;
            };
            let (sender, message) = (Arc::clone(self.surroundings.sender), Arc::clone(&self.message));
            // A task each: requests go on while results are recorded.
            in_flight.spawn(async move {
                let delivery = sender.deliver(&subscription, &message).await;
                (subscription, delivery)
            });
        }
    }

    /// Notes what became of these; recording it is up to the caller.
    async fn settle(&mut self, finished: Vec<Finished>) -> Result<(), Failure> {
        let mut gone = Vec::new();
        for (subscription, delivery) in finished {
            match delivery {
                Delivery::Delivered => self.ledger.mark_sent(&subscription.id),
                Delivery::Gone => gone.push(subscription.id),
                Delivery::Rejected { reason } => {
                    self.log_error(&subscription, &reason);
                    self.ledger.mark_failed(&subscription.id);
                }
                Delivery::Unavailable { reason, retry_after } => {
                    self.log_error(&subscription, &reason);
                    self.postponed.add_unavailable(reason, retry_after);
                }
                Delivery::Postponed { pause } => self.postponed.add_paused(pause),
            }
        }
        self.remove(&gone).await
    }

    async fn remove(&mut self, gone: &[String]) -> Result<(), Failure> {
        if gone.is_empty() {
            return Ok(());
        }
        self.surroundings.store.remove(gone).await.map_err(|error| store_failure(&error))?;
        for id in gone {
            self.surroundings.context.log(LogLevel::Info, format!("Removed invalid subscription {id}"));
            self.ledger.mark_failed(id);
        }
        Ok(())
    }

    fn log_error(&self, subscription: &Subscription, reason: &str) {
        let message = format!("Error sending push notification to {}: {reason}", subscription.id);
        self.surroundings.context.log(LogLevel::Error, message);
    }
}

fn store_failure(error: &StoreError) -> Failure {
    Failure::new(error.code(), error.to_string())
}

/// Waits for the first that ends, and until `gather` has passed since for the others; empty if nothing is in flight.
async fn ended(in_flight: &mut JoinSet<Finished>, gather: Duration) -> Vec<Finished> {
    let Some(first) = in_flight.join_next().await else { return Vec::new() };
    let mut finished = vec![unwrap_task(first)];
    let until = Instant::now() + gather;
    while let Ok(Some(next)) = timeout_at(until, in_flight.join_next()).await {
        finished.push(unwrap_task(next));
    }
    finished
}

/// A panic of a delivery is one of the job, which the engine turns into a failure.
fn unwrap_task(task: Result<Finished, JoinError>) -> Finished {
    match task {
        Ok(finished) => finished,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
