//! Real servers for tests. Never part of a release.

mod prefix;
mod proxy;
mod redis_server;
mod watchdog;

pub use prefix::unique_prefix;
pub use proxy::Proxy;
pub use redis_server::{Durability, RedisServer};
