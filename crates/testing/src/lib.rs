//! Real servers for tests. Never part of a release.

mod prefix;
mod redis_server;
mod watchdog;

pub use prefix::unique_prefix;
pub use redis_server::{Durability, RedisServer};
