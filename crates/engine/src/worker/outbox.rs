//! Events on their way to the owner.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::WorkerEvent;
use super::turns::Turns;

/// Above this many waiting events no jobs are fetched and droppable events are dropped.
const EVENTS_MAX: usize = 16_384;

/// Jobs that are longer together are not handed out in one turn, bytes. V8 gives a text of 128 KiB memory of its own, whose pages cost more than
/// another turn.
const JOBS_SIZE: usize = 64 * 1024;

/// Told when events have come since they were last taken. Called on the threads that bring them; must not block.
pub type EventsArrived = Arc<dyn Fn() + Send + Sync>;

/// Ordered events, taken in batches.
///
/// Bounded: at [`EVENTS_MAX`] the fetcher stops (the events of jobs already running still come, at most a few per job) and events
/// that only inform are dropped. How a job ended is never dropped.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// Written by every role, emptied by the owner. Never held across an await.
    events: Mutex<Waiting>,
    arrived: Notify,
    turns: Turns,
}

#[derive(Default)]
struct Waiting {
    events: Vec<WorkerEvent>,
    is_closed: bool,
    /// Told once per batch; gone when the outbox is closed.
    listener: Option<EventsArrived>,
}

/// Events that the owner took.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) events: Vec<WorkerEvent>,
    /// The outbox was full and is not any more.
    pub(super) made_room: bool,
}

impl Outbox {
    /// An outbox whose owner is told when events have come.
    pub(super) fn telling(listener: Option<EventsArrived>) -> Self {
        Self { events: Mutex::new(Waiting { listener, ..Waiting::default() }), ..Self::default() }
    }

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
        let is_first = waiting.events.is_empty();
        if is_first && waiting.listener.is_some() {
            self.turns.handed_over(Instant::now());
        }
        waiting.events.append(&mut batch);
        self.tell(waiting, is_first);
    }

    /// Tells the owner of the first event of a batch; of the others it hears with that one.
    fn tell(&self, waiting: MutexGuard<'_, Waiting>, is_first: bool) {
        let listener = waiting.listener.clone().filter(|_| is_first);
        drop(waiting);
        match listener {
            Some(listener) => listener(),
            None => self.arrived.notify_one(),
        }
    }

    /// Whether the owner is too far behind to fetch more jobs.
    pub(super) fn is_full(&self) -> bool {
        self.lock().events.len() >= EVENTS_MAX
    }

    /// Ends the stream after what is waiting.
    pub(super) fn close(&self) {
        let mut waiting = self.lock();
        waiting.is_closed = true;
        waiting.listener = None;
        drop(waiting);
        self.arrived.notify_one();
    }

    /// How long the owner has not come back for more since it was handed events; zero while it waits for some.
    ///
    /// An event loop that turns comes back within a turn. Renewed locks are such events, so that it is handed some regularly.
    pub(super) fn owner_away(&self) -> Duration {
        self.turns.away(Instant::now())
    }

    /// The longest time in the last minute, the running one included, that the owner did not come back.
    pub(super) fn owner_lag(&self) -> Duration {
        self.turns.lag(Instant::now())
    }

    /// Events since the last call, up to the one that starts the last of `runs` runs or brings more jobs than [`JOBS_SIZE`]; for owners
    /// that are told when some have come. They come back for more until there are none.
    pub(super) fn take_now(&self, runs: usize) -> Batch {
        let now = Instant::now();
        self.turns.came_back(now);
        let mut waiting = self.lock();
        let was_full = waiting.events.len() >= EVENTS_MAX;
        let later = match end_of_turn(&waiting.events, runs) {
            Some(end) => waiting.events.split_off(end),
            None => Vec::new(),
        };
        let events = std::mem::replace(&mut waiting.events, later);
        let made_room = was_full && waiting.events.len() < EVENTS_MAX;
        drop(waiting);
        if !events.is_empty() {
            self.turns.handed_over(now);
        }
        Batch { events, made_room }
    }

    /// All events since the last call, waiting for one; none when closed.
    pub(super) async fn take(&self) -> Batch {
        self.turns.came_back(Instant::now());
        loop {
            {
                let mut waiting = self.lock();
                if !waiting.events.is_empty() {
                    self.turns.handed_over(Instant::now());
                    let events = std::mem::take(&mut waiting.events);
                    let made_room = events.len() >= EVENTS_MAX;
                    return Batch { events, made_room };
                }
                if waiting.is_closed {
                    self.arrived.notify_one();
                    return Batch { events: Vec::new(), made_room: false };
                }
            }
            self.arrived.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.events.lock().expect("no code panics while it holds this lock")
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting")
            .field("events", &self.events.len())
            .field("is_closed", &self.is_closed)
            .finish_non_exhaustive()
    }
}

/// How many of these events make up a turn of the owner; `None` = all.
fn end_of_turn(events: &[WorkerEvent], runs: usize) -> Option<usize> {
    let (mut starts, mut size) = (0, 0);
    let is_last = |event: &WorkerEvent| {
        starts += usize::from(event.starts_run());
        size += event.job_size();
        starts == runs || size > JOBS_SIZE
    };
    events.iter().position(is_last).map(|last| last + 1)
}

#[cfg(test)]
mod tests {
    use crate::job::Job;

    use super::*;

    #[test]
    fn a_listener_is_told_once_per_batch_and_let_go_when_closed() {
        let told = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counter = Arc::clone(&told);
        let count = move || {
            counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        };
        let outbox = Outbox::telling(Some(Arc::new(count)));
        outbox.push(WorkerEvent::Ready);
        outbox.push(WorkerEvent::Drained);
        assert_eq!(told.load(std::sync::atomic::Ordering::SeqCst), 1);
        assert_eq!(outbox.take_now(1).events.len(), 2);
        outbox.push(WorkerEvent::Closed);
        outbox.close();
        assert_eq!(told.load(std::sync::atomic::Ordering::SeqCst), 2);
        assert_eq!((outbox.take_now(1).events.len(), Arc::strong_count(&told)), (1, 1));
    }

    #[test]
    fn no_more_runs_are_taken_than_asked_for_and_all_events_come_in_order() {
        let outbox = Outbox::default();
        outbox.push_all(vec![WorkerEvent::Ready, active("1"), active("2"), progress(), active("3")]);
        let taken = |runs| -> Vec<String> {
            let events = outbox.take_now(runs).events;
            let starts = events.iter().filter(|event| event.starts_run());
            std::iter::once(events.len().to_string()).chain(starts.map(|event| token_of(event).to_owned())).collect()
        };
        assert_eq!(taken(1), ["2", "1"]);
        assert_eq!(taken(2), ["3", "2", "3"]);
        assert_eq!(taken(2), ["0"]);
    }

    #[test]
    fn large_jobs_are_taken_few_at_a_time() {
        let large = |data: usize| {
            let job = Job { data: "x".repeat(data), ..Job::default() };
            WorkerEvent::Active { job: Arc::new(job), token: "1".into(), run: true }
        };
        let outbox = Outbox::default();
        outbox.push_all(vec![active("1"), large(JOBS_SIZE), large(1), large(2 * JOBS_SIZE), active("1")]);
        let taken: Vec<usize> = (0..4).map(|_| outbox.take_now(100).events.len()).collect();
        assert_eq!(taken, [3, 1, 1, 0]);
    }

    #[test]
    fn a_batch_tells_that_it_made_room_even_when_some_events_stay() {
        let outbox = Outbox::default();
        outbox.push_all((0..EVENTS_MAX).map(|_| active("1")).collect());
        assert!(outbox.take_now(1).made_room);
        assert!(!outbox.is_full() && !outbox.take_now(1).made_room);
    }

    fn active(token: &str) -> WorkerEvent {
        WorkerEvent::Active { job: Arc::new(Job::default()), token: token.to_owned(), run: true }
    }

    fn token_of(event: &WorkerEvent) -> &str {
        match event {
            WorkerEvent::Active { token, .. } => token,
            other => panic!("{other:?} starts no run"),
        }
    }

    fn progress() -> WorkerEvent {
        WorkerEvent::Progress { token: "1".into(), progress: "1".into() }
    }

    #[tokio::test]
    async fn events_are_taken_in_order_and_in_one_batch() {
        let outbox = Outbox::default();
        outbox.push_all(vec![WorkerEvent::Ready, WorkerEvent::Drained]);
        outbox.push(WorkerEvent::AskTime);
        let taken = outbox.take().await.events;
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
        assert_eq!(outbox.take().await.events.len(), 1);
        assert!(outbox.take().await.events.is_empty());
        assert!(outbox.take().await.events.is_empty());
    }

    #[tokio::test]
    async fn a_full_outbox_drops_only_events_that_inform() {
        let outbox = Outbox::default();
        outbox.push_all((0..EVENTS_MAX).map(|_| progress()).collect());
        assert!(outbox.is_full());
        outbox.push(progress());
        outbox.push(WorkerEvent::Drained);
        assert_eq!(outbox.take().await.events.len(), EVENTS_MAX + 1);
        assert!(!outbox.is_full());
    }
}
