//! Connections to Redis: opened, named, shared per process and reopened when they break.

mod blocking;
mod command;
mod connector;
mod failure;
mod options;
mod registry;
mod server;

pub use blocking::{BlockingConnection, Marker};
pub use command::Connection;
pub use options::{ConnectionOptions, Endpoint, Node, Reconnect, Secret, TlsOptions};
