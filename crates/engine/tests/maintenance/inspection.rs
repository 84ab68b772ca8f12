use std::time::Duration;

use synapse_queue_engine::queue::Inspection;

use crate::support::{Fixture, NOW};

const MINUTE_MS: i64 = 60_000;
const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn an_empty_queue_has_nothing_to_show() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.queue.inspect(NOW).await.unwrap(), Inspection::default());
}

#[tokio::test]
async fn delayed_jobs_are_overdue_once_their_time_has_passed() {
    let fixture = Fixture::new().await;
    fixture.add_many(&["{\"delay\":1000}", "{\"delay\":5000}", "{\"delay\":90000}"]).await;
    let at_once = fixture.queue.inspect(NOW).await.unwrap();
    assert_eq!((at_once.overdue, at_once.longest_overdue), (0, Duration::ZERO));
    let later = fixture.queue.inspect(NOW + 1_000 + MINUTE_MS).await.unwrap();
    assert_eq!((later.overdue, later.longest_overdue), (2, MINUTE));
}

#[tokio::test]
async fn a_job_waits_from_when_it_was_due() {
    let fixture = Fixture::new().await;
    fixture.add_many(&["{\"delay\":1000}"]).await;
    // A look for work brings the due job along, and a limit of none leaves it there.
    fixture.queue.pause().await.unwrap();
    fixture.fetch_at(1, NOW + 1_000).await;
    let inspection = fixture.queue.inspect(NOW + 1_000 + MINUTE_MS).await.unwrap();
    assert_eq!(inspection.oldest_waiting, Some(MINUTE));
    assert_eq!(inspection.overdue, 0);
}

#[tokio::test]
async fn jobs_with_a_priority_wait_too() {
    let fixture = Fixture::new().await;
    fixture.add_many(&["{\"priority\":7}"]).await;
    assert_eq!(fixture.queue.inspect(NOW + MINUTE_MS).await.unwrap().oldest_waiting, Some(MINUTE));
}

#[tokio::test]
async fn active_jobs_without_a_lock_are_abandoned() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let lost = fixture.lose_next().await;
    fixture.fetch(1).await;
    assert_eq!(fixture.queue.inspect(NOW).await.unwrap().abandoned, [lost]);
}

#[tokio::test]
async fn the_server_tells_its_time() {
    let fixture = Fixture::new().await;
    fixture.queue.ping().await.unwrap();
    assert!(fixture.queue.server_time_ms().await.unwrap() > 1_600_000_000_000);
}

#[tokio::test]
async fn settings_that_do_not_exist_are_none() {
    let fixture = Fixture::new().await;
    assert!(fixture.queue.server_setting("maxmemory-policy").await.unwrap().is_some());
    assert_eq!(fixture.queue.server_setting("no-such-setting").await.unwrap(), None);
}

#[tokio::test]
async fn queues_under_the_prefix_are_found_by_their_settings() {
    let fixture = Fixture::new().await;
    assert!(fixture.queue.names_under_prefix().await.unwrap().is_empty());
    fixture.queue.announce("bullmq:6.7.0", 10).await.unwrap();
    assert_eq!(fixture.queue.names_under_prefix().await.unwrap(), ["queue"]);
}
