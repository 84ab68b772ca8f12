use redis::AsyncCommands;
use synapse_queue_engine::error::Error;
use synapse_queue_engine::queue::{Children, Queue};
use synapse_queue_engine::wire::QueueKeys;
use synapse_queue_testing::unique_prefix;

use crate::support::{Fixture, NOW};

async fn remove(fixture: &Fixture, job_id: &str) -> bool {
    fixture.queue.remove(job_id, Children::Remove, NOW).await.unwrap()
}

#[tokio::test]
async fn a_removed_job_leaves_nothing_behind_but_an_event() {
    let mut fixture = Fixture::new().await;
    let options = ["", "{\"priority\":2}", "{\"delay\":5000}"];
    for (options, prev) in options.into_iter().zip(["wait", "prioritized", "delayed"]) {
        let job_id = fixture.add(options).await;
        fixture.queue.add_log(&job_id, "row", None).await.unwrap();
        fixture.new_events().await;

        assert!(remove(&fixture, &job_id).await);

        assert!(!fixture.exists(&job_id).await && !fixture.exists(&format!("{job_id}:logs")).await);
        assert!(!fixture.exists(prev).await);
        assert_eq!(fixture.new_events().await, [format!("removed jobId={job_id} prev={prev}")]);
    }
}

#[tokio::test]
async fn finished_jobs_can_be_removed() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    fixture.complete_next(NOW).await;
    fixture.fail_next(NOW).await;
    fixture.new_events().await;

    assert!(remove(&fixture, "1").await && remove(&fixture, "2").await);

    let events = fixture.new_events().await;
    assert_eq!(events, ["removed jobId=1 prev=completed", "removed jobId=2 prev=failed"]);
}

#[tokio::test]
async fn a_job_that_a_worker_owns_stays() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.fetch(1).await;

    assert!(!remove(&fixture, "1").await);

    assert_eq!(fixture.list("active").await, ["1"]);
}

#[tokio::test]
async fn an_active_job_without_an_owner_goes() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.lose_next().await;

    assert!(remove(&fixture, "1").await);

    assert!(!fixture.exists("active").await);
    assert_eq!(fixture.events().await.last().unwrap(), "removed jobId=1 prev=active");
}

#[tokio::test]
async fn a_job_that_does_not_exist_counts_as_removed_and_is_not_announced() {
    let mut fixture = Fixture::new().await;
    let wait = fixture.key("wait");
    let _: () = fixture.redis.lpush(wait, "ghost").await.unwrap();

    assert!(remove(&fixture, "ghost").await && remove(&fixture, "nobody").await);

    assert!(!fixture.exists("wait").await && !fixture.exists("events").await);
}

#[tokio::test]
async fn the_next_iteration_of_a_scheduler_goes_only_with_its_scheduler() {
    let mut fixture = Fixture::new().await;
    let job_id = fixture.schedule("nightly", NOW).await;

    let error = fixture.queue.remove(&job_id, Children::Remove, NOW).await.unwrap_err();
    assert!(matches!(&error, Error::BelongsToScheduler { .. }));
    assert_eq!(
        error.to_string(),
        format!("Job {job_id} belongs to a job scheduler and cannot be removed directly. removeJob")
    );

    fixture.delete("repeat").await;
    assert!(remove(&fixture, &job_id).await);
}

#[tokio::test]
async fn the_holder_of_a_deduplication_frees_it() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    for job_id in ["1", "2"] {
        fixture.set_field(job_id, "deid", "once").await;
    }
    let holder = fixture.key("de:once");
    let _: () = fixture.redis.set(holder, "2").await.unwrap();
    fixture.set_field("dn:once", "name", "next").await;

    remove(&fixture, "1").await;
    assert!(fixture.exists("de:once").await);
    remove(&fixture, "2").await;
    assert!(!fixture.exists("de:once").await && !fixture.exists("dn:once").await);
}

#[tokio::test]
async fn a_parent_goes_on_when_its_last_pending_child_is_removed() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let parent = fixture.key("dad");
    fixture.give_parent("1", &parent).await;
    fixture.give_parent("2", &parent).await;
    fixture.new_events().await;

    remove(&fixture, "1").await;
    assert_eq!(fixture.sorted_set("waiting-children").await.len(), 1);
    remove(&fixture, "2").await;

    assert_eq!(fixture.list("wait").await, ["dad"]);
    assert!(!fixture.exists("waiting-children").await);
    let events = fixture.new_events().await;
    assert_eq!(events[1..], ["waiting jobId=dad prev=waiting-children", "removed jobId=2 prev=wait"]);
}

#[tokio::test]
async fn a_parent_with_a_delay_or_a_priority_goes_where_it_belongs() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    for (job_id, parent, field, value) in [("1", "late", "delay", "1000"), ("2", "urgent", "priority", "5")] {
        let key = fixture.key(parent);
        fixture.give_parent(job_id, &key).await;
        fixture.set_field(parent, field, value).await;
        remove(&fixture, job_id).await;
    }

    assert_eq!(fixture.sorted_set("delayed").await, [("late".to_owned(), 1_800_000_001_000.0 * 4_096.0)]);
    assert_eq!(fixture.sorted_set("prioritized").await[0].0, "urgent");
}

#[tokio::test]
async fn a_flow_is_removed_across_queues() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let other = format!("{}:other", unique_prefix());
    let parent = format!("{other}:dad");
    fixture.give_parent("1", &parent).await;
    let child = fixture.key("2");
    let _: () = fixture.redis.hset(format!("{parent}:processed"), child, "1").await.unwrap();
    let (prefix, name) = other.split_once(':').unwrap();
    let keys = QueueKeys::new(prefix, name).unwrap();
    let parents = Queue::new(fixture.queue.connection().clone(), keys, "").unwrap();

    assert!(parents.remove("dad", Children::Remove, NOW).await.unwrap());

    assert!(!fixture.exists("1").await && !fixture.exists("2").await && !fixture.exists("wait").await);
    let mut left: Vec<String> = fixture.redis.keys(format!("{other}:*")).await.unwrap();
    left.retain(|key| !key.contains(":call:"));
    assert_eq!(left, [format!("{other}:events")]);
}

#[tokio::test]
async fn a_flow_with_a_job_that_a_worker_owns_stays_whole() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let parent = fixture.key("dad");
    fixture.give_parent("1", &parent).await;
    fixture.give_parent("2", &parent).await;
    fixture.fetch(1).await;

    assert!(!remove(&fixture, "dad").await);
    assert!(fixture.exists("dad").await && fixture.exists("2").await);

    assert!(fixture.queue.remove("dad", Children::Keep, NOW).await.unwrap());
    assert!(!fixture.exists("dad").await && fixture.exists("2").await);
}
