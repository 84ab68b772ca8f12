use redis::AsyncCommands;
use synapse_queue_engine::queue::{Clean, CleanState};
use synapse_queue_testing::unique_prefix;

use crate::support::{Fixture, NOW};

const ALL: Clean = Clean { state: CleanState::Completed, grace_ms: 0, limit: 0 };

async fn clean(fixture: &Fixture, clean: Clean) -> Vec<String> {
    fixture.queue.clean(clean, NOW + 10_000).await.unwrap()
}

#[tokio::test]
async fn finished_jobs_go_oldest_first_up_to_the_limit() {
    let mut fixture = Fixture::new().await;
    for n in 0..4 {
        fixture.add("").await;
        fixture.complete_next(NOW + n).await;
    }
    fixture.new_events().await;

    assert_eq!(clean(&fixture, Clean { limit: 3, ..ALL }).await, ["1", "2", "3"]);

    assert_eq!(fixture.sorted_set("completed").await[0].0, "4");
    assert!(!fixture.exists("1").await && fixture.exists("4").await);
    assert_eq!(fixture.new_events().await, ["cleaned count=3"]);
}

#[tokio::test]
async fn grace_spares_jobs_that_finished_lately() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    fixture.fail_next(NOW).await;
    fixture.fail_next(NOW + 9_000).await;
    fixture.new_events().await;

    let failed = Clean { state: CleanState::Failed, grace_ms: 5_000, limit: 0 };
    assert_eq!(clean(&fixture, failed).await, ["1"]);
    assert!(clean(&fixture, failed).await.is_empty());

    assert_eq!(fixture.new_events().await, ["cleaned count=1", "cleaned count=0"]);
}

#[tokio::test]
async fn grace_counts_from_adding_for_jobs_that_have_not_run() {
    let fixture = Fixture::new().await;
    fixture.add_many(&["{\"delay\":90000,\"timestamp\":1800000009000}", "{\"delay\":90000}"]).await;

    let delayed = Clean { state: CleanState::Delayed, grace_ms: 5_000, limit: 0 };
    assert_eq!(clean(&fixture, delayed).await, ["2"]);
}

#[tokio::test]
async fn pages_of_spared_jobs_are_passed_and_the_number_of_removed_ones_is_announced_once() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&vec!["{\"timestamp\":1800000009000}"; 600]).await;
    fixture.add_many(&vec!["{\"timestamp\":1800000000000}"; 600]).await;
    fixture.new_events().await;

    let old = Clean { state: CleanState::Waiting, grace_ms: 5_000, limit: 0 };
    let mut removed = clean(&fixture, old).await;

    removed.sort_by_key(|id| id.parse::<u32>().unwrap());
    assert_eq!(removed, (601..=1200).map(|id| id.to_string()).collect::<Vec<_>>());
    assert_eq!(fixture.list("wait").await.len(), 600);
    assert_eq!(fixture.new_events().await, ["cleaned count=600"]);
}

#[tokio::test]
async fn many_pages_of_waiting_jobs_go_around_the_spared_ones() {
    let mut fixture = Fixture::new().await;
    let mut kept = Vec::new();
    for n in 0..3 {
        fixture.add_many(&vec![""; 300]).await;
        kept.push(fixture.schedule(&format!("s{n}"), NOW + n).await);
    }
    fixture.add("").await;

    let removed = clean(&fixture, Clean { state: CleanState::Waiting, ..ALL }).await;

    assert_eq!(removed.len(), 901);
    // As BullMQ reads a list: from the end that is served last.
    assert_eq!((removed[0].as_str(), removed[900].as_str()), ("901", "1"));
    kept.reverse();
    assert_eq!(fixture.list("wait").await, kept);
}

#[tokio::test]
async fn the_limit_counts_removed_jobs_not_spared_ones() {
    let mut fixture = Fixture::new().await;
    fixture.schedule("nightly", NOW).await;
    fixture.add_many(&["", "", ""]).await;

    let removed = clean(&fixture, Clean { state: CleanState::Waiting, limit: 2, ..ALL }).await;

    assert_eq!(removed, ["2", "1"]);
    assert_eq!(fixture.list("wait").await, ["3", "repeat:nightly:1800000000000"]);
}

#[tokio::test]
async fn waiting_includes_what_bullmq_5_has_put_aside() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let paused = fixture.key("paused");
    let _: () = fixture.redis.lpush(paused, &["a", "b"]).await.unwrap();
    fixture.new_events().await;

    let waiting = Clean { state: CleanState::Waiting, ..ALL };
    assert_eq!(clean(&fixture, Clean { limit: 1, ..waiting }).await, ["a"]);
    assert_eq!(clean(&fixture, waiting).await, ["b", "1"]);

    assert_eq!(fixture.new_events().await, ["cleaned count=1", "cleaned count=2"]);
}

#[tokio::test]
async fn active_jobs_go_only_when_no_worker_owns_them() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    fixture.lose_next().await;
    fixture.fetch(1).await;

    assert_eq!(clean(&fixture, Clean { state: CleanState::Active, ..ALL }).await, ["1"]);

    assert_eq!(fixture.list("active").await, ["2"]);
}

#[tokio::test]
async fn prioritized_jobs_can_be_cleaned() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["{\"priority\":9}", "{\"priority\":1}"]).await;

    let removed = clean(&fixture, Clean { state: CleanState::Prioritized, limit: 1, ..ALL }).await;

    assert_eq!(removed, ["2"]);
    assert_eq!(fixture.sorted_set("prioritized").await[0].0, "1");
}

#[tokio::test]
async fn ids_without_a_job_go_too() {
    let mut fixture = Fixture::new().await;
    let completed = fixture.key("completed");
    let _: () = fixture.redis.zadd(completed, "ghost", 5).await.unwrap();

    assert_eq!(clean(&fixture, ALL).await, ["ghost"]);
}

#[tokio::test]
async fn a_cleaned_job_frees_its_deduplication() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.complete_next(NOW).await;
    fixture.set_field("1", "deid", "once").await;
    let holder = fixture.key("de:once");
    let _: () = fixture.redis.set(holder, "1").await.unwrap();

    clean(&fixture, ALL).await;

    assert!(!fixture.exists("de:once").await);
}

#[tokio::test]
async fn a_parent_in_another_queue_goes_on_and_one_in_this_queue_goes_too() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let other = format!("{}:other", unique_prefix());
    let (far, near) = (format!("{other}:dad"), fixture.key("mum"));
    fixture.give_parent("1", &far).await;
    fixture.give_parent("2", &near).await;

    clean(&fixture, Clean { state: CleanState::Waiting, ..ALL }).await;

    let waiting: Vec<String> = fixture.redis.lrange(format!("{other}:wait"), 0, -1).await.unwrap();
    assert_eq!(waiting, ["dad"]);
    assert!(!fixture.exists("mum").await && !fixture.exists("waiting-children").await);
}

#[tokio::test]
async fn logs_and_results_of_children_go_with_their_jobs() {
    let mut fixture = Fixture::new().await;
    for (job, state) in [("done", "completed"), ("waits", "wait")] {
        fixture.set_field(job, "name", "paint").await;
        fixture.set_field(&format!("{job}:processed"), "child", "1").await;
        fixture.set_field(&format!("{job}:failed"), "child", "boom").await;
        let keys = ["logs", "dependencies", "unsuccessful"].map(|part| fixture.key(&format!("{job}:{part}")));
        let state_key = fixture.key(state);
        let _: () = fixture.redis.rpush(&keys[0], "row").await.unwrap();
        let _: () = fixture.redis.sadd(&keys[1], "child").await.unwrap();
        let _: () = fixture.redis.zadd(&keys[2], "child", 1).await.unwrap();
        if state == "wait" {
            let _: () = fixture.redis.lpush(state_key, job).await.unwrap();
        } else {
            let _: () = fixture.redis.zadd(state_key, job, NOW).await.unwrap();
        }
    }

    clean(&fixture, ALL).await;
    clean(&fixture, Clean { state: CleanState::Waiting, ..ALL }).await;

    let (done, waits) = (fixture.key("done*"), fixture.key("waits*"));
    let left: (Vec<String>, Vec<String>) =
        (fixture.redis.keys(done).await.unwrap(), fixture.redis.keys(waits).await.unwrap());
    assert_eq!(left, (vec![], vec![]));
}
