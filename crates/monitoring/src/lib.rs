//! What operators see of queues: health and metrics over HTTP, and a diagnosis with advice.

pub mod doctor;
mod exposition;
mod families;
mod monitor;
mod readiness;
mod server;
mod snapshot;

pub use monitor::Monitor;
pub use server::{HealthServer, HealthServerError};
