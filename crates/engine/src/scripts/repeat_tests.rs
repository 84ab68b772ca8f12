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
        let args: Vec<&str> = [call_id.as_str()].into_iter().chain(args.iter().copied()).collect();
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
