//! A real Redis Cluster.

use std::time::{Duration, Instant};

use crate::redis_server::{Durability, RedisServer};

/// Slots of a Redis Cluster (cluster specification).
const SLOTS: u16 = 16_384;
const FORMING_DEADLINE: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Three masters without replicas that share the slots, on free loopback ports.
#[derive(Debug)]
pub struct RedisCluster {
    masters: Vec<RedisServer>,
}

impl RedisCluster {
    /// Starts the masters, introduces them to each other and waits until all agree that the cluster is complete.
    ///
    /// # Panics
    /// When a server does not start or the cluster does not form within 20 s.
    pub async fn start() -> Self {
        let start_master = |_| RedisServer::start_with(Durability::Always, &["--cluster-enabled", "yes"]);
        let masters: Vec<_> = (0..3).map(start_master).collect();
        let share = SLOTS / 3 + 1;
        for (index, master) in (0_u16..).zip(&masters) {
            let (first, last) = (index * share, ((index + 1) * share).min(SLOTS) - 1);
            let add_slots = redis::cmd("CLUSTER").arg("ADDSLOTSRANGE").arg(first).arg(last).to_owned();
            run(master, &add_slots).await;
            run(master, redis::cmd("CLUSTER").arg("MEET").arg("127.0.0.1").arg(masters[0].port())).await;
        }
        let cluster = Self { masters };
        cluster.wait_until_formed().await;
        cluster
    }

    /// The masters; any of them leads to the others.
    pub fn masters(&self) -> &[RedisServer] {
        &self.masters
    }

    async fn wait_until_formed(&self) {
        let deadline = Instant::now() + FORMING_DEADLINE;
        for master in &self.masters {
            loop {
                let info = run(master, redis::cmd("CLUSTER").arg("INFO")).await;
                if info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3") {
                    break;
                }
                assert!(Instant::now() < deadline, "the cluster did not form: {info}");
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        }
    }
}

async fn run(server: &RedisServer, command: &redis::Cmd) -> String {
    let mut connection = server.client().get_multiplexed_async_connection().await.expect("the node has just started");
    command.query_async(&mut connection).await.expect("the node knows the command")
}
