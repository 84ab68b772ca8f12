//! The queue engine: jobs in Redis, in the state layout of BullMQ, without Node and without codecs.
//!
//! Modules depend only on those listed before them; see ARCHITECTURE.md, section 2.

pub mod clock;
pub mod connection;
pub mod error;
pub mod flow;
pub mod job;
pub mod options;
pub mod processor;
pub mod queue;
pub mod queue_events;
pub mod scheduler;
pub mod scripts;
pub mod service;
pub mod wire;
pub mod worker;
