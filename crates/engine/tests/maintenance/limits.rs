use std::time::Duration;

use redis::AsyncCommands;
use synapse_queue_engine::options::RateLimit;
use synapse_queue_engine::queue::QueueMeta;

use crate::support::Fixture;

#[tokio::test]
async fn a_manual_rate_limit_exceeds_every_maximum_until_it_ends() {
    let fixture = Fixture::new().await;
    fixture.queue.rate_limit(Duration::from_secs(5)).await.unwrap();

    for max_jobs in [None, Some(1), Some(u64::from(u32::MAX))] {
        let ttl = fixture.queue.rate_limit_ttl(max_jobs).await.unwrap();
        assert!((4_000..=5_000).contains(&ttl), "{ttl} ms");
    }
    assert!(fixture.queue.remove_rate_limit().await.unwrap());
    assert!(!fixture.queue.remove_rate_limit().await.unwrap());
}

#[tokio::test]
async fn the_limit_is_measured_against_the_asked_maximum_before_the_queues_own() {
    let mut fixture = Fixture::new().await;
    let limiter = fixture.key("limiter");
    let _: () = fixture.redis.pset_ex(limiter, 3, 5_000).await.unwrap();

    assert_eq!(fixture.queue.rate_limit_ttl(Some(4)).await.unwrap(), 0);
    assert!(fixture.queue.rate_limit_ttl(Some(3)).await.unwrap() > 4_000);

    let limit = RateLimit { max: 2, duration: Duration::from_secs(1) };
    fixture.queue.set_global_rate_limit(limit).await.unwrap();
    assert!(fixture.queue.rate_limit_ttl(None).await.unwrap() > 4_000);
    assert_eq!(fixture.queue.rate_limit_ttl(Some(10)).await.unwrap(), 0);
}

#[tokio::test]
async fn without_a_window_nothing_is_limited() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.queue.rate_limit_ttl(None).await.unwrap(), -2);
    assert_eq!(fixture.queue.rate_limit_ttl(Some(1)).await.unwrap(), 0);
}

#[tokio::test]
async fn global_limits_can_be_set_read_and_lifted() {
    let fixture = Fixture::new().await;
    let queue = &fixture.queue;
    assert_eq!(queue.global_concurrency().await.unwrap(), None);
    assert_eq!(queue.global_rate_limit().await.unwrap(), None);

    let limit = RateLimit { max: 2, duration: Duration::from_secs(1) };
    queue.set_global_concurrency(4).await.unwrap();
    queue.set_global_rate_limit(limit).await.unwrap();

    assert_eq!(queue.global_concurrency().await.unwrap(), Some(4));
    assert_eq!(queue.global_rate_limit().await.unwrap(), Some(limit));
    let expected = QueueMeta { concurrency: Some(4), max: Some(2), duration: Some(1_000), ..QueueMeta::default() };
    assert_eq!(queue.meta().await.unwrap(), expected);
    assert_eq!(queue.remove_global_concurrency().await.unwrap(), 1);
    assert_eq!(queue.remove_global_rate_limit().await.unwrap(), 2);
    assert_eq!(queue.meta().await.unwrap(), QueueMeta::default());
}

#[tokio::test]
async fn a_queue_is_maxed_when_as_many_jobs_run_as_may() {
    let fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    assert!(!fixture.queue.is_maxed().await.unwrap());
    fixture.queue.set_global_concurrency(1).await.unwrap();
    assert!(!fixture.queue.is_maxed().await.unwrap());
    fixture.fetch(2).await;
    assert!(fixture.queue.is_maxed().await.unwrap());
}

#[tokio::test]
async fn deduplication_ids_are_freed_by_anybody_or_only_by_their_holder() {
    let mut fixture = Fixture::new().await;
    let (queue, holder) = (fixture.queue.clone(), fixture.key("de:once"));
    let _: () = fixture.redis.set(&holder, "1").await.unwrap();

    assert_eq!(queue.deduplication_job_id("once").await.unwrap().as_deref(), Some("1"));
    assert!(!queue.release_deduplication("2", "once").await.unwrap());
    assert!(queue.release_deduplication("1", "once").await.unwrap());
    assert_eq!(queue.deduplication_job_id("once").await.unwrap(), None);
    let _: () = fixture.redis.set(&holder, "1").await.unwrap();
    assert!(queue.remove_deduplication_key("once").await.unwrap());
    assert!(!queue.remove_deduplication_key("once").await.unwrap());
}
