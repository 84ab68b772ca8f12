use std::time::Duration;

use redis::AsyncCommands;

use crate::support::{Fixture, NOW};

const INTERVAL: Duration = Duration::from_secs(30);

impl Fixture {
    /// One stalled check, as if the interval since the last had passed.
    async fn check_stalled(&mut self, max_stalled_count: u32) -> Vec<String> {
        self.delete("stalled-check").await;
        self.scripts.move_stalled(max_stalled_count, INTERVAL, NOW).await.unwrap()
    }
}

#[tokio::test]
async fn a_job_without_owner_at_two_checks_goes_back_to_the_front() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    fixture.lose_next().await;
    fixture.new_events().await;

    assert!(fixture.check_stalled(1).await.is_empty());
    assert_eq!(fixture.check_stalled(1).await, ["1"]);

    assert_eq!(fixture.list("wait").await, ["2", "1"]);
    assert!(!fixture.exists("active").await);
    let hash = fixture.hash("1").await;
    assert_eq!(hash["stc"], "1");
    assert!(!hash.contains_key("defa"));
    assert_eq!(fixture.new_events().await, ["waiting jobId=1 prev=active", "stalled jobId=1"]);
    assert_eq!(fixture.sorted_set("marker").await.len(), 1);
}

#[tokio::test]
async fn a_job_with_an_owner_is_left_alone() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.fetch(1).await;

    fixture.check_stalled(1).await;
    assert!(fixture.check_stalled(1).await.is_empty());

    assert_eq!(fixture.list("active").await, ["1"]);
}

#[tokio::test]
async fn a_job_that_stalls_too_often_fails_at_its_next_pick_up() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.lose_next().await;
    fixture.check_stalled(0).await;

    assert_eq!(fixture.check_stalled(0).await, ["1"]);

    assert_eq!(fixture.hash("1").await["defa"], "job stalled more than allowable limit");
}

#[tokio::test]
async fn a_job_of_a_living_scheduler_may_stall_without_limit() {
    let mut fixture = Fixture::new().await;
    let job_id = fixture.schedule("nightly", NOW).await;
    fixture.lose_next().await;
    fixture.check_stalled(0).await;

    assert_eq!(fixture.check_stalled(0).await, [job_id.as_str()]);

    assert!(!fixture.hash(&job_id).await.contains_key("defa"));
}

#[tokio::test]
async fn one_check_is_made_per_interval() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.lose_next().await;
    fixture.check_stalled(1).await;

    assert!(fixture.scripts.move_stalled(1, INTERVAL, NOW).await.unwrap().is_empty());

    let guard = fixture.key("stalled-check");
    let (value, ttl): (String, i64) =
        redis::pipe().get(&guard).pttl(&guard).query_async(&mut fixture.redis).await.unwrap();
    assert_eq!(value, "1800000000000");
    assert!((29_000..=30_000).contains(&ttl), "{ttl} ms");
}

#[tokio::test]
async fn more_suspects_than_one_call_takes_all_go_back() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&vec![""; 600]).await;
    for _ in 0..6 {
        let jobs = fixture.fetch(100).await.jobs;
        let locks: Vec<String> = jobs.iter().map(|fetched| fixture.key(&format!("{}:lock", fetched.job.id))).collect();
        let _: () = fixture.redis.del(locks).await.unwrap();
    }
    fixture.check_stalled(1).await;

    assert_eq!(fixture.check_stalled(1).await.len(), 600);

    assert_eq!(fixture.list("wait").await.len(), 600);
    assert!(!fixture.exists("active").await && !fixture.exists("stalled").await);
}

#[tokio::test]
async fn a_suspect_that_is_gone_is_forgotten() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.lose_next().await;
    fixture.check_stalled(1).await;
    fixture.delete("1").await;

    assert!(fixture.check_stalled(1).await.is_empty());

    assert!(!fixture.exists("wait").await && !fixture.exists("active").await);
}
