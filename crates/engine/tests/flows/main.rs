//! Flows: trees of jobs in which parents run after their children.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

#[path = "../support/mod.rs"]
mod support;

mod adding;
mod large;
mod reading;
mod removing;
mod waiting;

use redis::AsyncCommands;
use support::{Fixture, NOW, finish};
use synapse_queue_engine::error::Result;
use synapse_queue_engine::flow::{AddedFlowJob, FlowProducer, NewFlowJob};
use synapse_queue_engine::job::JobState;
use synapse_queue_engine::options::Retention;
use synapse_queue_engine::queue::NewJob;
use synapse_queue_engine::scripts::{FetchedJob, Finish, FinishKind};
use synapse_queue_engine::wire::QueueKeys;

/// A job of the fixture's queue, by its id and the position of its parent.
fn job(fixture: &Fixture, id: &str, parent: Option<usize>) -> NewFlowJob {
    job_with(fixture, &format!(r#"{{"jobId":"{id}"}}"#), parent)
}

fn job_with(fixture: &Fixture, options: &str, parent: Option<usize>) -> NewFlowJob {
    let job = NewJob { name: "paint".into(), data: "{}".into(), options: options.into() };
    NewFlowJob { queue: fixture.queue.keys().clone(), job, parent }
}

/// The same job in another queue.
fn elsewhere(fixture: &Fixture, job: NewFlowJob) -> NewFlowJob {
    NewFlowJob { queue: QueueKeys::new(fixture.queue.keys().prefix(), "elsewhere").unwrap(), ..job }
}

async fn try_add(fixture: &Fixture, jobs: Vec<NewFlowJob>) -> Result<Vec<AddedFlowJob>> {
    FlowProducer::new(fixture.queue.connection().clone()).add(jobs, NOW).await
}

async fn add(fixture: &Fixture, jobs: Vec<NewFlowJob>) -> Vec<AddedFlowJob> {
    try_add(fixture, jobs).await.unwrap()
}

/// A root with these children.
async fn add_family(fixture: &Fixture, root: &str, children: &[&str]) {
    let mut jobs = vec![job(fixture, root, None)];
    jobs.extend(children.iter().map(|child| job(fixture, child, Some(0))));
    for added in add(fixture, jobs).await {
        assert!(added.refusal.is_none());
    }
}

fn completed(job: &FetchedJob) -> Finish {
    finish(job, FinishKind::Completed { returnvalue: "{\"ok\":true}".into(), retention: Retention::keep_all() })
}

fn failed(job: &FetchedJob) -> Finish {
    let (reason, stacktrace) = ("boom".into(), "[]".into());
    finish(job, FinishKind::Failed { reason, stacktrace, retention: Retention::keep_all(), attempts: 1 })
}

/// Takes the next job, which must be this one, and ends it.
async fn end_next(fixture: &Fixture, id: &str, end: impl Fn(&FetchedJob) -> Finish) {
    let fetched = fixture.fetch(1).await;
    assert_eq!(fetched.jobs[0].job.id, id);
    let reply = fixture.settle(vec![end(&fetched.jobs[0])], None, NOW).await;
    assert!(reply.finishes[0].is_ok());
}

async fn state(fixture: &Fixture, job_id: &str) -> Option<JobState> {
    fixture.queue.job_state(job_id).await.unwrap()
}

async fn open_children(fixture: &mut Fixture, job_id: &str) -> Vec<String> {
    let key = fixture.key(&format!("{job_id}:dependencies"));
    let mut children: Vec<String> = fixture.redis.smembers(key).await.unwrap();
    children.sort_unstable();
    children
}
