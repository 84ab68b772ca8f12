//! The newest job that arrives while the holder runs is kept and follows it.

use redis::AsyncCommands;
use synapse_queue_engine::options::Retention;
use synapse_queue_engine::scripts::FinishKind;

use super::rules;
use crate::support::{Fixture, NOW, fetch, finish};

const KEEP: &str = r#","keepLastIfActive":true"#;

#[tokio::test]
async fn the_newest_job_is_kept_while_the_holder_runs() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules(KEEP)).await;
    fixture.take().await;

    let ids =
        fixture.add_many(&[&rules(KEEP), r#"{"attempts":3,"deduplication":{"id":"x","keepLastIfActive":true}}"#]).await;

    assert_eq!(ids, ["1", "1"]);
    let kept = fixture.hash("dn:x").await;
    let fields = (kept["jid"].as_str(), kept["name"].as_str(), kept["data"].as_str());
    assert_eq!(fields, ("3", "paint", "{\"colour\":\"red\"}"));
    let opts: serde_json::Value = serde_json::from_str(&kept["opts"]).unwrap();
    assert_eq!(opts["attempts"], 3);
    assert_eq!(fixture.events().await.last().unwrap(), "deduplicated deduplicatedJobId=3 deduplicationId=x jobId=1");
}

#[tokio::test]
async fn nothing_is_kept_while_the_holder_waits() {
    let mut fixture = Fixture::new().await;

    assert_eq!(fixture.add_many(&[&rules(KEEP), &rules(KEEP)]).await, ["1", "1"]);

    assert!(fixture.hash("dn:x").await.is_empty());
}

#[tokio::test]
async fn an_id_with_a_kept_job_has_no_time_to_live() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules(r#","ttl":90000"#)).await;
    fixture.take().await;

    fixture.add(&rules(r#","ttl":50000,"keepLastIfActive":true"#)).await;

    assert_eq!(fixture.held_for_s().await, -1);
}

#[tokio::test]
async fn extending_for_a_job_that_can_be_kept_ends_the_time_to_live() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules(r#","ttl":90000"#)).await;

    fixture.add(&rules(r#","ttl":50000,"extend":true,"keepLastIfActive":true"#)).await;

    assert_eq!(fixture.held_for_s().await, -1);
}

#[tokio::test]
async fn the_kept_job_follows_when_the_holder_completes() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules("")).await;
    let holder = fixture.take().await;
    fixture.add(&rules(KEEP)).await;
    fixture.add("").await;
    let marker = fixture.key("marker");
    let _: () = fixture.redis.del(marker).await.unwrap();

    fixture.complete(&holder).await;

    assert_eq!(fixture.list("wait").await, ["2", "3"]);
    assert_eq!(fixture.holder().await.as_deref(), Some("2"));
    assert!(fixture.hash("dn:x").await.is_empty());
    let hash = fixture.hash("2").await;
    let fields = (hash["name"].as_str(), hash["deid"].as_str(), hash["timestamp"].as_str(), hash["delay"].as_str());
    assert_eq!(fields, ("paint", "x", NOW.to_string().as_str(), "0"));
    assert_eq!(fixture.sorted_set("marker").await, [("0".to_owned(), 0.0)]);
    let events = fixture.events().await;
    let expected = ["added jobId=2 name=paint", "waiting jobId=2", "completed jobId=1 prev=active returnvalue=1"];
    assert_eq!(events[events.len() - 3..], expected);
}

#[tokio::test]
async fn the_kept_job_can_be_fetched_by_the_call_that_ends_the_holder() {
    let fixture = Fixture::new().await;
    fixture.add(&rules(KEEP)).await;
    let holder = fixture.take().await;
    fixture.add(&rules(KEEP)).await;

    let kind = FinishKind::Completed { returnvalue: "1".into(), retention: Retention::keep(0) };
    let reply = fixture.settle(vec![finish(&holder, kind)], Some(fetch(1)), NOW).await;

    assert_eq!(reply.jobs[0].job.id, "2");
}

#[tokio::test]
async fn a_kept_job_is_placed_by_its_own_options() {
    let cases = [("\"lifo\":true", "waiting"), ("\"priority\":2", "prioritized"), ("\"delay\":5000", "delayed")];
    for (options, state) in cases {
        let mut fixture = Fixture::new().await;
        fixture.add(&rules("")).await;
        let holder = fixture.take().await;
        fixture.add(&format!(r#"{{"jobId":"next",{options},"deduplication":{{"id":"x"{KEEP}}}}}"#)).await;
        fixture.add("").await;

        fixture.complete(&holder).await;

        assert_eq!(fixture.queue.job_state("next").await.unwrap().unwrap().name(), state);
        if state == "waiting" {
            assert_eq!(fixture.list("wait").await, ["3", "next"]);
        }
        if state == "delayed" {
            #[expect(clippy::cast_precision_loss, reason = "scores are doubles")]
            let due = (NOW + 5_000) as f64;
            assert!(fixture.sorted_set("marker").await.contains(&("1".to_owned(), due)));
        }
    }
}

#[tokio::test]
async fn the_kept_job_follows_a_holder_that_fails_but_not_one_that_is_retried() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules("")).await;
    let holder = fixture.take().await;
    fixture.add(&rules(KEEP)).await;

    let (reason, stacktrace) = ("boom".to_owned(), "[]".to_owned());
    let retry = FinishKind::Retry { reason: reason.clone(), stacktrace: stacktrace.clone(), lifo: false };
    fixture.end(&holder, retry).await;
    assert_eq!(fixture.list("wait").await, ["1"]);

    let failed = FinishKind::Failed { reason, stacktrace, retention: Retention::keep_all(), attempts: 2 };
    let holder = fixture.take().await;
    fixture.end(&holder, failed).await;
    assert_eq!(fixture.list("wait").await, ["2"]);
}

#[tokio::test]
async fn a_kept_job_whose_id_has_come_into_use_is_a_duplicate() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules("")).await;
    let holder = fixture.take().await;
    fixture.add(r#"{"jobId":"own","deduplication":{"id":"x","keepLastIfActive":true}}"#).await;
    fixture.add(r#"{"jobId":"own"}"#).await;

    fixture.complete(&holder).await;

    assert_eq!(fixture.list("wait").await, ["own"]);
    assert_eq!(fixture.holder().await, None);
    assert!(fixture.hash("dn:x").await.is_empty());
    assert!(fixture.events().await.contains(&"duplicated jobId=own".to_owned()));
}

#[tokio::test]
async fn options_of_a_kept_job_that_cannot_be_read_do_not_wedge_the_worker() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules("")).await;
    let holder = fixture.take().await;
    fixture.add(&rules(KEEP)).await;
    let kept = fixture.key("dn:x");
    let _: () = fixture.redis.hset(kept, "opts", "{broken").await.unwrap();

    fixture.complete(&holder).await;

    assert_eq!(fixture.list("wait").await, ["2"]);
}
