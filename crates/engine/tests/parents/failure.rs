//! Children that fail.

use redis::AsyncCommands;
use synapse_queue_engine::error::Error;
use synapse_queue_engine::options::Retention;
use synapse_queue_engine::scripts::FinishKind;

use super::{
    child_options, completed, dependencies, fail_child, fail_child_kept, failed, family, family_of_one, parent_state,
    state,
};
use crate::support::{Fixture, NOW, finish};

#[tokio::test]
async fn a_failed_child_without_a_rule_keeps_its_parent_waiting() {
    let mut fixture = family_of_one("waiting-children", "", "").await;

    fail_child(&fixture).await;

    assert_eq!(dependencies(&mut fixture).await, [fixture.key("child")]);
    assert_eq!(parent_state(&mut fixture).await, ("waiting-children".into(), None));
}

#[tokio::test]
async fn fail_parent_makes_the_parent_fail_at_its_next_pick_up() {
    let mut fixture = family(r#","failParentOnFailure":true"#).await;

    fail_child(&fixture).await;

    let child = fixture.key("child");
    assert_eq!(dependencies(&mut fixture).await, ["sibling"]);
    #[expect(clippy::cast_precision_loss, reason = "scores are doubles")]
    let score = NOW as f64;
    assert_eq!(fixture.sorted_set("parent:unsuccessful").await, [(child.clone(), score)]);
    let reason = format!("child {child} failed");
    assert_eq!(parent_state(&mut fixture).await, ("waiting".into(), Some(reason.clone())));
    assert_eq!(fixture.fetch(1).await.jobs[0].job.deferred_failure, Some(reason));
}

#[tokio::test]
async fn fail_parent_ends_the_delay_of_a_parent() {
    let mut fixture = family_of_one("delayed", r#","delay":5000"#, r#","failParentOnFailure":true"#).await;

    fail_child(&fixture).await;

    assert_eq!(parent_state(&mut fixture).await.0, "waiting");
    assert_eq!(fixture.hash("parent").await["delay"], "0");
    assert!(fixture.sorted_set("delayed").await.is_empty());
}

#[tokio::test]
async fn fail_parent_leaves_a_failed_parent_alone() {
    let mut fixture = family_of_one("failed", "", r#","failParentOnFailure":true"#).await;

    fail_child(&fixture).await;

    assert_eq!(parent_state(&mut fixture).await, ("failed".into(), None));
    assert_eq!(fixture.sorted_set("parent:unsuccessful").await.len(), 1);
}

#[tokio::test]
async fn fail_parent_reaches_a_parent_that_ends_in_the_same_call() {
    let mut fixture = Fixture::new().await;
    let child = child_options(&fixture, r#","failParentOnFailure":true"#);
    fixture.add_many(&[r#"{"jobId":"parent"}"#, &child]).await;
    let fetched = fixture.fetch(2).await;
    let [parent, child] = &fetched.jobs[..] else { panic!("{fetched:?}") };

    let reply = fixture.settle(vec![failed(child, Retention::keep_all()), completed(parent)], None, NOW).await;

    assert!(matches!(reply.finishes[1], Err(Error::FailedChildren { .. })));
    assert_eq!(fixture.list("active").await, ["parent"]);
}

#[tokio::test]
async fn a_failed_parent_fails_its_own_parent() {
    let mut fixture = Fixture::new().await;
    let queue = fixture.queue.keys().qualified_name().to_owned();
    let of = |id: &str, parent: &str| {
        let parent = format!(r#""parent":{{"id":"{parent}","queue":"{queue}"}}"#);
        format!(r#"{{"jobId":"{id}",{parent},"failParentOnFailure":true}}"#)
    };
    fixture.add_many(&[r#"{"jobId":"grandparent"}"#, &of("parent", "grandparent"), &of("child", "parent")]).await;
    let _: () = fixture.redis.lrem(fixture.key("wait"), 1, "grandparent").await.unwrap();
    let _: () = fixture.redis.lrem(fixture.key("wait"), 1, "parent").await.unwrap();
    let waiting_children = fixture.key("waiting-children");
    let _: () = fixture.redis.zadd_multiple(waiting_children, &[(1, "grandparent"), (2, "parent")]).await.unwrap();

    fail_child(&fixture).await;
    assert_eq!(state(&fixture, "grandparent").await, "waiting-children");
    fail_child(&fixture).await;

    assert_eq!(parent_state(&mut fixture).await, ("failed".into(), None));
    assert_eq!(state(&fixture, "grandparent").await, "waiting");
    let reason = format!("child {} failed", fixture.key("parent"));
    assert_eq!(fixture.hash("grandparent").await["defa"], reason);
}

#[tokio::test]
async fn continue_parent_lets_it_go_on_at_once() {
    let mut fixture = family(r#","continueParentOnFailure":true"#).await;

    fail_child(&fixture).await;

    assert_eq!(dependencies(&mut fixture).await, ["sibling"]);
    assert_eq!(fixture.hash("parent:failed").await[&fixture.key("child")], "boom");
    assert_eq!(parent_state(&mut fixture).await, ("waiting".into(), None));
}

#[tokio::test]
async fn ignore_dependency_records_the_failure_and_waits_for_the_others() {
    let mut fixture = family(r#","ignoreDependencyOnFailure":true"#).await;

    fail_child(&fixture).await;

    assert_eq!(dependencies(&mut fixture).await, ["sibling"]);
    assert_eq!(fixture.hash("parent:failed").await[&fixture.key("child")], "boom");
    assert_eq!(parent_state(&mut fixture).await.0, "waiting-children");
}

#[tokio::test]
async fn ignore_dependency_of_the_last_child_lets_the_parent_go_on() {
    let mut fixture = family_of_one("waiting-children", "", r#","ignoreDependencyOnFailure":true"#).await;

    fail_child(&fixture).await;

    assert_eq!(parent_state(&mut fixture).await, ("waiting".into(), None));
}

#[tokio::test]
async fn remove_dependency_forgets_the_child() {
    let mut fixture = family_of_one("waiting-children", "", r#","removeDependencyOnFailure":true"#).await;

    fail_child(&fixture).await;

    assert!(dependencies(&mut fixture).await.is_empty());
    assert!(fixture.hash("parent:failed").await.is_empty());
    assert_eq!(parent_state(&mut fixture).await, ("waiting".into(), None));
}

#[tokio::test]
async fn a_child_with_attempts_left_is_no_failed_child() {
    let mut fixture = family_of_one("waiting-children", "", r#","failParentOnFailure":true"#).await;
    let fetched = fixture.fetch(1).await;

    let retry = FinishKind::Retry { reason: "boom".into(), stacktrace: "[]".into(), lifo: false };
    fixture.settle(vec![finish(&fetched.jobs[0], retry)], None, NOW).await;

    assert_eq!(parent_state(&mut fixture).await, ("waiting-children".into(), None));
}

#[tokio::test]
async fn a_link_that_cannot_be_read_does_not_wedge_the_worker() {
    let mut fixture = family_of_one("waiting-children", "", "").await;
    let _: () = fixture.redis.hset(fixture.key("child"), "parent", "{broken").await.unwrap();

    fail_child(&fixture).await;

    assert_eq!(fixture.sorted_set("failed").await.len(), 1);
}

#[tokio::test]
async fn a_failed_child_that_is_not_kept_is_not_waited_for() {
    let mut fixture = family_of_one("waiting-children", "", "").await;

    fail_child_kept(&fixture, Retention::keep(0)).await;

    assert!(fixture.hash("child").await.is_empty());
    assert_eq!(parent_state(&mut fixture).await, ("waiting".into(), None));
}

#[tokio::test]
async fn a_failed_child_that_gives_way_to_newer_ones_is_not_waited_for() {
    for retention in [Retention::keep(1), Retention { age_s: Some(10), ..Retention::keep_all() }] {
        let mut fixture = family_of_one("waiting-children", "", "").await;
        fail_child(&fixture).await;
        fixture.add("").await;
        let fetched = fixture.fetch(1).await;

        fixture.settle(vec![failed(&fetched.jobs[0], retention)], None, NOW + 60_000).await;

        assert!(fixture.hash("child").await.is_empty());
        assert_eq!(parent_state(&mut fixture).await, ("waiting".into(), None));
    }
}
