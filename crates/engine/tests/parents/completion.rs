//! Children that complete.

use redis::AsyncCommands;

use super::{complete_child, completed, dependencies, family, family_of_one, parent_state};
use crate::support::{Fixture, NOW};

#[tokio::test]
async fn a_completed_child_hands_over_its_result() {
    let mut fixture = family("").await;

    complete_child(&fixture).await;

    assert_eq!(dependencies(&mut fixture).await, ["sibling"]);
    assert_eq!(fixture.hash("parent:processed").await[&fixture.key("child")], "{\"ok\":true}");
    assert_eq!(parent_state(&mut fixture).await.0, "waiting-children");
}

#[tokio::test]
async fn the_last_child_lets_its_parent_run_next() {
    let mut fixture = family_of_one("waiting-children", "", "").await;
    fixture.add(r#"{"jobId":"first"}"#).await;
    let fetched = fixture.fetch(1).await;
    assert_eq!(fetched.jobs[0].job.id, "child");
    let _: () = fixture.redis.del(fixture.key("marker")).await.unwrap();

    fixture.settle(vec![completed(&fetched.jobs[0])], None, NOW).await;

    assert_eq!(fixture.list("wait").await, ["first", "parent"]);
    assert_eq!(fixture.sorted_set("marker").await, [("0".to_owned(), 0.0)]);
    let events = fixture.events().await;
    assert_eq!(events[events.len() - 2], "waiting jobId=parent prev=waiting-children");
    assert!(events[events.len() - 1].starts_with("completed jobId=child"));
}

#[tokio::test]
async fn a_parent_in_another_queue_goes_on_there() {
    let mut fixture = Fixture::new().await;
    let base = fixture.key("").replace(":queue:", ":trunk:");
    let _: () = fixture.redis.hset(format!("{base}parent"), "name", "paint").await.unwrap();
    let _: () = fixture.redis.zadd(format!("{base}waiting-children"), "parent", 1).await.unwrap();
    let queue = base.trim_end_matches(':');
    fixture.add(&format!(r#"{{"jobId":"child","parent":{{"id":"parent","queue":"{queue}"}}}}"#)).await;

    complete_child(&fixture).await;

    let waiting: Vec<String> = fixture.redis.lrange(format!("{base}wait"), 0, -1).await.unwrap();
    assert_eq!(waiting, ["parent"]);
    let marker: Option<f64> = fixture.redis.zscore(format!("{base}marker"), "0").await.unwrap();
    assert_eq!(marker, Some(0.0));
    assert!(fixture.list("wait").await.is_empty());
}

#[tokio::test]
async fn a_parent_with_a_priority_goes_on_by_it() {
    let mut fixture = family_of_one("waiting-children", r#","priority":3"#, "").await;

    complete_child(&fixture).await;

    assert_eq!(parent_state(&mut fixture).await.0, "prioritized");
}

#[tokio::test]
async fn a_parent_with_a_delay_waits_for_its_time_from_then_on() {
    let mut fixture = family_of_one("waiting-children", r#","delay":5000"#, "").await;

    complete_child(&fixture).await;

    #[expect(clippy::cast_precision_loss, reason = "scores are doubles")]
    let due = (NOW + 5_000) as f64;
    assert_eq!(fixture.sorted_set("delayed").await, [("parent".to_owned(), due * 4_096.0)]);
    assert!(fixture.sorted_set("marker").await.contains(&("1".to_owned(), due)));
}

#[tokio::test]
async fn a_child_its_parent_does_not_wait_for_changes_nothing() {
    let mut fixture = family_of_one("waiting-children", "", "").await;
    let _: () = fixture.redis.del(fixture.key("parent:dependencies")).await.unwrap();

    complete_child(&fixture).await;

    assert!(fixture.hash("parent:processed").await.is_empty());
    assert_eq!(parent_state(&mut fixture).await.0, "waiting-children");
}
