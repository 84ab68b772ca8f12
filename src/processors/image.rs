//! The factory of `process-image`.

use napi_derive::napi;
use synapse_queue_processors::image::{ImageLimits, ImageProcessor};
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
}

/// A processor of `process-image` jobs.
#[napi]
pub fn image_processor(options: NativeImageOptions, stores: &NativeStores) -> napi::Result<NativeProcessor, String> {
    let storage = storage::open(&options.storage, &options.public_base_url)
        .map_err(|error| coded_exception(error.code(), &error))?;
    let default = ImageLimits::default();
    let limits = ImageLimits {
        max_pixels: options.max_pixels.map_or(default.max_pixels, whole),
        max_input_bytes: options.max_input_bytes.map_or(default.max_input_bytes, whole),
        memory_budget: options.memory_budget.map_or(default.memory_budget, whole),
    };
    Ok(NativeProcessor::new(ImageProcessor::new(storage, stores.files(), limits)))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a saturating cast is the wanted reading")]
pub(super) fn whole(number: f64) -> u64 {
    number as u64
}
