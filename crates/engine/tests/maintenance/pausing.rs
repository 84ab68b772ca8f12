use redis::AsyncCommands;

use crate::support::Fixture;

#[tokio::test]
async fn pausing_keeps_workers_from_taking_jobs() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;

    fixture.queue.pause().await.unwrap();

    assert!(fixture.queue.is_paused().await.unwrap());
    assert!(fixture.fetch(1).await.jobs.is_empty());
    assert!(!fixture.exists("marker").await);
    assert_eq!(fixture.events().await.last().unwrap(), "paused");
}

#[tokio::test]
async fn resuming_wakes_a_worker_when_jobs_wait() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.queue.pause().await.unwrap();

    fixture.queue.resume().await.unwrap();

    assert!(!fixture.queue.is_paused().await.unwrap());
    assert_eq!(fixture.sorted_set("marker").await, [("0".to_owned(), 0.0)]);
    assert_eq!(fixture.events().await.last().unwrap(), "resumed");
}

#[tokio::test]
async fn resuming_announces_the_next_delayed_job_when_none_wait() {
    let mut fixture = Fixture::new().await;
    fixture.add("{\"delay\":5000}").await;
    fixture.queue.pause().await.unwrap();

    fixture.queue.resume().await.unwrap();

    assert_eq!(fixture.sorted_set("marker").await, [("1".to_owned(), 1_800_000_005_000.0)]);
}

#[tokio::test]
async fn resuming_an_empty_queue_wakes_nobody() {
    let mut fixture = Fixture::new().await;
    fixture.queue.pause().await.unwrap();

    fixture.queue.resume().await.unwrap();

    assert!(!fixture.exists("marker").await);
}

#[tokio::test]
async fn jobs_that_bullmq_5_has_put_aside_are_served_first_and_none_is_lost() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let old: Vec<String> = (0..2_500).map(|n| format!("old-{n}")).collect();
    let paused = fixture.key("paused");
    let _: () = fixture.redis.lpush(paused, &old).await.unwrap();

    fixture.queue.resume().await.unwrap();

    let waiting = fixture.list("wait").await;
    assert_eq!(waiting.len(), 2_501);
    assert_eq!(waiting[0], "1");
    assert!(waiting[1..].iter().eq(old.iter().rev()));
    assert!(!fixture.exists("paused").await);
}

#[tokio::test]
async fn a_paused_list_of_bullmq_5_becomes_the_missing_wait_list() {
    let mut fixture = Fixture::new().await;
    let paused = fixture.key("paused");
    let _: () = fixture.redis.lpush(paused, &["a", "b"]).await.unwrap();

    fixture.queue.resume().await.unwrap();

    assert_eq!(fixture.list("wait").await, ["b", "a"]);
    assert_eq!(fixture.sorted_set("marker").await.len(), 1);
}
