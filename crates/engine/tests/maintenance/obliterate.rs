use redis::AsyncCommands;
use synapse_queue_engine::error::Error;
use synapse_queue_engine::queue::Obliterate;

use crate::support::{Fixture, NOW};

const GENTLY: Obliterate = Obliterate { force: false, count: 1_000 };
const BY_FORCE: Obliterate = Obliterate { force: true, count: 2 };

async fn keys(fixture: &mut Fixture) -> Vec<String> {
    let pattern = fixture.key("*");
    fixture.redis.keys(pattern).await.unwrap()
}

#[tokio::test]
async fn a_queue_that_is_not_paused_stays() {
    let fixture = Fixture::new().await;
    fixture.add("").await;
    let error = fixture.queue.obliterate(GENTLY, NOW).await.unwrap_err();
    assert!(matches!(error, Error::NotPaused));
}

#[tokio::test]
async fn a_queue_with_active_jobs_stays() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.fetch(1).await;
    fixture.queue.pause().await.unwrap();

    let error = fixture.queue.obliterate(GENTLY, NOW).await.unwrap_err();

    assert_eq!(error.to_string(), "Cannot obliterate queue with active jobs");
    assert!(fixture.exists("1").await);
}

#[tokio::test]
async fn nothing_is_left_of_a_queue_with_jobs_in_every_state() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", "", "", "", "{\"priority\":1}", "{\"delay\":5000}", "", "", ""]).await;
    fixture.complete_next(NOW).await;
    fixture.fail_next(NOW).await;
    fixture.fetch(1).await;
    let parent = fixture.key("dad");
    fixture.give_parent("4", &parent).await;
    fixture.schedule("nightly", NOW).await;
    fixture.set_field("repeat:nightly", "name", "tick").await;
    fixture.set_field("metrics:completed", "count", "1").await;
    fixture.queue.add_log("7", "row", None).await.unwrap();
    fixture.queue.set_global_concurrency(3).await.unwrap();
    fixture.queue.pause().await.unwrap();

    fixture.queue.obliterate(BY_FORCE, NOW).await.unwrap();

    assert_eq!(keys(&mut fixture).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_empty_paused_queue_can_be_obliterated() {
    let mut fixture = Fixture::new().await;
    fixture.queue.pause().await.unwrap();
    fixture.queue.obliterate(GENTLY, NOW).await.unwrap();
    assert_eq!(keys(&mut fixture).await, Vec::<String>::new());
}
