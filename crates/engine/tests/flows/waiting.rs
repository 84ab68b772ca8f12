//! Active jobs that wait for children, and children that are untied.

use redis::AsyncCommands;
use synapse_queue_engine::error::Error;
use synapse_queue_engine::job::JobState;
use synapse_queue_engine::queue::{ChildrenKind, ChildrenScan, DependencyKind};
use synapse_queue_engine::scripts::JobRange;
use synapse_queue_engine::wire::JobAddress;

use super::{add_family, completed, end_next, failed, open_children, state};
use crate::support::{Fixture, NOW};

const TOKEN: &str = "token-1";

/// An active job `parent` with an open child `child`.
async fn active_parent(rule: &str) -> Fixture {
    let fixture = Fixture::new().await;
    fixture.add(r#"{"jobId":"parent"}"#).await;
    fixture.fetch(1).await;
    let queue = fixture.queue.keys().qualified_name();
    let child = format!(r#"{{"jobId":"child","parent":{{"id":"parent","queue":"{queue}"}}{rule}}}"#);
    fixture.add(&child).await;
    fixture
}

fn child(fixture: &Fixture, id: &str) -> JobAddress {
    JobAddress { queue: fixture.queue.keys().qualified_name().into(), id: id.into() }
}

#[tokio::test]
async fn an_active_job_waits_for_its_open_children() {
    let mut fixture = active_parent("").await;

    assert!(fixture.queue.wait_for_children("parent", TOKEN, None, NOW).await.unwrap());

    assert_eq!(state(&fixture, "parent").await, Some(JobState::WaitingChildren));
    assert!(fixture.list("active").await.is_empty());
    assert_eq!(fixture.events().await.last().unwrap(), "waiting-children jobId=parent prev=active");
    let lock: Option<String> = fixture.redis.get(fixture.key("parent:lock")).await.unwrap();
    assert_eq!(lock, None);
    end_next(&fixture, "child", completed).await;
    assert_eq!(state(&fixture, "parent").await, Some(JobState::Waiting));
}

#[tokio::test]
async fn a_job_without_the_child_asked_for_stays_active() {
    let fixture = active_parent("").await;
    let (other, child) = (child(&fixture, "other"), child(&fixture, "child"));

    assert!(!fixture.queue.wait_for_children("parent", TOKEN, Some(&other), NOW).await.unwrap());
    assert_eq!(state(&fixture, "parent").await, Some(JobState::Active));
    assert!(fixture.queue.wait_for_children("parent", TOKEN, Some(&child), NOW).await.unwrap());
}

#[tokio::test]
async fn only_the_owner_of_the_lock_may_let_a_job_wait() {
    let mut fixture = active_parent("").await;

    let error = fixture.queue.wait_for_children("parent", "other", None, NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "Lock mismatch for job parent. Cmd moveToWaitingChildren from active");
    let _: () = fixture.redis.del(fixture.key("parent:lock")).await.unwrap();
    let error = fixture.queue.wait_for_children("parent", TOKEN, None, NOW).await.unwrap_err();
    assert!(matches!(error, Error::LockMissing { .. }));
    let _: () = fixture.redis.set(fixture.key("parent:lock"), TOKEN).await.unwrap();
    let _: () = fixture.redis.del(fixture.key("active")).await.unwrap();
    let error = fixture.queue.wait_for_children("parent", TOKEN, None, NOW).await.unwrap_err();
    assert!(matches!(error, Error::NotInState { state: "active", .. }));
    let _: () = fixture.redis.del(fixture.key("parent")).await.unwrap();
    let error = fixture.queue.wait_for_children("parent", TOKEN, None, NOW).await.unwrap_err();
    assert!(matches!(error, Error::JobMissing { .. }));
}

#[tokio::test]
async fn a_job_that_a_child_has_failed_does_not_wait() {
    let fixture = active_parent(r#","failParentOnFailure":true"#).await;
    end_next(&fixture, "child", failed).await;

    let error = fixture.queue.wait_for_children("parent", TOKEN, None, NOW).await.unwrap_err();

    let message = "Cannot complete job parent because it has at least one failed child. moveToWaitingChildren";
    assert_eq!(error.to_string(), message);
}

#[tokio::test]
async fn a_parent_goes_on_when_its_last_child_is_untied() {
    let mut fixture = Fixture::new().await;
    add_family(&fixture, "root", &["a", "b"]).await;

    assert!(fixture.queue.remove_child_dependency("a", NOW).await.unwrap());
    assert_eq!(open_children(&mut fixture, "root").await, [fixture.key("b")]);
    assert!(!fixture.hash("a").await.contains_key("parentKey"));
    assert!(fixture.queue.remove_child_dependency("b", NOW).await.unwrap());

    assert_eq!(state(&fixture, "root").await, Some(JobState::Waiting));
}

#[tokio::test]
async fn only_an_open_child_of_a_parent_that_exists_can_be_untied() {
    let mut fixture = Fixture::new().await;
    add_family(&fixture, "root", &["a", "b"]).await;
    end_next(&fixture, "a", completed).await;

    assert!(!fixture.queue.remove_child_dependency("a", NOW).await.unwrap());
    let error = fixture.queue.remove_child_dependency("root", NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "Missing key for parent job undefined. removeChildDependency");
    let _: () = fixture.redis.del(fixture.key("root")).await.unwrap();
    let error = fixture.queue.remove_child_dependency("b", NOW).await.unwrap_err();
    assert_eq!(error.to_string(), format!("Missing key for parent job {}. removeChildDependency", fixture.key("root")));
    let error = fixture.queue.remove_child_dependency("nobody", NOW).await.unwrap_err();
    assert!(matches!(error, Error::JobMissing { .. }));
}

#[tokio::test]
async fn children_are_told_apart_by_what_became_of_them() {
    let fixture = Fixture::new().await;
    add_family(&fixture, "root", &["a", "b"]).await;
    end_next(&fixture, "a", completed).await;

    let children = fixture.queue.children("root", &ChildrenKind::ALL).await.unwrap();
    assert_eq!(children.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 0, 0]);
    assert_eq!(children[0][0].value.as_deref(), Some("{\"ok\":true}"));
    assert_eq!(fixture.queue.children_counts("root", &ChildrenKind::ALL).await.unwrap(), [1, 1, 0, 0]);
    let scan = |kind| ChildrenScan { kind, cursor: 0, count: 20 };
    let pages = fixture.queue.scan_children("root", &ChildrenKind::ALL.map(scan)).await.unwrap();
    assert_eq!(pages.iter().map(|page| page.next_cursor).collect::<Vec<_>>(), [0, 0, 0, 20]);
    assert_eq!(pages[1].children[0].key, fixture.key("b"));
}

#[tokio::test]
async fn a_range_of_children_comes_with_their_jobs() {
    let fixture = Fixture::new().await;
    let children: Vec<String> = (0..200).map(|n| format!("child-{n}")).collect();
    add_family(&fixture, "root", &children.iter().map(String::as_str).collect::<Vec<_>>()).await;

    let range = |first, last| JobRange { first, last, ascending: true };
    let page = fixture.queue.dependencies("root", DependencyKind::Pending, range(0, -1)).await.unwrap();
    assert_eq!((page.children.len(), page.jobs.len(), page.total), (200, 200, 200));
    let part = fixture.queue.dependencies("root", DependencyKind::Pending, range(150, 159)).await.unwrap();
    assert_eq!(part.children, page.children[150..160]);
    assert_eq!(part.total, 200);
    let none = fixture.queue.dependencies("root", DependencyKind::Processed, range(0, -1)).await.unwrap();
    assert_eq!((none.children.len(), none.total), (0, 0));
}
