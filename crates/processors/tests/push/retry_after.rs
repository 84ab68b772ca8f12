//! A push service that asks for a pause gets it from all jobs.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use synapse_queue_engine::processor::{Outcome, Processor};

use crate::browser::Browser;
use crate::fake_context::{FakeContext, NOW_MS};
use crate::memory_store::MemoryStore;
use crate::receiver::{Answer, Receiver};
use crate::setup::{completed, failed, job, processor};

#[tokio::test]
async fn the_failure_carries_the_servers_pause() {
    let receiver = Receiver::start().await;
    receiver.script("/a", [Answer::status(429).header("retry-after", &7)]);
    let store = Arc::new(MemoryStore::new([Browser::new(&receiver, "a", "ann").subscription]));

    let failure = failed(processor(&receiver, &store).process(&job("ann"), &FakeContext::default()).await);

    assert_eq!(failure.retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn a_pause_may_be_given_as_a_date() {
    let receiver = Receiver::start().await;
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_mins(1));
    receiver.script("/a", [Answer::status(503).header("retry-after", &date)]);
    let store = Arc::new(MemoryStore::new([Browser::new(&receiver, "a", "ann").subscription]));

    let failure = failed(processor(&receiver, &store).process(&job("ann"), &FakeContext::default()).await);

    let pause = failure.retry_after.unwrap();
    assert!((Duration::from_secs(50)..=Duration::from_mins(1)).contains(&pause), "{pause:?}");
}

#[tokio::test]
async fn other_jobs_wait_without_sending_or_burning_an_attempt() {
    let (receiver, other) = (Receiver::start().await, Receiver::start().await);
    receiver.script("/a", [Answer::status(429).header("retry-after", &60)]);
    let subscriptions =
        [Browser::new(&receiver, "a", "ann").subscription, Browser::new(&receiver, "b", "bob").subscription];
    let store = Arc::new(MemoryStore::new(subscriptions));
    let processor = processor(&receiver, &store);

    failed(processor.process(&job("ann"), &FakeContext::default()).await);
    let outcome = processor.process(&job("bob"), &FakeContext::default()).await;

    let Outcome::Delayed { until_ms } = outcome else { panic!("not delayed: {outcome:?}") };
    assert!((NOW_MS + 50_000..=NOW_MS + 60_001).contains(&until_ms), "{until_ms}");
    assert_eq!((receiver.paths(), other.connections()), (vec!["/a".to_string()], 0));
}

#[tokio::test]
async fn sending_resumes_when_the_pause_is_over() {
    let receiver = Receiver::start().await;
    receiver.script("/a", [Answer::status(429).header("retry-after", &1)]);
    let store = Arc::new(MemoryStore::new([Browser::new(&receiver, "a", "ann").subscription]));
    let (processor, context) = (processor(&receiver, &store), FakeContext::default());
    let began = Instant::now();

    failed(processor.process(&job("ann"), &context).await);
    let result = loop {
        match processor.process(&job("ann"), &context).await {
            Outcome::Delayed { until_ms } => {
                tokio::time::sleep(Duration::from_millis(u64::try_from(until_ms - NOW_MS).unwrap())).await;
            }
            outcome => break completed(outcome),
        }
    };

    assert_eq!(result, r#"{"sent":1,"failed":0,"total":1}"#);
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(receiver.paths(), ["/a", "/a"]);
}
