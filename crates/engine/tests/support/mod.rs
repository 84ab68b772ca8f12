//! What the engine's tests share: a queue of their own on the process's Redis, and short ways to look at it.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part of this")]
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::collections::BTreeMap;
use std::time::Duration;

use redis::AsyncCommands;
use synapse_queue_engine::connection::{Connection, ConnectionOptions};
use synapse_queue_engine::error::Error;
use synapse_queue_engine::queue::{NewJob, Queue};
use synapse_queue_engine::scripts::{Fetch, FetchedJob, Finish, FinishKind, Scripts, SettleCall, SettleReply};
use synapse_queue_engine::wire::QueueKeys;
use synapse_queue_testing::{RedisServer, unique_prefix};

/// The time the tests live in, ms since the Unix epoch.
pub const NOW: i64 = 1_800_000_000_000;

/// One queue, with the engine on one side and a plain client on the other.
pub struct Fixture {
    pub queue: Queue,
    pub scripts: Scripts,
    pub redis: redis::aio::MultiplexedConnection,
}

impl Fixture {
    pub async fn new() -> Self {
        Self::on(RedisServer::shared()).await
    }

    pub async fn on(server: &RedisServer) -> Self {
        let options = ConnectionOptions::from_url(&server.url()).unwrap();
        let connection = Connection::shared(&options).unwrap();
        let keys = QueueKeys::new(&unique_prefix(), "queue").unwrap();
        let queue = Queue::new(connection.clone(), keys.clone(), "").unwrap();
        let redis = server.client().get_multiplexed_async_connection().await.unwrap();
        Self { queue, scripts: Scripts::new(connection, keys), redis }
    }

    pub fn key(&self, suffix: &str) -> String {
        format!("{}{suffix}", self.queue.keys().base())
    }

    /// Adds one job named `paint` with these options and returns its id.
    pub async fn add(&self, options: &str) -> String {
        self.add_many(&[options]).await.remove(0)
    }

    pub async fn add_many(&self, options: &[&str]) -> Vec<String> {
        self.try_add_many(options).await.into_iter().map(Result::unwrap).collect()
    }

    /// Adds jobs that may be refused one by one.
    pub async fn try_add_many(&self, options: &[&str]) -> Vec<Result<String, Error>> {
        let prepare = |options: &&str| {
            let job = NewJob { name: "paint".into(), data: "{\"colour\":\"red\"}".into(), options: (*options).into() };
            self.queue.prepare(job, NOW).unwrap()
        };
        self.queue.add(options.iter().map(prepare).collect()).await.unwrap()
    }

    pub async fn fetch(&self, count: usize) -> SettleReply {
        self.fetch_at(count, NOW).await
    }

    pub async fn fetch_at(&self, count: usize, now_ms: i64) -> SettleReply {
        self.settle(vec![], Some(fetch(count)), now_ms).await
    }

    pub async fn settle(&self, finishes: Vec<Finish>, fetch: Option<Fetch>, now_ms: i64) -> SettleReply {
        self.scripts.settle(SettleCall { finishes, fetch, now_ms, ..SettleCall::default() }).await.unwrap()
    }

    pub async fn list(&mut self, suffix: &str) -> Vec<String> {
        let key = self.key(suffix);
        self.redis.lrange(key, 0, -1).await.unwrap()
    }

    pub async fn sorted_set(&mut self, suffix: &str) -> Vec<(String, f64)> {
        let key = self.key(suffix);
        self.redis.zrange_withscores(key, 0, -1).await.unwrap()
    }

    pub async fn hash(&mut self, suffix: &str) -> BTreeMap<String, String> {
        let key = self.key(suffix);
        self.redis.hgetall(key).await.unwrap()
    }

    /// The event stream as `event field=value ...` lines, without `event=` and ids of entries.
    pub async fn events(&mut self) -> Vec<String> {
        let key = self.key("events");
        let reply: redis::streams::StreamRangeReply = self.redis.xrange_all(key).await.unwrap();
        let describe = |entry: redis::streams::StreamId| {
            let mut fields: BTreeMap<String, String> =
                entry.map.into_iter().map(|(field, value)| (field, redis::from_redis_value(value).unwrap())).collect();
            let event = fields.remove("event").unwrap();
            fields.into_iter().fold(event, |line, (field, value)| format!("{line} {field}={value}"))
        };
        reply.ids.into_iter().map(describe).collect()
    }
}

/// Asks for `count` jobs under tokens `token-1`, `token-2`, ...
pub fn fetch(count: usize) -> Fetch {
    Fetch {
        tokens: (1..=count).map(|n| format!("token-{n}")).collect(),
        lock_duration: Duration::from_secs(30),
        limiter: None,
        worker_name: None,
        took_marker: true,
    }
}

pub fn finish(job: &FetchedJob, kind: FinishKind) -> Finish {
    Finish { job_id: job.job.id.clone(), token: job.token.clone(), kind, last_parts: Vec::new() }
}
