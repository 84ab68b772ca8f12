//! Children that are added, and jobs that become children.

use redis::AsyncCommands;
use synapse_queue_engine::error::Error;

use super::{add_child, child_options, complete_child, dependencies, family, family_of_one, parent_in, parent_state};
use crate::support::Fixture;

#[tokio::test]
async fn a_child_is_stored_with_its_parent_which_waits_for_it() {
    let mut fixture = family_of_one("waiting-children", "", r#","ignoreDependencyOnFailure":true"#).await;

    let queue = fixture.queue.keys().qualified_name().to_owned();
    let hash = fixture.hash("child").await;
    assert_eq!(hash["parentKey"], fixture.key("parent"));
    let link: serde_json::Value = serde_json::from_str(&hash["parent"]).unwrap();
    assert_eq!(link, serde_json::json!({ "id": "parent", "queueKey": queue, "idof": true }));
    let opts: serde_json::Value = serde_json::from_str(&hash["opts"]).unwrap();
    assert_eq!(opts["parent"], serde_json::json!({ "id": "parent", "queue": queue }));
    assert_eq!(dependencies(&mut fixture).await, [fixture.key("child")]);
    assert_eq!(fixture.list("wait").await, ["child"]);
}

#[tokio::test]
async fn a_missing_parent_refuses_its_child_alone() {
    let mut fixture = Fixture::new().await;

    let child = child_options(&fixture, "");
    let answers = fixture.try_add_many(&["", &child, ""]).await;

    let [Ok(first), Err(error), Ok(last)] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!((first.as_str(), last.as_str()), ("1", "2"));
    assert_eq!(error.to_string(), format!("Missing key for parent job {}. addJob", fixture.key("parent")));
    assert_eq!(error.bullmq_code(), Some(-5));
    assert!(fixture.hash("child").await.is_empty());
    assert_eq!(fixture.add("").await, "3");
}

#[tokio::test]
async fn a_parent_and_its_child_can_share_a_call() {
    let mut fixture = Fixture::new().await;

    let child = child_options(&fixture, "");
    fixture.add_many(&[r#"{"jobId":"parent"}"#, &child]).await;

    assert_eq!(dependencies(&mut fixture).await, [fixture.key("child")]);
}

#[tokio::test]
async fn a_job_keeps_its_parent_as_long_as_that_exists() {
    let mut fixture = family("").await;
    fixture.add(r#"{"jobId":"other"}"#).await;
    let queue = fixture.queue.keys().qualified_name();
    let moved = format!(r#"{{"jobId":"child","parent":{{"id":"other","queue":"{queue}"}}}}"#);

    let refused = fixture.try_add_many(&[&moved]).await.remove(0).unwrap_err();
    assert!(matches!(&refused, Error::ParentNotReplaceable { parent_key, .. } if *parent_key == fixture.key("other")));
    assert_eq!(refused.bullmq_code(), Some(-7));

    let _: () = fixture.redis.del(fixture.key("parent")).await.unwrap();
    assert_eq!(fixture.add(&moved).await, "child");
    assert_eq!(fixture.hash("child").await["parentKey"], fixture.key("other"));
    let adopted: Vec<String> = fixture.redis.smembers(fixture.key("other:dependencies")).await.unwrap();
    assert_eq!(adopted, [fixture.key("child")]);
}

#[tokio::test]
async fn a_job_that_has_completed_is_a_processed_child_at_once() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"jobId":"child"}"#).await;
    complete_child(&fixture).await;
    parent_in(&mut fixture, "waiting-children", "").await;

    add_child(&fixture, "").await;

    assert_eq!(fixture.hash("parent:processed").await[&fixture.key("child")], "{\"ok\":true}");
    assert_eq!(parent_state(&mut fixture).await, ("waiting".into(), None));
    assert_eq!(fixture.events().await.last().unwrap(), "duplicated jobId=child");
}
