//! Who gets an id, and for how long.

use redis::AsyncCommands;

use super::rules;
use crate::support::Fixture;

#[tokio::test]
async fn the_first_job_holds_the_id() {
    let mut fixture = Fixture::new().await;

    let id = fixture.add(&rules("")).await;

    assert_eq!((id.as_str(), fixture.holder().await.as_deref()), ("1", Some("1")));
    assert_eq!(fixture.held_for_s().await, -1);
    let hash = fixture.hash("1").await;
    assert_eq!((hash["deid"].as_str(), hash["opts"].as_str()), ("x", r#"{"attempts":0,"de":{"id":"x"}}"#));
}

#[tokio::test]
async fn a_duplicate_is_not_added_and_answers_with_the_holder() {
    let mut fixture = Fixture::new().await;

    let ids = fixture.add_many(&[&rules(""), &rules(""), "", &rules("")]).await;

    assert_eq!(ids, ["1", "1", "3", "1"]);
    assert_eq!(fixture.list("wait").await, ["3", "1"]);
    let events = fixture.events().await;
    assert_eq!(events[2], "deduplicated deduplicatedJobId=2 deduplicationId=x jobId=1");
    assert_eq!(events[5], "deduplicated deduplicatedJobId=4 deduplicationId=x jobId=1");
}

#[tokio::test]
async fn a_duplicate_wakes_no_worker() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules("")).await;
    let marker = fixture.key("marker");
    let _: () = fixture.redis.del(marker).await.unwrap();

    fixture.add(&rules("")).await;

    assert!(fixture.sorted_set("marker").await.is_empty());
}

#[tokio::test]
async fn different_ids_do_not_meet() {
    let fixture = Fixture::new().await;

    let other = r#"{"deduplication":{"id":"y"}}"#;

    assert_eq!(fixture.add_many(&[&rules(""), other]).await, ["1", "2"]);
}

#[tokio::test]
async fn an_id_with_a_time_to_live_is_held_that_long() {
    let mut fixture = Fixture::new().await;

    fixture.add(&rules(r#","ttl":50000"#)).await;
    fixture.add(&rules(r#","ttl":90000"#)).await;

    assert_eq!(fixture.held_for_s().await, 50);
}

#[tokio::test]
async fn an_id_can_be_taken_again_when_its_time_is_over() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules(r#","ttl":50000"#)).await;
    let key = fixture.key("de:x");
    let _: () = fixture.redis.del(key).await.unwrap();

    assert_eq!(fixture.add(&rules("")).await, "2");
}

#[tokio::test]
async fn a_duplicate_that_extends_renews_the_time() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules(r#","ttl":90000"#)).await;

    assert_eq!(fixture.add(&rules(r#","ttl":50000,"extend":true"#)).await, "1");

    assert_eq!(fixture.held_for_s().await, 50);
}

#[tokio::test]
async fn extending_without_a_time_changes_nothing() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules(r#","ttl":90000"#)).await;

    fixture.add(&rules(r#","extend":true"#)).await;

    assert_eq!(fixture.held_for_s().await, 90);
}

#[tokio::test]
async fn an_id_whose_job_is_gone_is_free() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules("")).await;
    let job = fixture.key("1");
    let _: () = fixture.redis.del(job).await.unwrap();

    assert_eq!(fixture.add(&rules("")).await, "2");
    assert_eq!(fixture.holder().await.as_deref(), Some("2"));
}

#[tokio::test]
async fn a_job_id_in_use_comes_before_deduplication() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"jobId":"own"}"#).await;

    assert_eq!(fixture.add(r#"{"jobId":"own","deduplication":{"id":"x"}}"#).await, "own");

    assert_eq!(fixture.holder().await, None);
    assert_eq!(fixture.events().await.last().unwrap(), "duplicated jobId=own");
}
