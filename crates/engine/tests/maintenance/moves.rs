use synapse_queue_engine::queue::PriorityChange;

use crate::support::{Fixture, NOW};

#[tokio::test]
async fn a_promoted_job_runs_now() {
    let mut fixture = Fixture::new().await;
    fixture.add("{\"delay\":5000}").await;
    fixture.new_events().await;

    fixture.queue.promote("1").await.unwrap();

    assert_eq!(fixture.list("wait").await, ["1"]);
    assert_eq!(fixture.hash("1").await["delay"], "0");
    assert!(!fixture.exists("delayed").await);
    assert_eq!(fixture.new_events().await, ["waiting jobId=1 prev=delayed"]);
}

#[tokio::test]
async fn a_promoted_job_keeps_its_priority() {
    let mut fixture = Fixture::new().await;
    fixture.add("{\"delay\":5000,\"priority\":2}").await;

    fixture.queue.promote("1").await.unwrap();

    assert_eq!(fixture.sorted_set("prioritized").await, [("1".to_owned(), 8_589_934_593.0)]);
}

#[tokio::test]
async fn only_a_delayed_job_can_be_promoted() {
    let fixture = Fixture::new().await;
    fixture.add("").await;
    let error = fixture.queue.promote("1").await.unwrap_err();
    assert_eq!(error.to_string(), "Job 1 is not in the delayed state. promote");
    let error = fixture.queue.promote("7").await.unwrap_err();
    assert_eq!(error.to_string(), "Job 7 is not in the delayed state. promote");
}

#[tokio::test]
async fn promoting_all_takes_every_delayed_job() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["{\"delay\":9000}", "{\"delay\":5000}", "{\"delay\":7000}"]).await;

    fixture.queue.promote_jobs(2).await.unwrap();

    assert_eq!(fixture.list("wait").await, ["1", "3", "2"]);
    assert!(!fixture.exists("delayed").await);
}

#[tokio::test]
async fn a_changed_delay_counts_from_now() {
    let mut fixture = Fixture::new().await;
    fixture.add("{\"delay\":5000}").await;
    fixture.new_events().await;

    fixture.queue.change_delay("1", 1_000, NOW + 500).await.unwrap();

    assert_eq!(fixture.sorted_set("delayed").await, [("1".to_owned(), 1_800_000_001_500.0 * 4_096.0)]);
    assert_eq!(fixture.hash("1").await["delay"], "1000");
    assert_eq!(fixture.sorted_set("marker").await, [("1".to_owned(), 1_800_000_001_500.0)]);
    assert_eq!(fixture.new_events().await, ["delayed delay=1800000001500 jobId=1"]);
}

#[tokio::test]
async fn only_a_delayed_job_can_get_another_delay() {
    let fixture = Fixture::new().await;
    fixture.add("").await;
    let error = fixture.queue.change_delay("1", 5, NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "Job 1 is not in the delayed state. changeDelay");
    let error = fixture.queue.change_delay("7", 5, NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "Missing key for job 7. changeDelay");
}

async fn change(fixture: &Fixture, job_id: &str, priority: u32, lifo: bool) {
    fixture.queue.change_priority(job_id, PriorityChange { priority, lifo }).await.unwrap();
}

#[tokio::test]
async fn a_waiting_job_moves_between_its_list_and_the_prioritized_ones() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", "", "{\"priority\":9}"]).await;

    change(&fixture, "1", 7, false).await;
    assert_eq!(fixture.list("wait").await, ["2"]);
    assert_eq!(fixture.sorted_set("prioritized").await[0], ("1".to_owned(), 7.0 * 4_294_967_296.0 + 2.0));
    assert_eq!(fixture.hash("1").await["priority"], "7");

    change(&fixture, "3", 0, false).await;
    assert_eq!(fixture.list("wait").await, ["3", "2"]);
    change(&fixture, "1", 0, true).await;
    assert_eq!(fixture.list("wait").await, ["3", "2", "1"]);
}

#[tokio::test]
async fn lifo_puts_a_job_before_all_others_of_its_priority() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["{\"priority\":3}", "{\"priority\":3}"]).await;

    change(&fixture, "2", 3, true).await;

    let ids: Vec<String> = fixture.sorted_set("prioritized").await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["2", "1"]);
}

#[tokio::test]
async fn a_job_that_does_not_wait_only_remembers_its_priority() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", "{\"delay\":5000}"]).await;
    fixture.fetch(1).await;
    fixture.delete("marker").await;

    change(&fixture, "1", 4, false).await;
    change(&fixture, "2", 4, false).await;

    assert_eq!(fixture.hash("2").await["priority"], "4");
    assert_eq!(fixture.list("active").await, ["1"]);
    assert!(!fixture.exists("prioritized").await && !fixture.exists("marker").await);
}

#[tokio::test]
async fn a_job_that_does_not_exist_has_no_priority_to_change() {
    let fixture = Fixture::new().await;
    let change = PriorityChange { priority: 1, lifo: false };
    let error = fixture.queue.change_priority("7", change).await.unwrap_err();
    assert_eq!(error.to_string(), "Missing key for job 7. changePriority");
}
