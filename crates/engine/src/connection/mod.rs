//! Connections to Redis: opened, named, shared per process and reopened when they break.

mod blocking;
mod command;
mod connector;
mod direct;
mod event_loop;
mod failure;
mod options;
mod registry;
mod reply_decoder;
mod retry;
mod server;
mod shared_socket;

pub use blocking::{BlockingConnection, Marker};
pub(crate) use command::Unanswered;
pub use command::{Connection, Lease};
pub use event_loop::{EventLoop, Replies, Watch, set_event_loop};
pub use options::{ConnectionOptions, Endpoint, Node, Secret, TlsOptions};
pub use retry::{Patience, Reconnect, RetryStrategy};
