//! Flows that are added in one call.

use redis::AsyncCommands;
use synapse_queue_engine::error::Error;
use synapse_queue_engine::job::JobState;

use super::{add, add_family, completed, elsewhere, end_next, job, job_with, open_children, state, try_add};
use crate::support::{Fixture, NOW};

#[tokio::test]
async fn parents_wait_for_their_children_level_by_level() {
    let mut fixture = Fixture::new().await;

    let jobs = vec![
        job(&fixture, "root", None),
        job(&fixture, "twig", Some(0)),
        job(&fixture, "bud", Some(0)),
        job(&fixture, "leaf", Some(1)),
    ];
    let added = add(&fixture, jobs).await;

    assert_eq!(added[3].job.parent_key, Some(fixture.key("twig")));
    assert_eq!(fixture.list("wait").await, ["leaf", "bud"]);
    let parents: Vec<_> = fixture.sorted_set("waiting-children").await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(parents, ["root", "twig"]);
    assert_eq!(open_children(&mut fixture, "root").await, [fixture.key("bud"), fixture.key("twig")]);
    let events = fixture.events().await;
    let kinds: Vec<_> = events.iter().map(|event| event.split(" name").next().unwrap()).collect();
    let expected = [
        "added jobId=root",
        "waiting-children jobId=root",
        "added jobId=twig",
        "waiting-children jobId=twig",
        "added jobId=bud",
        "waiting jobId=bud",
        "added jobId=leaf",
        "waiting jobId=leaf",
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn every_job_gets_an_id_of_its_own_and_counts_in_its_queue() {
    let mut fixture = Fixture::new().await;

    let jobs = vec![job_with(&fixture, "", None), elsewhere(&fixture, job_with(&fixture, "", Some(0)))];
    let added = add(&fixture, jobs).await;

    assert_ne!(added[0].job.id, added[1].job.id);
    assert_eq!(uuid_version(&added[0].job.id), Some('4'));
    let base = fixture.key("").replace(":queue:", ":elsewhere:");
    for counter in [fixture.key("id"), format!("{base}id")] {
        assert_eq!(fixture.redis.get::<_, i64>(counter).await.unwrap(), 1);
    }
    let waiting: Vec<String> = fixture.redis.lrange(format!("{base}wait"), 0, -1).await.unwrap();
    assert_eq!(waiting, [added[1].job.id.clone()]);
}

fn uuid_version(id: &str) -> Option<char> {
    id.split('-').nth(2)?.chars().next()
}

#[tokio::test]
async fn an_option_that_cannot_work_adds_nothing() {
    let mut fixture = Fixture::new().await;

    let jobs = vec![job(&fixture, "root", None), job_with(&fixture, r#"{"priority":1.5}"#, Some(0))];
    let error = try_add(&fixture, jobs).await.unwrap_err();

    assert_eq!(error.to_string(), "Priority should not be float");
    let keys: Vec<String> = fixture.redis.keys(fixture.key("*")).await.unwrap();
    assert!(keys.is_empty());
}

#[tokio::test]
async fn a_root_whose_parent_is_missing_takes_its_flow_with_it_and_leaves_others_alone() {
    let mut fixture = Fixture::new().await;
    let queue = fixture.queue.keys().qualified_name().to_owned();
    let orphan = format!(r#"{{"jobId":"orphan","parent":{{"id":"nobody","queue":"{queue}"}}}}"#);

    let jobs = vec![
        job(&fixture, "first", None),
        job_with(&fixture, &orphan, None),
        job(&fixture, "last", None),
        job(&fixture, "child", Some(1)),
    ];
    let added = add(&fixture, jobs).await;

    assert!(
        matches!(&added[1].refusal, Some(Error::ParentMissing { parent_key, .. }) if *parent_key == fixture.key("nobody"))
    );
    assert!(matches!(&added[3].refusal, Some(Error::ParentMissing { .. })));
    let ids: Vec<_> = added.iter().map(|added| added.job.id.as_str()).collect();
    assert_eq!(ids, ["first", "orphan", "last", "child"]);
    assert_eq!(fixture.list("wait").await, ["last", "first"]);
    assert!(fixture.hash("child").await.is_empty());
}

#[tokio::test]
async fn a_flow_can_be_put_below_a_job_that_waits() {
    let mut fixture = Fixture::new().await;
    add_family(&fixture, "root", &["child"]).await;
    let queue = fixture.queue.keys().qualified_name().to_owned();

    let below = format!(r#"{{"jobId":"twig","parent":{{"id":"root","queue":"{queue}"}}}}"#);
    add(&fixture, vec![job_with(&fixture, &below, None), job(&fixture, "leaf", Some(0))]).await;

    assert_eq!(open_children(&mut fixture, "root").await, [fixture.key("child"), fixture.key("twig")]);
    assert_eq!(state(&fixture, "twig").await, Some(JobState::WaitingChildren));
}

#[tokio::test]
async fn a_parent_whose_children_have_all_completed_before_goes_on_at_once() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"jobId":"child"}"#).await;
    end_next(&fixture, "child", completed).await;

    add_family(&fixture, "root", &["child"]).await;

    assert_eq!(state(&fixture, "root").await, Some(JobState::Waiting));
    assert_eq!(fixture.hash("root:processed").await[&fixture.key("child")], "{\"ok\":true}");
    assert_eq!(fixture.events().await.last().unwrap(), "waiting jobId=root prev=waiting-children");
}

#[tokio::test]
async fn a_child_that_has_completed_before_does_not_hide_the_ones_behind_it() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"jobId":"child"}"#).await;
    end_next(&fixture, "child", completed).await;

    add_family(&fixture, "root", &["child", "other"]).await;

    assert_eq!(state(&fixture, "root").await, Some(JobState::WaitingChildren));
    assert_eq!(open_children(&mut fixture, "root").await, [fixture.key("other")]);
}

#[tokio::test]
async fn a_child_that_keeps_another_parent_does_not_wedge_its_new_one() {
    let mut fixture = Fixture::new().await;
    add_family(&fixture, "root", &["child"]).await;

    let jobs = vec![job(&fixture, "other", None), job(&fixture, "child", Some(0))];
    let added = add(&fixture, jobs).await;

    assert!(matches!(&added[1].refusal, Some(Error::ParentNotReplaceable { .. })));
    assert_eq!(fixture.hash("child").await["parentKey"], fixture.key("root"));
    assert_eq!(state(&fixture, "other").await, Some(JobState::Waiting));
}

#[tokio::test]
async fn a_duplicate_leaf_is_answered_with_the_job_that_holds_its_deduplication() {
    let mut fixture = Fixture::new().await;
    let leaf = |id: &str| format!(r#"{{"jobId":"{id}","deduplication":{{"id":"x"}}}}"#);

    let jobs = ["a", "b"].map(|id| job_with(&fixture, &leaf(id), None)).into();
    let added = add(&fixture, jobs).await;

    assert_eq!([&added[0].job.id, &added[1].job.id], ["a", "a"]);
    assert_eq!(fixture.list("wait").await, ["a"]);
    assert_eq!(fixture.hash("a").await["deid"], "x");
}

#[tokio::test]
async fn leaves_take_their_place_by_delay_priority_and_lifo() {
    let mut fixture = Fixture::new().await;
    let leaf = |id: &str, more: &str| format!(r#"{{"jobId":"{id}",{more}}}"#);
    let options = [
        leaf("plain", r#""attempts":2"#),
        leaf("later", r#""delay":500"#),
        leaf("urgent", r#""priority":3"#),
        leaf("front", r#""lifo":true"#),
    ];

    let mut jobs = vec![job(&fixture, "root", None)];
    jobs.extend(options.iter().map(|options| job_with(&fixture, options, Some(0))));
    add(&fixture, jobs).await;

    assert_eq!(fixture.list("wait").await, ["plain", "front"]);
    #[expect(clippy::cast_precision_loss, reason = "scores are doubles")]
    let due = (NOW + 500) as f64;
    assert_eq!(fixture.sorted_set("delayed").await, [("later".to_owned(), due * 4_096.0)]);
    assert_eq!(fixture.sorted_set("prioritized").await[0].0, "urgent");
    assert_eq!(fixture.sorted_set("marker").await, [("0".to_owned(), 0.0), ("1".to_owned(), due)]);
}
