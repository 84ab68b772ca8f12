use redis::AsyncCommands;
use synapse_queue_engine::queue::Drain;

use crate::support::{Fixture, NOW};

#[tokio::test]
async fn draining_takes_what_could_run_now() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", "", "{\"priority\":1}", "{\"delay\":5000}"]).await;
    fixture.fetch(1).await;
    let paused = fixture.key("paused");
    let _: () = fixture.redis.lpush(paused, "old").await.unwrap();

    fixture.queue.drain(Drain::Waiting, NOW).await.unwrap();

    for gone in ["wait", "paused", "prioritized", "2", "3"] {
        assert!(!fixture.exists(gone).await, "{gone} is left");
    }
    assert_eq!(fixture.list("active").await, ["1"]);
    assert_eq!(fixture.sorted_set("delayed").await[0].0, "4");
}

#[tokio::test]
async fn draining_delayed_jobs_has_to_be_asked_for() {
    let mut fixture = Fixture::new().await;
    fixture.add("{\"delay\":5000}").await;

    fixture.queue.drain(Drain::WaitingAndDelayed, NOW).await.unwrap();

    assert!(!fixture.exists("delayed").await && !fixture.exists("1").await);
}

#[tokio::test]
async fn draining_spares_the_next_iterations_of_schedulers() {
    let mut fixture = Fixture::new().await;
    let job_id = fixture.schedule("nightly", NOW).await;
    fixture.add_many(&vec![""; 600]).await;
    fixture.new_events().await;

    fixture.queue.drain(Drain::Waiting, NOW).await.unwrap();

    assert_eq!(fixture.list("wait").await, [job_id]);
    assert!(fixture.new_events().await.is_empty());
}
