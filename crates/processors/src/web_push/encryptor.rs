//! Encryption beside the I/O thread.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;

use super::encryption::{EncryptionError, RecipientKeys, encrypt};
use super::message::Message;

/// Encrypts on the blocking pool, on as many of its threads at once as there are cores: a batch keeps all of them busy, and neither Redis
/// nor the connections wait for it.
pub(super) struct Encryptor {
    slots: Semaphore,
}

impl Encryptor {
    pub(super) fn new() -> Self {
        Self { slots: Semaphore::new(available_parallelism().map_or(1, NonZeroUsize::get)) }
    }

    /// As [`encrypt`], for the message's payload.
    pub(super) async fn encrypt(
        &self,
        message: &Arc<Message>,
        recipient: RecipientKeys,
    ) -> Result<Vec<u8>, EncryptionError> {
        let _slot = self.slots.acquire().await.expect("the semaphore is never closed");
        let message = Arc::clone(message);
        match tokio::task::spawn_blocking(move || encrypt(message.payload.as_bytes(), &recipient)).await {
            Ok(result) => result,
            // A panic of the encryption is one of the job, which the engine turns into a failure.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}
