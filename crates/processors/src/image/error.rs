//! What can go wrong with one image.

use synapse_queue_engine::job::Failure;

use super::OutputFormat;
use super::header::SUPPORTED_INPUTS;

/// An error of the image processor, with a stable [`code`](ImageError::code).
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The bytes are no image of a kind that can be read, whatever the file is called.
    #[error("unsupported image: {detail}; supported are {SUPPORTED_INPUTS}")]
    UnsupportedFormat {
        /// What was found instead.
        detail: String,
    },
    /// The header announces more pixels than allowed. Nothing was decoded.
    #[error("image of {width}x{height} pixels is larger than the limit of {max_pixels} pixels")]
    TooManyPixels {
        /// Announced width in pixels.
        width: u32,
        /// Announced height in pixels.
        height: u32,
        /// Pixels it may have.
        max_pixels: u64,
    },
    /// Decoding would take more memory than all images together may. Nothing was decoded.
    #[error("image needs about {needed_mib} MiB to decode, more than the memory budget of {budget_mib} MiB")]
    TooMuchMemory {
        /// Estimated need in MiB.
        needed_mib: u32,
        /// What is there for decoding in MiB.
        budget_mib: u32,
    },
    /// The file begins like an image but is truncated or damaged.
    #[error("corrupt image: {detail}")]
    Corrupt {
        /// What the decoder said.
        detail: String,
    },
    /// The result could not be encoded.
    #[error("image could not be encoded as {format}: {detail}")]
    Encode {
        /// The format asked for.
        format: OutputFormat,
        /// What the encoder said.
        detail: String,
    },
    /// A codec could not be set up, which only a lack of memory explains.
    #[error("image codec could not be set up: {detail}")]
    Setup {
        /// What the codec said.
        detail: String,
    },
    /// The job was cancelled or lost its lock.
    #[error("image processing was cancelled")]
    Cancelled,
}

impl ImageError {
    /// Stable, documented name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnsupportedFormat { .. } => "UNSUPPORTED_FORMAT",
            Self::TooManyPixels { .. } | Self::TooMuchMemory { .. } => "IMAGE_TOO_LARGE",
            Self::Corrupt { .. } => "CORRUPT_IMAGE",
            Self::Encode { .. } => "IMAGE_ENCODING_FAILED",
            Self::Setup { .. } => "IMAGE_CODEC_UNAVAILABLE",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// What lies in the image itself is unrecoverable: the same bytes fail the same way.
impl From<ImageError> for Failure {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Setup { .. } | ImageError::Cancelled => Self::new(error.code(), error.to_string()),
            _ => Self::unrecoverable(error.code(), error.to_string()),
        }
    }
}

impl From<turbojpeg::Error> for ImageError {
    /// libjpeg's warnings arrive here as well: a premature end of data is one of them.
    fn from(error: turbojpeg::Error) -> Self {
        Self::Corrupt { detail: error.to_string() }
    }
}

impl From<image::ImageError> for ImageError {
    fn from(error: image::ImageError) -> Self {
        match error {
            image::ImageError::Unsupported(reason) => Self::UnsupportedFormat { detail: reason.to_string() },
            error => Self::Corrupt { detail: error.to_string() },
        }
    }
}
