//! Real servers for tests. Never part of a release.

mod prefix;
mod proxy;
mod redis_cluster;
mod redis_sentinels;
mod redis_server;
mod watchdog;

pub use prefix::unique_prefix;
pub use proxy::Proxy;
pub use redis_cluster::RedisCluster;
pub use redis_sentinels::RedisSentinels;
pub use redis_server::{Durability, RedisServer};
