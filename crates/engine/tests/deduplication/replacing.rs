//! Jobs that take the place of a delayed holder.

use redis::AsyncCommands;

use super::rules;
use crate::support::{Fixture, NOW};

fn delayed(more: &str) -> String {
    format!(r#"{{"delay":9000,"deduplication":{{"id":"x"{more}}}}}"#)
}

#[tokio::test]
async fn a_delayed_holder_makes_room() {
    let mut fixture = Fixture::new().await;
    fixture.add(&delayed("")).await;
    fixture.queue.add_log("1", "row", None).await.unwrap();

    assert_eq!(fixture.add(&delayed(r#","replace":true"#)).await, "2");

    assert_eq!(fixture.holder().await.as_deref(), Some("2"));
    let ids: Vec<_> = fixture.sorted_set("delayed").await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["2"]);
    assert!(fixture.hash("1").await.is_empty() && fixture.list("1:logs").await.is_empty());
    let expected = [
        "removed jobId=1 prev=delayed".to_owned(),
        "deduplicated deduplicatedJobId=1 deduplicationId=x jobId=2".to_owned(),
        "added jobId=2 name=paint".to_owned(),
        format!("delayed delay={} jobId=2", NOW + 9_000),
    ];
    assert_eq!(fixture.events().await[2..], expected);
}

#[tokio::test]
async fn a_holder_that_waits_stays_and_nothing_is_said() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules("")).await;
    let before = fixture.events().await;

    assert_eq!(fixture.add(&rules(r#","replace":true"#)).await, "1");

    assert_eq!(fixture.events().await, before);
    assert_eq!(fixture.list("wait").await, ["1"]);
}

#[tokio::test]
async fn the_time_of_the_holder_goes_on_unless_it_is_extended() {
    let cases = [
        ("", r#","replace":true,"ttl":50000"#, -1),
        (r#","ttl":90000"#, r#","replace":true,"ttl":50000"#, 90),
        (r#","ttl":90000"#, r#","replace":true,"ttl":50000,"extend":true"#, 50),
        (r#","ttl":90000"#, r#","replace":true"#, -1),
        (r#","ttl":90000"#, r#","replace":true,"ttl":50000,"keepLastIfActive":true"#, -1),
    ];
    for (first, second, seconds) in cases {
        let mut fixture = Fixture::new().await;
        fixture.add(&delayed(first)).await;

        fixture.add(&rules(second)).await;

        assert_eq!(fixture.held_for_s().await, seconds, "{first} then {second}");
    }
}

#[tokio::test]
async fn the_job_that_was_kept_to_follow_goes_with_the_holder() {
    let mut fixture = Fixture::new().await;
    fixture.add(&delayed("")).await;
    let kept = fixture.key("dn:x");
    let _: () = fixture.redis.hset(kept, "jid", "7").await.unwrap();

    fixture.add(&rules(r#","replace":true"#)).await;

    assert!(fixture.hash("dn:x").await.is_empty());
}

#[tokio::test]
async fn the_own_id_of_a_replaced_job_is_free_in_the_same_call() {
    let mut fixture = Fixture::new().await;
    let own = r#"{"jobId":"own","delay":9000,"deduplication":{"id":"x"}}"#;

    let ids = fixture.add_many(&[own, &rules(r#","replace":true"#), r#"{"jobId":"own"}"#]).await;

    assert_eq!(ids, ["own", "2", "own"]);
    assert_eq!(fixture.list("wait").await, ["own", "2"]);
}
