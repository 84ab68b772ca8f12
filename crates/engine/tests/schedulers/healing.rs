use redis::AsyncCommands;
use synapse_queue_engine::scheduler::SlotSource;

use super::support::Fixture;

async fn heal(fixture: &Fixture) -> u64 {
    fixture.queue.heal_schedules(SlotSource::default(), now()).await.unwrap().added
}

fn now() -> i64 {
    i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

#[tokio::test]
async fn a_job_that_vanished_comes_back_once() {
    let mut fixture = Fixture::new().await;
    let job = fixture.upsert_at(r#"{"every":3600000}"#, now()).await.unwrap().unwrap();
    fixture.lose(&job.id).await;
    for _ in 0..2 {
        heal(&fixture).await;
        let live = fixture.live().await;
        assert_eq!(live.len(), 1, "{live:?}");
    }
}

#[tokio::test]
async fn a_job_that_waits_is_left_alone() {
    let mut fixture = Fixture::new().await;
    let job = fixture.upsert_at(r#"{"every":3600000}"#, now()).await.unwrap().unwrap();
    heal(&fixture).await;
    assert_eq!(fixture.live().await, [job.id]);
    assert_eq!(fixture.hash("repeat:s").await["ic"], "1");
}

#[tokio::test]
async fn an_id_without_a_job_is_replaced() {
    let mut fixture = Fixture::new().await;
    let job = fixture.upsert_at(r#"{"pattern":"0 0 1 1 *"}"#, now()).await.unwrap().unwrap();
    let key = fixture.key(&job.id);
    let _: () = fixture.redis.del(key).await.unwrap();
    heal(&fixture).await;
    assert_eq!(fixture.live().await, std::slice::from_ref(&job.id));
    assert_eq!(fixture.queue.job(&job.id).await.unwrap().unwrap().name, "tick");
}

#[tokio::test]
async fn a_schedule_that_stands_in_the_past_runs_again() {
    let mut fixture = Fixture::new().await;
    let job = fixture.upsert(r#"{"every":1000,"limit":1000}"#).await;
    let (schedulers, wait) = (fixture.key("repeat"), fixture.key("wait"));
    let _: () = fixture.redis.zadd(&schedulers, "s", 1_600_000_000_000_i64).await.unwrap();
    let _: () = fixture.redis.del(&[wait, fixture.key(&job.id)]).await.unwrap();
    heal(&fixture).await;
    let slot: i64 = fixture.redis.zscore(schedulers, "s").await.unwrap();
    assert!(slot > 1_700_000_000_000 && fixture.live().await.len() == 1);
}

#[tokio::test]
async fn a_schedule_that_has_ended_stays_so() {
    let mut fixture = Fixture::new().await;
    let job = fixture.upsert_at(r#"{"every":1000,"limit":1}"#, now()).await.unwrap().unwrap();
    fixture.lose(&job.id).await;
    heal(&fixture).await;
    assert!(fixture.live().await.is_empty());
}

#[tokio::test]
async fn a_scheduler_with_a_strategy_of_its_own_is_left_open_until_the_strategy_has_answered() {
    let mut fixture = Fixture::new().await;
    let job = fixture.upsert_at(r#"{"pattern":"0 0 1 1 *"}"#, now()).await.unwrap().unwrap();
    let schedulers = fixture.key("repeat");
    let _: () = fixture.redis.zadd(schedulers, "s", 1_600_000_000_000_i64).await.unwrap();
    fixture.lose(&job.id).await;
    let slots = SlotSource { asks_strategy: true, ..SlotSource::default() };
    let healed = fixture.queue.heal_schedules(slots, now()).await.unwrap();
    assert_eq!((healed.added, healed.open.len(), healed.open[0].name.as_str()), (0, 1, "tick"));

    let slot = now() + 60_000;
    assert!(fixture.queue.close_schedule("s", slot, now()).await.unwrap());
    assert!(!fixture.queue.close_schedule("s", slot + 1, now()).await.unwrap());
    assert_eq!(fixture.live().await, [format!("repeat:s:{slot}")]);
}
