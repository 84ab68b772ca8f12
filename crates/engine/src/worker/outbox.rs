//! Events on their way to the owner.

use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::WorkerEvent;

/// Above this many waiting events no jobs are fetched and droppable events are dropped.
const EVENTS_MAX: usize = 16_384;

/// Ordered events, taken in batches.
///
/// Bounded: at [`EVENTS_MAX`] the fetcher stops (the events of jobs already running still come, at most a few per job) and events
/// that only inform are dropped. How a job ended is never dropped.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// Written by every role, emptied by the owner. Never held across an await.
    events: Mutex<Waiting>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    events: Vec<WorkerEvent>,
    is_closed: bool,
    /// When events were last handed out, unless the owner has come back since.
    owner_left: Option<Instant>,
}

impl Outbox {
    /// Appends one event.
    pub(super) fn push(&self, event: WorkerEvent) {
        self.push_all(vec![event]);
    }

    /// Appends events as one batch: the owner never sees a part of it.
    pub(super) fn push_all(&self, mut batch: Vec<WorkerEvent>) {
        let mut waiting = self.lock();
        if waiting.events.len() >= EVENTS_MAX {
            batch.retain(|event| !event.is_droppable());
        }
        if batch.is_empty() || waiting.is_closed {
            return;
        }
        waiting.events.append(&mut batch);
        drop(waiting);
        self.arrived.notify_one();
    }

    /// Whether the owner is too far behind to fetch more jobs.
    pub(super) fn is_full(&self) -> bool {
        self.lock().events.len() >= EVENTS_MAX
    }

    /// Ends the stream after what is waiting.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.arrived.notify_one();
    }

    /// How long the owner has not come back for more since it was handed events; zero while it waits for some.
    ///
    /// An event loop that turns comes back within a turn. Renewed locks are such events, so that it is handed some regularly.
    pub(super) fn owner_away(&self) -> Duration {
        self.lock().owner_left.map_or(Duration::ZERO, |left| left.elapsed())
    }

    /// All events since the last call, waiting for one; empty when closed.
    pub(super) async fn take(&self) -> Vec<WorkerEvent> {
        self.lock().owner_left = None;
        loop {
            {
                let mut waiting = self.lock();
                if !waiting.events.is_empty() {
                    waiting.owner_left = Some(Instant::now());
                    return std::mem::take(&mut waiting.events);
                }
                if waiting.is_closed {
                    self.arrived.notify_one();
                    return Vec::new();
                }
            }
            self.arrived.notified().await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.events.lock().expect("no code panics while it holds this lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress() -> WorkerEvent {
        WorkerEvent::Progress { job_id: "1".into(), progress: "1".into() }
    }

    #[tokio::test]
    async fn events_are_taken_in_order_and_in_one_batch() {
        let outbox = Outbox::default();
        outbox.push_all(vec![WorkerEvent::Ready, WorkerEvent::Drained]);
        outbox.push(WorkerEvent::AskTime);
        let taken = outbox.take().await;
        assert!(matches!(taken[..], [WorkerEvent::Ready, WorkerEvent::Drained, WorkerEvent::AskTime]));
    }

    #[tokio::test]
    async fn an_owner_is_away_from_when_it_took_events_until_it_comes_back() {
        let outbox = Outbox::default();
        assert_eq!(outbox.owner_away(), Duration::ZERO);
        outbox.push(progress());
        outbox.take().await;
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert!(outbox.owner_away() >= Duration::from_millis(2));
        let waiting = tokio::time::timeout(Duration::from_millis(2), outbox.take());
        assert!(waiting.await.is_err());
        assert_eq!(outbox.owner_away(), Duration::ZERO);
    }

    #[tokio::test]
    async fn closing_delivers_what_waits_and_then_ends() {
        let outbox = Outbox::default();
        outbox.push(WorkerEvent::Closed);
        outbox.close();
        assert_eq!(outbox.take().await.len(), 1);
        assert!(outbox.take().await.is_empty());
        assert!(outbox.take().await.is_empty());
    }

    #[tokio::test]
    async fn a_full_outbox_drops_only_events_that_inform() {
        let outbox = Outbox::default();
        outbox.push_all((0..EVENTS_MAX).map(|_| progress()).collect());
        assert!(outbox.is_full());
        outbox.push(progress());
        outbox.push(WorkerEvent::Drained);
        assert_eq!(outbox.take().await.len(), EVENTS_MAX + 1);
        assert!(!outbox.is_full());
    }
}
