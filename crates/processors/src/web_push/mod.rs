//! Web push: RFC 8030 delivery, RFC 8291 encryption, RFC 8292 identification.

mod batch_data;
mod batch_processor;
mod delivery;
mod encryption;
mod encryptor;
mod error;
mod fan_out;
mod fields;
mod ledger;
mod message;
mod options;
mod origins;
mod postponed;
mod processor;
mod push_data;
mod response;
mod sender;
pub mod vapid;

pub use batch_processor::BatchPushProcessor;
pub use encryption::{EncryptionError, PAYLOAD_MAX, RecipientKeys, encrypt};
pub use error::PushError;
pub use message::Urgency;
pub use options::{DEFAULT_TTL, PushOptions};
pub use processor::PushProcessor;
pub use vapid::VapidKeys;
