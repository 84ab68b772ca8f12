//! The guard that every other Redis test stands on.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::net::TcpStream;

use redis::TypedCommands;
use synapse_queue_testing::{Durability, RedisServer, unique_prefix};

#[test]
fn durable_server_keeps_its_port_and_data_through_kill_and_restart() {
    let mut server = RedisServer::start(Durability::Always);
    let port = server.port();
    server.client().get_connection().unwrap().set("key", "value").unwrap();

    server.restart();

    assert_eq!(server.port(), port);
    assert_eq!(server.client().get_connection().unwrap().get("key").unwrap().as_deref(), Some("value"));
}

#[test]
fn killed_server_refuses_connections() {
    let mut server = RedisServer::start(Durability::Volatile);
    server.kill();
    assert!(TcpStream::connect(("127.0.0.1", server.port())).is_err());
}

#[test]
fn dropped_server_refuses_connections() {
    let server = RedisServer::start(Durability::Volatile);
    let port = server.port();
    drop(server);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn shared_server_is_one_per_process() {
    assert_eq!(RedisServer::shared().port(), RedisServer::shared().port());
}

#[test]
fn prefixes_are_unique_and_hold_no_separator() {
    assert_ne!(unique_prefix(), unique_prefix());
    assert!(!unique_prefix().contains(':'));
}
