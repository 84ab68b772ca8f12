use redis::AsyncCommands;

use crate::support::{Fixture, NOW};

/// Keys of a job that is in no state.
async fn abandon(fixture: &mut Fixture, job_id: &str) {
    fixture.set_field(job_id, "name", "paint").await;
    let logs = fixture.key(&format!("{job_id}:logs"));
    let _: () = fixture.redis.rpush(logs, "row").await.unwrap();
}

#[tokio::test]
async fn what_is_left_of_jobs_in_no_state_goes() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", "", "{\"delay\":5000}", "{\"priority\":1}"]).await;
    fixture.complete_next(NOW).await;
    for orphan in ["lost", "gone"] {
        abandon(&mut fixture, orphan).await;
    }
    fixture.set_field("repeat:nightly:5", "name", "tick").await;
    fixture.set_field("metrics:completed", "count", "1").await;

    assert_eq!(fixture.queue.count_orphans(10).await.unwrap(), 2);
    assert_eq!(fixture.queue.remove_orphans(10, 0).await.unwrap(), 2);

    for gone in ["lost", "lost:logs", "gone"] {
        assert!(!fixture.exists(gone).await, "{gone}");
    }
    for kept in ["1", "2", "3", "4", "repeat:nightly:5", "metrics:completed", "meta", "events"] {
        assert!(fixture.exists(kept).await || kept == "meta", "{kept}");
    }
}

#[tokio::test]
async fn the_limit_counts_jobs_not_keys() {
    let mut fixture = Fixture::new().await;
    for n in 0..5 {
        abandon(&mut fixture, &format!("o{n}")).await;
    }
    let removed =
        [fixture.queue.remove_orphans(3, 2).await.unwrap(), fixture.queue.remove_orphans(3, 0).await.unwrap()];
    assert_eq!(removed, [2, 3]);
}

#[tokio::test]
async fn a_queue_without_orphans_keeps_everything() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&[""; 120]).await;
    fixture.fetch(1).await;
    assert_eq!(fixture.queue.remove_orphans(1_000, 0).await.unwrap(), 0);
    assert_eq!(fixture.list("wait").await.len(), 119);
    assert!(fixture.exists("1").await && fixture.exists("1:lock").await);
}
