use std::time::Duration;

use redis::AsyncCommands;

use crate::support::Fixture;

#[tokio::test]
async fn renewed_locks_live_on_and_lost_ones_are_told() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", "", ""]).await;
    let fetched = fixture.fetch(3).await.jobs;
    let mut locks: Vec<_> = fetched.into_iter().map(|fetched| (fetched.job.id, fetched.token)).collect();
    locks[1].1 = "somebody else's".into();
    fixture.delete("3:lock").await;
    let (stalled, lock) = (fixture.key("stalled"), fixture.key("1:lock"));
    let _: () = fixture.redis.sadd(&stalled, &["1", "2"]).await.unwrap();

    let lost = fixture.scripts.renew_locks(&locks, Duration::from_secs(90)).await.unwrap();

    assert_eq!(lost, ["2", "3"]);
    let ttl: i64 = fixture.redis.pttl(lock).await.unwrap();
    assert!(ttl > 80_000, "{ttl} ms");
    let suspects: Vec<String> = fixture.redis.smembers(stalled).await.unwrap();
    assert_eq!(suspects, ["2"]);
    assert!(!fixture.exists("3:lock").await);
}

#[tokio::test]
async fn more_locks_than_one_call_takes_are_renewed() {
    let fixture = Fixture::new().await;
    let locks: Vec<_> = (0..1_100).map(|n| (format!("job-{n}"), "token".to_owned())).collect();
    let lost = fixture.scripts.renew_locks(&locks, Duration::from_secs(1)).await.unwrap();
    assert_eq!(lost.len(), 1_100);
    assert!(fixture.scripts.renew_locks(&[], Duration::from_secs(1)).await.unwrap().is_empty());
}
