use synapse_queue_engine::queue::{JobLogs, JobRange};

use crate::support::Fixture;

#[tokio::test]
async fn the_payload_can_be_replaced() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.queue.update_data("1", "{\"b\":2}").await.unwrap();
    assert_eq!(fixture.hash("1").await["data"], "{\"b\":2}");
}

#[tokio::test]
async fn progress_is_kept_and_published() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.queue.update_progress("1", "{\"p\":1}").await.unwrap();
    assert_eq!(fixture.hash("1").await["progress"], "{\"p\":1}");
    assert_eq!(fixture.events().await.last().unwrap(), "progress data={\"p\":1} jobId=1");
}

#[tokio::test]
async fn a_job_that_does_not_exist_is_not_brought_to_life_by_writing_to_it() {
    let mut fixture = Fixture::new().await;
    let queue = fixture.queue.clone();
    let messages = [
        queue.update_data("7", "1").await.unwrap_err().to_string(),
        queue.update_progress("7", "1").await.unwrap_err().to_string(),
        queue.add_log("7", "row", None).await.unwrap_err().to_string(),
    ];
    assert_eq!(messages, ["updateData", "updateProgress", "addLog"].map(|c| format!("Missing key for job 7. {c}")));
    assert!(!fixture.exists("7").await && !fixture.exists("7:logs").await);
}

async fn rows(fixture: &Fixture, first: i64, last: i64, ascending: bool) -> Vec<String> {
    fixture.queue.logs("1", JobRange { first, last, ascending }).await.unwrap().rows
}

#[tokio::test]
async fn logs_are_read_from_either_end() {
    let fixture = Fixture::new().await;
    fixture.add("").await;
    for row in ["a", "b", "c"] {
        fixture.queue.add_log("1", row, None).await.unwrap();
    }

    assert_eq!(rows(&fixture, 0, -1, true).await, ["a", "b", "c"]);
    assert_eq!(rows(&fixture, 0, 0, true).await, ["a"]);
    assert_eq!(rows(&fixture, 0, 1, false).await, ["c", "b"]);
    assert_eq!(rows(&fixture, 0, -1, false).await, ["c", "b", "a"]);
    let missing = fixture.queue.logs("7", JobRange { first: 0, last: -1, ascending: true }).await.unwrap();
    assert_eq!(missing, JobLogs { rows: vec![], count: 0 });
}

#[tokio::test]
async fn only_the_newest_rows_are_kept_when_asked() {
    let fixture = Fixture::new().await;
    fixture.add("").await;
    let mut counts = Vec::new();
    for row in ["a", "b", "c"] {
        counts.push(fixture.queue.add_log("1", row, Some(2)).await.unwrap());
    }

    assert_eq!(counts, [1, 2, 2]);
    assert_eq!(rows(&fixture, 0, -1, true).await, ["b", "c"]);
    fixture.queue.clear_logs("1", 1).await.unwrap();
    assert_eq!(rows(&fixture, 0, -1, true).await, ["c"]);
    fixture.queue.clear_logs("1", 0).await.unwrap();
    assert!(rows(&fixture, 0, -1, true).await.is_empty());
}
