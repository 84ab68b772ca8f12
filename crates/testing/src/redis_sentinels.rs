//! A primary, its replica, and the sentinels that watch over them.

use std::fs;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::redis_server::{Durability, RedisServer, find_binary};
use crate::server_process::free_port;
use crate::watchdog::Watchdog;

/// The name the sentinels know the primary by.
const PRIMARY_NAME: &str = "queue-primary";
const AGREEMENT_DEADLINE: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Three sentinels that fail over from one server to another within seconds.
#[derive(Debug)]
pub struct RedisSentinels {
    primary: RedisServer,
    replica: RedisServer,
    sentinels: Vec<Sentinel>,
}

#[derive(Debug)]
struct Sentinel {
    port: u16,
    _process: Watchdog,
    _directory: TempDir,
}

impl RedisSentinels {
    /// Starts everything and waits until the sentinels know each other and the replica.
    ///
    /// # Panics
    /// When a server does not start or the sentinels do not agree within 20 s.
    pub async fn start() -> Self {
        let primary = RedisServer::start(Durability::Always);
        let replica_of = format!("127.0.0.1 {}", primary.port());
        let replica = RedisServer::start_with(Durability::Always, &["--replicaof", &replica_of]);
        let sentinels: Vec<_> = (0..3).map(|_| Sentinel::start(primary.port())).collect();
        let watched = Self { primary, replica, sentinels };
        watched.wait_until_agreed().await;
        watched
    }

    /// The name to ask the sentinels for.
    pub fn primary_name(&self) -> &'static str {
        PRIMARY_NAME
    }

    /// Loopback ports of the sentinels.
    pub fn sentinel_ports(&self) -> Vec<u16> {
        self.sentinels.iter().map(|sentinel| sentinel.port).collect()
    }

    /// The server that is the primary at first.
    pub fn primary(&mut self) -> &mut RedisServer {
        &mut self.primary
    }

    /// The server that takes over.
    pub fn replica(&self) -> &RedisServer {
        &self.replica
    }

    async fn wait_until_agreed(&self) {
        let deadline = Instant::now() + AGREEMENT_DEADLINE;
        for sentinel in &self.sentinels {
            loop {
                let info = sentinel.info().await;
                if info.as_ref().is_ok_and(|info| info.contains("slaves=1,sentinels=3")) {
                    break;
                }
                assert!(Instant::now() < deadline, "the sentinels did not agree: {info:?}");
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        }
    }
}

impl Sentinel {
    fn start(primary_port: u16) -> Self {
        let directory = TempDir::new().expect("a temporary directory can be made");
        let port = free_port();
        let config = directory.path().join("sentinel.conf");
        let lines = [
            format!("port {port}"),
            "bind 127.0.0.1".into(),
            format!("dir {}", directory.path().display()),
            format!("sentinel monitor {PRIMARY_NAME} 127.0.0.1 {primary_port} 2"),
            format!("sentinel down-after-milliseconds {PRIMARY_NAME} 1000"),
            format!("sentinel failover-timeout {PRIMARY_NAME} 5000"),
        ];
        fs::write(&config, lines.join("\n")).expect("the temporary directory is writable");
        let arguments = [config.to_string_lossy().into_owned(), "--sentinel".into()];
        let process = Watchdog::spawn(&find_binary(), &arguments).expect("the server binary runs");
        Self { port, _process: process, _directory: directory }
    }

    async fn info(&self) -> redis::RedisResult<String> {
        let client = redis::Client::open(("127.0.0.1", self.port))?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("INFO").arg("sentinel").query_async(&mut connection).await
    }
}
