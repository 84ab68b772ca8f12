//! Real servers for tests. Never part of a release.

mod mariadb_server;
mod postgres_server;
mod prefix;
mod proxy;
mod redis_cluster;
mod redis_sentinels;
mod redis_server;
mod s3_server;
mod server_process;
mod watchdog;

pub use mariadb_server::MariaDbServer;
pub use postgres_server::PostgresServer;
pub use prefix::unique_prefix;
pub use proxy::Proxy;
pub use redis_cluster::RedisCluster;
pub use redis_sentinels::RedisSentinels;
pub use redis_server::{Durability, RedisServer};
pub use s3_server::S3Server;
