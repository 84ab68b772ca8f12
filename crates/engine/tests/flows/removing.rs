//! Flows that are removed as a whole or below a job.

use redis::AsyncCommands;
use synapse_queue_engine::job::JobState;
use synapse_queue_engine::queue::Children;

use super::{add, add_family, completed, end_next, failed, job, job_with, open_children, state};
use crate::support::{Fixture, NOW};

#[tokio::test]
async fn unprocessed_children_go_and_the_parent_goes_on() {
    let mut fixture = Fixture::new().await;
    let jobs = vec![
        job(&fixture, "root", None),
        job(&fixture, "twig", Some(0)),
        job_with(&fixture, r#"{"jobId":"later","delay":500}"#, Some(0)),
        job(&fixture, "leaf", Some(1)),
    ];
    add(&fixture, jobs).await;

    fixture.queue.remove_unprocessed_children("root", NOW).await.unwrap();

    for gone in ["twig", "later", "leaf"] {
        assert!(fixture.hash(gone).await.is_empty());
    }
    assert_eq!(fixture.list("wait").await, ["root"]);
    assert!(open_children(&mut fixture, "twig").await.is_empty());
}

#[tokio::test]
async fn children_that_have_ended_or_that_a_worker_owns_stay() {
    let mut fixture = Fixture::new().await;
    add_family(&fixture, "root", &["done", "bad", "running", "open"]).await;
    end_next(&fixture, "done", completed).await;
    end_next(&fixture, "bad", failed).await;
    fixture.fetch(1).await;

    fixture.queue.remove_unprocessed_children("root", NOW).await.unwrap();

    assert_eq!(open_children(&mut fixture, "root").await, [fixture.key("bad"), fixture.key("running")]);
    assert_eq!(state(&fixture, "root").await, Some(JobState::WaitingChildren));
    assert_eq!(state(&fixture, "done").await, Some(JobState::Completed));
    assert!(fixture.hash("open").await.is_empty());
}

/// A root with 600 children, one of them below another.
async fn large_family() -> Fixture {
    let fixture = Fixture::new().await;
    let mut jobs = vec![job(&fixture, "root", None), job(&fixture, "twig", Some(0)), job(&fixture, "leaf", Some(1))];
    jobs.extend((0..600).map(|_| job_with(&fixture, "", Some(0))));
    add(&fixture, jobs).await;
    fixture
}

#[tokio::test]
async fn a_large_flow_is_removed_with_its_root() {
    let mut fixture = large_family().await;
    end_next(&fixture, "leaf", completed).await;

    assert!(fixture.queue.remove("root", Children::Remove, NOW).await.unwrap());

    let pattern = fixture.key("*");
    let mut left: Vec<String> = fixture.redis.keys(pattern).await.unwrap();
    left.retain(|key| !key.contains(":call:"));
    left.sort_unstable();
    assert_eq!(left, ["events", "id", "marker", "meta"].map(|key| fixture.key(key)));
}

#[tokio::test]
async fn a_large_flow_with_a_job_that_a_worker_owns_stays_whole() {
    let mut fixture = large_family().await;
    fixture.fetch(1).await;

    assert!(!fixture.queue.remove("root", Children::Remove, NOW).await.unwrap());

    assert_eq!(state(&fixture, "root").await, Some(JobState::WaitingChildren));
    assert_eq!(open_children(&mut fixture, "root").await.len(), 601);
}
