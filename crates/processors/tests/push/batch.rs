//! One job for many users.

use std::sync::Arc;

use synapse_queue_engine::processor::Processor;

use crate::browser::Browser;
use crate::fake_context::FakeContext;
use crate::memory_store::MemoryStore;
use crate::receiver::{Answer, Receiver};
use crate::setup::{PAYLOAD, completed, failed, job_with, processor};

fn batch_data(users: &[String]) -> String {
    format!(r#"{{"users":{},"payload":{PAYLOAD}}}"#, serde_json::to_string(users).unwrap())
}

fn users(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("u{n}")).collect()
}

#[tokio::test]
async fn users_are_notified_page_by_page_with_progress() {
    let receiver = Receiver::start().await;
    let users = users(1200);
    let subscriptions = [0, 499, 500, 1199].map(|n| Browser::new(&receiver, &format!("s{n}"), &users[n]).subscription);
    let (store, context) = (Arc::new(MemoryStore::new(subscriptions)), FakeContext::default());

    let outcome = processor(&receiver, &store).batch().process(&job_with(&batch_data(&users)), &context).await;

    assert_eq!(completed(outcome), r#"{"users":1200,"sent":4,"failed":0,"total":4}"#);
    assert_eq!(store.pages(), [500, 500, 200]);
    assert_eq!(context.progress(), ["41", "83", "100"]);
    assert_eq!(receiver.paths(), ["/s0", "/s1199", "/s499", "/s500"]);
}

#[tokio::test]
async fn a_retry_of_a_batch_sends_only_what_was_not_delivered() {
    let receiver = Receiver::start().await;
    receiver.script("/s1", [Answer::status(500)]);
    receiver.script("/s2", [Answer::status(410)]);
    let users = users(3);
    let subscriptions = [0, 1, 2].map(|n| Browser::new(&receiver, &format!("s{n}"), &users[n]).subscription);
    let (store, context) = (Arc::new(MemoryStore::new(subscriptions)), FakeContext::default());
    let (batch, job) = (processor(&receiver, &store).batch(), job_with(&batch_data(&users)));

    assert_eq!(failed(batch.process(&job, &context).await).code.as_deref(), Some("PUSH_SERVICE_UNAVAILABLE"));
    let outcome = batch.process(&job, &context).await;

    assert_eq!(completed(outcome), r#"{"users":3,"sent":2,"failed":1,"total":3}"#);
    assert_eq!(receiver.paths(), ["/s0", "/s1", "/s1", "/s2"]);
}

#[tokio::test]
async fn an_empty_batch_completes() {
    let receiver = Receiver::start().await;
    let store = Arc::new(MemoryStore::default());
    let outcome =
        processor(&receiver, &store).batch().process(&job_with(&batch_data(&[])), &FakeContext::default()).await;
    assert_eq!(completed(outcome), r#"{"users":0,"sent":0,"failed":0,"total":0}"#);
}
