//! Retries repeat nothing that was confirmed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use synapse_queue_engine::processor::{Outcome, Processor};
use synapse_queue_processors::web_push::{PushOptions, PushProcessor};

use crate::browser::Browser;
use crate::fake_context::FakeContext;
use crate::memory_store::MemoryStore;
use crate::receiver::{Answer, Receiver};
use crate::setup::{completed, failed, job, options, processor};

#[tokio::test]
async fn a_retry_sends_only_what_was_not_delivered_and_counts_everything() {
    let receiver = Receiver::start().await;
    receiver.script("/gone", [Answer::status(410)]);
    receiver.script("/refused", [Answer::status(400)]);
    receiver.script("/flaky", [Answer::status(503), Answer::status(500)]);
    let subscriptions = ["ok", "gone", "refused", "flaky"].map(|id| Browser::new(&receiver, id, "ann").subscription);
    let (store, context) = (Arc::new(MemoryStore::new(subscriptions)), FakeContext::default());
    let processor = processor(&receiver, &store);

    for _ in 0..2 {
        let failure = failed(processor.process(&job("ann"), &context).await);
        assert_eq!(failure.code.as_deref(), Some("PUSH_SERVICE_UNAVAILABLE"));
        assert!(!failure.is_unrecoverable());
    }
    let outcome = processor.process(&job("ann"), &context).await;

    assert_eq!(completed(outcome), r#"{"sent":2,"failed":2,"total":4}"#);
    assert_eq!(receiver.paths(), ["/flaky", "/flaky", "/flaky", "/gone", "/ok", "/refused"]);
    let lines = context.lines();
    let origin = receiver.origin();
    assert!(
        lines.contains(&format!(
            "Error processing push notification job 7: push notifications still to deliver: 1, the first because: \
         503 Service Unavailable from {origin}"
        )),
        "{lines:?}"
    );
    assert_eq!(lines.last().unwrap(), "✅ Push notification job 7 completed: 2 sent, 2 failed");
}

#[tokio::test]
async fn an_unreachable_server_fails_the_attempt_after_everything_else_was_delivered() {
    let (receiver, closed) = (Receiver::start().await, Receiver::start().await);
    let away = Browser::new(&closed, "away", "ann").subscription;
    let mut options = options(&receiver);
    options.guard.allowed_origins.push(closed.origin());
    drop(closed);
    let subscriptions = [away, Browser::new(&receiver, "ok", "ann").subscription];
    let (store, context) = (Arc::new(MemoryStore::new(subscriptions)), FakeContext::default());
    let processor = PushProcessor::new(store, &options).unwrap();

    for _ in 0..2 {
        let failure = failed(processor.process(&job("ann"), &context).await);
        assert!(failure.message.contains("no connection to https://127.0.0.1:"), "{}", failure.message);
    }

    assert_eq!(receiver.paths(), ["/ok"]);
}

#[tokio::test]
async fn the_last_delivery_is_recorded_with_the_end_of_the_run() {
    let receiver = Receiver::start().await;
    let store = Arc::new(MemoryStore::new([Browser::new(&receiver, "a", "ann").subscription]));
    let context = FakeContext::default();

    completed(processor(&receiver, &store).process(&job("ann"), &context).await);

    assert_eq!((context.records(), context.parts()), (0, 1));
}

#[tokio::test]
async fn a_delivery_is_recorded_while_another_takes_long() {
    let receiver = Receiver::start().await;
    receiver.script("/slow", [Answer::never()]);
    let subscriptions = ["fast", "slow"].map(|id| Browser::new(&receiver, id, "ann").subscription);
    let store = Arc::new(MemoryStore::new(subscriptions));
    let options = PushOptions { timeout: Duration::from_secs(1), ..options(&receiver) };
    let processor = PushProcessor::new(store, &options).unwrap();
    let context = FakeContext::default();

    let outcome = processor.process(&job("ann"), &context).await;

    assert_eq!(failed(outcome).code.as_deref(), Some("PUSH_SERVICE_UNAVAILABLE"));
    assert_eq!((context.records(), context.parts()), (1, 1));
}

#[tokio::test]
async fn nothing_new_is_sent_once_deliveries_cannot_be_recorded() {
    let receiver = Receiver::start().await;
    let subscriptions = (0..10).map(|n| Browser::new(&receiver, &format!("s{n}"), "ann").subscription);
    let store = Arc::new(MemoryStore::new(subscriptions));
    let options = PushOptions { concurrency: 2, ..options(&receiver) };
    let processor = PushProcessor::new(store, &options).unwrap();
    let context = FakeContext::default();
    context.refuses_parts.store(true, Ordering::SeqCst);

    let failure = failed(processor.process(&job("ann"), &context).await);

    assert_eq!(failure.code.as_deref(), Some("CONNECTION_CLOSED"));
    assert!(receiver.requests().len() <= 2, "{:?}", receiver.paths());
}

#[tokio::test]
async fn a_cancelled_job_starts_no_delivery() {
    let receiver = Receiver::start().await;
    let store = Arc::new(MemoryStore::new([Browser::new(&receiver, "a", "ann").subscription]));
    let context = FakeContext::default();
    context.cancellation.cancel();

    let outcome = processor(&receiver, &store).process(&job("ann"), &context).await;

    assert!(matches!(outcome, Outcome::Failed(failure) if failure.code.as_deref() == Some("CANCELLED")));
    assert!(receiver.requests().is_empty());
}

#[tokio::test]
async fn cancelling_lets_what_is_in_flight_finish_and_records_it() {
    let receiver = Receiver::start().await;
    let subscriptions = ["a", "b", "c", "d"].map(|id| Browser::new(&receiver, id, "ann").subscription);
    let store = Arc::new(MemoryStore::new(subscriptions));
    let options = PushOptions { concurrency: 1, ..options(&receiver) };
    let processor = PushProcessor::new(store, &options).unwrap();
    let context = Arc::new(FakeContext::default());
    let running = {
        let (processor, context) = (processor.clone(), Arc::clone(&context));
        tokio::spawn(async move { processor.process(&job("ann"), &*context).await })
    };
    while receiver.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    context.cancellation.cancel();

    assert_eq!(failed(running.await.unwrap()).code.as_deref(), Some("CANCELLED"));
    assert_eq!(context.parts(), receiver.requests().len(), "every confirmed delivery is in the ledger");
    let outcome = processor.process(&job("ann"), &FakeContext::default()).await;
    completed(outcome);
}
