//! The factories of `process-image` and `optimize-avatar`.

use std::sync::Arc;

use napi_derive::napi;
use synapse_queue_processors::InvalidOption;
use synapse_queue_processors::avatar::{AvatarOptions, AvatarProcessor};
use synapse_queue_processors::image::{Decoders, ImageLimits, ImageProcessor, ImageRenderer};
use synapse_queue_processors::storage;

use super::NativeProcessor;
use crate::native_error::coded_exception;
use crate::stores::NativeStores;

/// Where images are and what they may cost; absent limits take the processor's defaults.
#[napi(object, object_to_js = false)]
pub struct NativeImageOptions {
    /// URL of the storage.
    pub storage: String,
    /// What stands before a key in its public URL.
    pub public_base_url: String,
    /// Largest width × height that is decoded.
    pub max_pixels: Option<f64>,
    /// Largest file that is read, bytes.
    pub max_input_bytes: Option<f64>,
    /// Memory for all images being processed, bytes.
    pub memory_budget: Option<f64>,
    /// Name of the decoders that see the bytes.
    pub decoders: Option<String>,
}

/// What avatars look like; absent options take the processor's defaults.
#[napi(object, object_to_js = false)]
pub struct NativeAvatarOptions {
    /// Sides, pixels.
    pub sizes: Option<Vec<u32>>,
    /// Name of the encoding.
    pub format: Option<String>,
    /// 1 to 100.
    pub quality: Option<u32>,
}

/// Processors of images that share one memory budget.
#[napi]
pub struct NativeImageProcessors {
    renderer: Arc<ImageRenderer>,
}

#[napi]
impl NativeImageProcessors {
    /// Opens the storage.
    #[napi(constructor)]
    pub fn new(options: NativeImageOptions) -> napi::Result<Self, String> {
        let storage = storage::open(&options.storage, &options.public_base_url)
            .map_err(|error| coded_exception(error.code(), &error))?;
        let limits = options.limits().map_err(|error| coded_exception(error.code(), &error))?;
        Ok(Self { renderer: Arc::new(ImageRenderer::new(storage, &limits)) })
    }

    /// The processor of `process-image`.
    #[napi]
    pub fn image(&self, stores: &NativeStores) -> NativeProcessor {
        NativeProcessor::new(ImageProcessor::new(Arc::clone(&self.renderer), stores.files()))
    }

    /// The processor of `optimize-avatar`.
    #[napi]
    pub fn avatar(&self, options: NativeAvatarOptions, stores: &NativeStores) -> napi::Result<NativeProcessor, String> {
        let options = options.to_avatar_options()?;
        Ok(NativeProcessor::new(AvatarProcessor::new(Arc::clone(&self.renderer), stores.users(), options)))
    }
}

impl NativeImageOptions {
    fn limits(&self) -> Result<ImageLimits, InvalidOption> {
        let default = ImageLimits::default();
        Ok(ImageLimits {
            max_pixels: self.max_pixels.map_or(default.max_pixels, whole),
            max_input_bytes: self.max_input_bytes.map_or(default.max_input_bytes, whole),
            memory_budget: self.memory_budget.map_or(default.memory_budget, whole),
            decoders: self.decoders.as_deref().map_or(Ok(default.decoders), Decoders::parse)?,
        })
    }
}

impl NativeAvatarOptions {
    fn to_avatar_options(&self) -> napi::Result<AvatarOptions, String> {
        AvatarOptions::parse(self.sizes.as_deref(), self.format.as_deref(), self.quality)
            .map_err(|error| coded_exception(error.code(), &error))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a saturating cast is the wanted reading")]
pub(super) fn whole(number: f64) -> u64 {
    number as u64
}
