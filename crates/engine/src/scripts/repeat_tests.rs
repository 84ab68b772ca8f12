//! A call whose reply was lost is sent again: it must take effect once and answer as the first time.

use redis::{AsyncCommands, Value};
use synapse_queue_testing::{RedisServer, unique_prefix};

use super::source::{self, ScriptSource};
use super::{Scripts, new_call_id};
use crate::connection::{Connection, ConnectionOptions};
use crate::wire::{QueueKeys, Reply};

struct Fixture {
    scripts: Scripts,
    redis: redis::aio::MultiplexedConnection,
}

impl Fixture {
    async fn new() -> Self {
        let server = RedisServer::shared();
        let connection = Connection::shared(&ConnectionOptions::from_url(&server.url()).unwrap()).unwrap();
        let scripts = Scripts::new(connection, QueueKeys::new(&unique_prefix(), "queue").unwrap());
        Self { scripts, redis: server.client().get_multiplexed_async_connection().await.unwrap() }
    }

    async fn with_job_in(state: &str) -> Self {
        let mut fixture = Self::new().await;
        let (job, state) = (fixture.scripts.keys().job("1"), fixture.scripts.keys().named(state));
        let _: () = fixture.redis.hset(job, "name", "paint").await.unwrap();
        let _: () = fixture.redis.zadd(state, "1", 5).await.unwrap();
        fixture
    }

    /// Makes the same call twice and expects the same answer, which it returns.
    async fn repeat(&self, script: &ScriptSource, args: &[&str]) -> Value {
        let call_id = new_call_id();
        let named = if script.name == source::ADD.name { vec![call_id.as_str(), "1"] } else { vec![call_id.as_str()] };
        let args: Vec<&str> = named.into_iter().chain(args.iter().copied()).collect();
        let first = self.scripts.eval(script, &args).await.unwrap();
        assert_eq!(self.scripts.eval(script, &args).await.unwrap(), first);
        first
    }

    async fn waiting(&mut self) -> Vec<String> {
        let wait = self.scripts.keys().named("wait");
        self.redis.lrange(wait, 0, -1).await.unwrap()
    }
}

#[tokio::test]
async fn a_repeated_retry_moves_the_job_once() {
    let mut fixture = Fixture::with_job_in("failed").await;
    assert_eq!(fixture.repeat(&source::REPROCESS, &["1", "failed", ""]).await, Value::Int(0));
    assert_eq!(fixture.waiting().await, ["1"]);
}

#[tokio::test]
async fn a_repeated_promotion_moves_the_job_once() {
    let mut fixture = Fixture::with_job_in("delayed").await;
    assert_eq!(fixture.repeat(&source::PROMOTE, &["1"]).await, Value::Int(0));
    assert_eq!(fixture.waiting().await, ["1"]);
}

#[tokio::test]
async fn a_repeated_change_of_a_delay_is_no_error_when_the_job_runs_meanwhile() {
    let mut fixture = Fixture::with_job_in("delayed").await;
    let call_id = new_call_id();
    let args = [call_id.as_str(), "1", "5", "9"];
    assert_eq!(fixture.scripts.eval(&source::CHANGE_DELAY, &args).await.unwrap(), Value::Int(0));
    fixture.scripts.promote("1").await.unwrap();
    assert_eq!(fixture.scripts.eval(&source::CHANGE_DELAY, &args).await.unwrap(), Value::Int(0));
    assert_eq!(fixture.waiting().await, ["1"]);
}

#[tokio::test]
async fn a_repeated_change_of_priority_leaves_the_job_where_the_first_put_it() {
    let mut fixture = Fixture::new().await;
    let (job, wait) = (fixture.scripts.keys().job("1"), fixture.scripts.keys().named("wait"));
    let _: () = fixture.redis.hset(job, "name", "paint").await.unwrap();
    let _: () = fixture.redis.rpush(&wait, "1").await.unwrap();
    let call_id = new_call_id();
    let args = [call_id.as_str(), "1", "0", ""];
    fixture.scripts.eval(&source::CHANGE_PRIORITY, &args).await.unwrap();
    let _: () = fixture.redis.lpush(wait, "2").await.unwrap();
    fixture.scripts.eval(&source::CHANGE_PRIORITY, &args).await.unwrap();
    assert_eq!(fixture.waiting().await, ["2", "1"]);
}

#[tokio::test]
async fn a_repeated_pause_does_not_undo_a_resume_that_came_between() {
    let mut fixture = Fixture::new().await;
    let call_id = new_call_id();
    fixture.scripts.eval(&source::PAUSE, &[&call_id]).await.unwrap();
    fixture.scripts.resume().await.unwrap();
    fixture.scripts.eval(&source::PAUSE, &[&call_id]).await.unwrap();
    let meta = fixture.scripts.keys().meta();
    assert!(!fixture.redis.hexists::<_, _, bool>(meta, "paused").await.unwrap());
}

#[tokio::test]
async fn a_repeated_resume_does_not_undo_a_pause_that_came_between() {
    let mut fixture = Fixture::new().await;
    let call_id = new_call_id();
    let args = [call_id.as_str(), "10"];
    fixture.scripts.eval(&source::RESUME, &args).await.unwrap();
    fixture.scripts.pause().await.unwrap();
    fixture.scripts.eval(&source::RESUME, &args).await.unwrap();
    let meta = fixture.scripts.keys().meta();
    assert!(fixture.redis.hexists::<_, _, bool>(meta, "paused").await.unwrap());
}

#[tokio::test]
async fn a_repeated_removal_spares_a_new_job_of_the_same_id() {
    let mut fixture = Fixture::with_job_in("failed").await;
    let call_id = new_call_id();
    let args = [call_id.as_str(), "1", "", "9"];
    fixture.scripts.eval(&source::REMOVE, &args).await.unwrap();
    let job = fixture.scripts.keys().job("1");
    let _: () = fixture.redis.hset(&job, "name", "new").await.unwrap();
    assert_eq!(fixture.scripts.eval(&source::REMOVE, &args).await.unwrap(), Value::Int(1));
    assert!(fixture.redis.exists::<_, bool>(job).await.unwrap());
}

#[tokio::test]
async fn a_repeated_release_of_a_deduplication_id_still_tells_that_it_was_held() {
    let mut fixture = Fixture::new().await;
    let holder = fixture.scripts.keys().deduplication("x");
    let _: () = fixture.redis.set(holder, "1").await.unwrap();
    assert_eq!(fixture.repeat(&source::RELEASE_JOB_DEDUPLICATION, &["1", "x"]).await, Value::Int(1));
}

#[tokio::test]
async fn a_repeated_log_call_adds_one_row() {
    let fixture = Fixture::with_job_in("failed").await;
    assert_eq!(fixture.repeat(&source::ADD_LOG, &["1", "row", ""]).await, Value::Int(1));
}

#[tokio::test]
async fn a_repeated_sweep_still_tells_which_jobs_went() {
    let fixture = Fixture::with_job_in("failed").await;
    let reply = fixture.repeat(&source::SWEEP, &["failed", "0", "10", "", "9", "0", "0", ""]).await;
    let removed = Reply::new("sweep", reply).into_items().unwrap().remove(2);
    assert_eq!(Reply::new("sweep", removed).into_texts().unwrap(), ["1"]);
}

#[tokio::test]
async fn a_repeated_stalled_check_still_tells_which_jobs_went_back() {
    let mut fixture = Fixture::with_job_in("failed").await;
    let keys = fixture.scripts.keys().clone();
    let _: () = fixture.redis.lpush(keys.named("active"), "1").await.unwrap();
    let _: () = fixture.redis.sadd(keys.named("stalled"), "1").await.unwrap();

    let reply = fixture.repeat(&source::MOVE_STALLED, &["9", "30000", "1", "10"]).await;

    let moved = Reply::new("stalled", reply).into_items().unwrap().remove(1);
    assert_eq!(Reply::new("stalled", moved).into_texts().unwrap(), ["1"]);
    assert_eq!(fixture.waiting().await, ["1"]);
}

#[tokio::test]
async fn a_repeated_last_page_of_an_obliteration_is_no_error() {
    let mut fixture = Fixture::with_job_in("failed").await;
    let meta = fixture.scripts.keys().meta();
    let _: () = fixture.redis.hset(meta, "paused", 1).await.unwrap();
    assert_eq!(fixture.repeat(&source::OBLITERATE, &["", "10", "9"]).await, Value::Int(0));
}

#[tokio::test]
async fn a_repeated_add_still_tells_which_jobs_were_held_back() {
    let mut fixture = Fixture::new().await;
    let job = ["paint", "{}", "{}", "9", ""];
    let holds = |number| [number, "", "", "x", "0", "", "", ""];
    let orphan = ["3", "no:such:parent", "{}", "", "0", "", "", ""];
    let args = [vec!["3"], job.repeat(3), holds("1").to_vec(), holds("2").to_vec(), orphan.to_vec()].concat();

    let reply = fixture.repeat(&source::ADD, &args).await;

    let id = || Value::BulkString(b"1".to_vec());
    assert_eq!(reply, Value::Array(vec![id(), id(), Value::Int(-5)]));
    assert_eq!(fixture.waiting().await, ["1"]);
}

#[tokio::test]
async fn a_repeated_settle_hands_a_deduplication_on_once() {
    let mut fixture = Fixture::new().await;
    let keys = fixture.scripts.keys().clone();
    let _: () = fixture.redis.hset_multiple(keys.job("1"), &[("name", "paint"), ("deid", "x")]).await.unwrap();
    let _: () = fixture.redis.lpush(keys.named("active"), "1").await.unwrap();
    let _: () = fixture.redis.set(keys.job_lock("1"), "token").await.unwrap();
    let kept = [("jid", "2"), ("name", "paint"), ("data", "{}"), ("opts", "{}")];
    let _: () = fixture.redis.hset_multiple(keys.job("dn:x"), &kept).await.unwrap();

    let finish = ["completed", "1", "token", "1", ""];
    let call_id = new_call_id();
    let args = [&[call_id.as_str(), "1", "9", "1", "0", "", "", "", "5", ""][..], &finish[..]].concat();
    for _ in 0..2 {
        fixture.scripts.eval(&source::SETTLE, &args).await.unwrap();
    }

    assert_eq!(fixture.waiting().await, ["2"]);
    let (metrics, _) = keys.metrics("completed");
    let counted: i64 = fixture.redis.hget(metrics, "count").await.unwrap();
    assert_eq!(counted, 1);
}

const SCHEDULER: [&str; 12] = ["s", "1000", "5000", "", "", "tick", "{}", "{\"a\":1", "\"repeat:s:", "0", "", ""];

#[tokio::test]
async fn a_repeated_upsert_of_a_scheduler_adds_one_job() {
    let mut fixture = Fixture::new().await;
    let slot = || Value::BulkString(b"1000".to_vec());
    assert_eq!(fixture.repeat(&source::UPSERT_SCHEDULER, &SCHEDULER).await, slot());
    assert_eq!(fixture.waiting().await, ["repeat:s:1000"]);
    let counter = fixture.scripts.keys().named("id");
    assert_eq!(fixture.redis.get::<_, i64>(counter).await.unwrap(), 1);
}

#[tokio::test]
async fn a_repeated_next_iteration_still_tells_that_it_was_added() {
    let mut fixture = Fixture::new().await;
    fixture.repeat(&source::UPSERT_SCHEDULER, &SCHEDULER).await;
    let next = ["1000", "s", "1000", "", "", "{\"a\":1", "\"repeat:s:", "0", "", ""];
    assert_eq!(fixture.repeat(&source::NEXT_ITERATIONS, &next).await, Value::Array(vec![Value::Int(1)]));
    let delayed: Vec<String> = fixture.redis.zrange(fixture.scripts.keys().named("delayed"), 0, -1).await.unwrap();
    assert_eq!(delayed, ["repeat:s:6000"]);
}

#[tokio::test]
async fn a_repeated_removal_of_a_scheduler_still_tells_that_there_was_one() {
    let fixture = Fixture::new().await;
    fixture.repeat(&source::UPSERT_SCHEDULER, &SCHEDULER).await;
    assert_eq!(fixture.repeat(&source::REMOVE_SCHEDULER, &["s"]).await, Value::Int(1));
}

/// An active job `1` with an open child `2`.
async fn active_parent() -> Fixture {
    let mut fixture = Fixture::new().await;
    let keys = fixture.scripts.keys().clone();
    let child = keys.job("2");
    let _: () = fixture.redis.hset(keys.job("1"), "name", "paint").await.unwrap();
    let _: () = fixture.redis.lpush(keys.named("active"), "1").await.unwrap();
    let _: () = fixture.redis.set(keys.job_lock("1"), "token").await.unwrap();
    let link = [("name", "paint"), ("parentKey", &keys.job("1"))];
    let _: () = fixture.redis.hset_multiple(&child, &link).await.unwrap();
    let _: () = fixture.redis.lpush(keys.named("wait"), "2").await.unwrap();
    let _: () = fixture.redis.sadd(keys.job_dependencies("1"), child).await.unwrap();
    fixture
}

#[tokio::test]
async fn a_repeated_wait_for_children_still_answers_that_the_job_waits() {
    let fixture = active_parent().await;
    let reply = fixture.repeat(&source::MOVE_TO_WAITING_CHILDREN, &["1", "token", "", "9"]).await;
    assert_eq!(reply, Value::Int(1));
}

#[tokio::test]
async fn a_repeated_untying_still_answers_that_the_child_was_untied() {
    let fixture = active_parent().await;
    assert_eq!(fixture.repeat(&source::REMOVE_CHILD_DEPENDENCY, &["2", "9"]).await, Value::Int(1));
}

#[tokio::test]
async fn a_repeated_page_of_removals_still_tells_which_jobs_are_below() {
    let mut fixture = active_parent().await;
    let keys = fixture.scripts.keys().clone();
    let _: () = fixture.redis.del(keys.job_lock("1")).await.unwrap();

    let reply = fixture.repeat(&source::REMOVE_PAGE, &["9", "1", &keys.job("1")]).await;

    assert_eq!(Reply::new("page", reply).into_texts().unwrap(), [keys.job("2")]);
}

#[tokio::test]
async fn a_repeated_publication_appends_one_entry() {
    let mut fixture = Fixture::new().await;
    fixture.repeat(&source::PUBLISH_EVENT, &["10", "event", "mine"]).await;
    let events = fixture.scripts.keys().events();
    let length: usize = fixture.redis.xlen(events).await.unwrap();
    assert_eq!(length, 1);
}

#[tokio::test]
async fn a_repeated_removal_of_orphans_still_tells_how_many_there_were() {
    let mut fixture = Fixture::new().await;
    let job = fixture.scripts.keys().job("lost");
    let _: () = fixture.redis.hset(job, "name", "paint").await.unwrap();
    let reply = fixture.repeat(&source::REMOVE_ORPHANS, &["lost"]).await;
    assert_eq!(Reply::new("orphans", reply).into_integer().unwrap(), 1);
}
