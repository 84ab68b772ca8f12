//! Files to renditions within a memory budget.

use std::sync::Arc;

use bytes::Bytes;
use synapse_queue_engine::job::Failure;
use synapse_queue_engine::processor::JobContext;
use tokio::sync::OwnedSemaphorePermit;

use super::budget::{Budget, OutputPermit};
use super::freed_memory::give_large_blocks_back;
use super::pipeline::{PreparedImage, Stage};
use super::progress;
use super::{Decoders, ImageLimits, ImageOptions, ImageOutput, Rendition};
use crate::progress::Progress;
use crate::storage::{Storage, StorageError};

/// Reads images and makes renditions of them, never using more memory than its limits grant.
///
/// The processors of one worker share one renderer, and with it the memory budget.
pub struct ImageRenderer {
    storage: Arc<dyn Storage>,
    budget: Budget,
    max_pixels: u64,
    decoders: Decoders,
}

/// A file and the memory it was granted.
pub(crate) struct Input {
    bytes: Bytes,
    _permit: OwnedSemaphorePermit,
}

impl Input {
    /// Size of the file in bytes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }
}

impl ImageRenderer {
    /// A renderer of images in `storage`.
    pub fn new(storage: Arc<dyn Storage>, limits: &ImageLimits) -> Self {
        give_large_blocks_back();
        Self { storage, budget: Budget::new(limits), max_pixels: limits.max_pixels, decoders: limits.decoders }
    }

    pub(crate) fn storage(&self) -> &dyn Storage {
        self.storage.as_ref()
    }

    /// Reads the file `key`, once there is memory for it.
    pub(crate) async fn read(&self, key: &str) -> Result<Input, StorageError> {
        let size = self.storage.size(key).await?;
        let permit = self.budget.hold_input(size).await;
        let bytes = self.storage.read(key, self.budget.max_input_bytes()).await?;
        Ok(Input { bytes, _permit: permit })
    }

    /// Makes `renditions` on the blocking pool, once there are memory and a core for them. The permit is for as long as they are
    /// held.
    pub(crate) async fn render(
        &self,
        input: Input,
        renditions: Vec<Rendition>,
        (context, progress): (&dyn JobContext, &Progress),
    ) -> Result<(ImageOutput, OutputPermit), Failure> {
        progress.send_replace(progress::READ);
        let options = ImageOptions { renditions, max_pixels: self.max_pixels, decoders: self.decoders };
        let prepared = PreparedImage::new(&input.bytes, &options)?;
        let permit = self.budget.hold_pixels(prepared.memory()).await?;
        let (cancel, progress) = (context.cancellation().clone(), progress.clone());
        let rendering = tokio::task::spawn_blocking(move || {
            // Held by the work itself, as is the input: a cancelled job keeps its memory until its stage is over.
            let result = prepared.run(&input.bytes, &cancel, |stage| {
                progress.send_replace(match stage {
                    Stage::Decoded => progress::DECODED,
                    Stage::Encoded => progress::ENCODED,
                });
            });
            drop(input);
            result.map(|output| {
                let bytes = output.images.iter().map(|image| image.bytes.len() as u64).sum();
                (output, permit.keep(bytes))
            })
        });
        match rendering.await {
            Ok(result) => Ok(result?),
            Err(panic) => Err(Failure::new("PROCESSOR_PANICKED", format!("image processing panicked: {panic}"))),
        }
    }
}

/// For a user, too many bytes and too many pixels are the same mistake.
pub(crate) fn read_failure(error: StorageError) -> Failure {
    match error {
        StorageError::TooLarge { .. } => Failure::unrecoverable("IMAGE_TOO_LARGE", error.to_string()),
        error => error.into(),
    }
}
