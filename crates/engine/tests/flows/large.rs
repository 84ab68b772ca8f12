//! Flows that come in several calls.

use std::collections::BTreeMap;

use redis::AsyncCommands;
use synapse_queue_engine::job::JobState;
use synapse_queue_engine::scripts::MAX_FLOW_JOBS;

use super::{add, completed, job, job_with, state};
use crate::support::{Fixture, NOW, fetch};

/// Jobs fetched and finished per call.
const BATCH: usize = 50;

#[tokio::test]
async fn a_large_flow_stands_complete_once_it_is_added() {
    let mut fixture = Fixture::new().await;
    let children = 2 * MAX_FLOW_JOBS;

    let mut jobs = vec![job(&fixture, "root", None), job(&fixture, "twig", Some(0))];
    jobs.extend((0..children).map(|_| job_with(&fixture, "", Some(1))));
    let added = add(&fixture, jobs).await;

    assert!(added.iter().all(|added| added.refusal.is_none()));
    assert_eq!(fixture.list("wait").await.len(), children);
    let open: usize = fixture.redis.scard(fixture.key("twig:dependencies")).await.unwrap();
    assert_eq!(open, children);
    for parent in ["root", "twig"] {
        assert_eq!(state(&fixture, parent).await, Some(JobState::WaitingChildren));
        assert!(!fixture.hash(parent).await.contains_key("held"));
        for key in [fixture.key(parent), fixture.key(&format!("{parent}:dependencies"))] {
            assert_eq!(fixture.redis.ttl::<_, i64>(key).await.unwrap(), -1);
        }
    }
    let counted: usize = fixture.redis.get(fixture.key("id")).await.unwrap();
    assert_eq!(counted, children + 2);
}

#[tokio::test]
async fn a_large_flow_on_a_root_that_exists_gives_it_the_children() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"jobId":"root"}"#).await;

    let mut jobs = vec![job(&fixture, "root", None)];
    jobs.extend((0..=MAX_FLOW_JOBS).map(|_| job_with(&fixture, "", Some(0))));
    add(&fixture, jobs).await;

    assert_eq!(state(&fixture, "root").await, Some(JobState::Waiting));
    let open: usize = fixture.redis.scard(fixture.key("root:dependencies")).await.unwrap();
    assert_eq!(open, MAX_FLOW_JOBS + 1);
    assert_eq!(fixture.events().await.last().unwrap(), "duplicated jobId=root");
}

#[tokio::test]
async fn ten_thousand_children_worked_on_while_they_are_added_all_end_once_and_before_their_root() {
    let mut fixture = Fixture::new().await;
    let children = 10_000;
    let mut jobs = vec![job(&fixture, "root", None)];
    jobs.extend((0..children).map(|_| job_with(&fixture, "", Some(0))));

    let (added, ends) = tokio::join!(add(&fixture, jobs), work_until_root(&fixture));

    assert_eq!(added.len(), children + 1);
    assert_eq!(ends.len(), children + 1);
    assert!(ends.values().all(|times| *times == 1));
    assert!(added.iter().all(|added| ends.contains_key(&added.job.id)));
    let results: usize = fixture.redis.hlen(fixture.key("root:processed")).await.unwrap();
    assert_eq!(results, children);
    let completed: usize = fixture.redis.zcard(fixture.key("completed")).await.unwrap();
    assert_eq!(completed, children + 1);
}

/// Completes what comes until the root has come; answers how often each job came.
async fn work_until_root(fixture: &Fixture) -> BTreeMap<String, u32> {
    let mut ends = BTreeMap::new();
    let mut finishes = Vec::new();
    while !ends.contains_key("root") {
        let reply = fixture.settle(std::mem::take(&mut finishes), Some(fetch(BATCH)), NOW).await;
        assert!(reply.finishes.iter().all(Result::is_ok));
        for job in &reply.jobs {
            *ends.entry(job.job.id.clone()).or_insert(0) += 1;
            finishes.push(completed(job));
        }
        tokio::task::yield_now().await;
    }
    fixture.settle(finishes, None, NOW).await;
    ends
}
