//! What to make of an image.

use std::fmt;

/// A size in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Width in pixels, at least 1.
    pub width: u32,
    /// Height in pixels, at least 1.
    pub height: u32,
}

impl Size {
    /// A size in pixels.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Width and height exchanged.
    pub(super) const fn transposed(self) -> Self {
        Self { width: self.height, height: self.width }
    }

    /// Number of pixels.
    pub(super) fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// How an image is brought to a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Scaled down until it fits; a smaller image keeps its size.
    Inside(Size),
    /// Scaled, up if need be, until it covers the size; what sticks out is cut off evenly on both sides.
    Cover(Size),
}

/// How an image is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// Baseline JPEG with optimised Huffman tables and 4:2:0 chroma.
    Jpeg {
        /// 1 to 100.
        quality: u8,
    },
    /// Lossless PNG.
    Png,
    /// Lossy WebP.
    WebP {
        /// 1 to 100.
        quality: u8,
    },
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Jpeg { .. } => "jpeg",
            Self::Png => "png",
            Self::WebP { .. } => "webp",
        })
    }
}

/// One image to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rendition {
    /// Its size.
    pub fit: Fit,
    /// Its encoding.
    pub format: OutputFormat,
}

/// What [`run`](super::run) does with an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageOptions {
    /// Images to make, all from one decode.
    pub renditions: Vec<Rendition>,
    /// Largest width × height that is decoded. Defaults to 100 million.
    pub max_pixels: u64,
}

/// Bounds of what uploads may cost. They hold for one [`ImageProcessor`](super::ImageProcessor), whatever its concurrency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageLimits {
    /// Largest width × height that is decoded. Defaults to 100 million pixels.
    pub max_pixels: u64,
    /// Largest file that is read, in bytes. Defaults to 64 MiB; never more than an eighth of `memory_budget`, which is what all
    /// files being processed may take.
    pub max_input_bytes: u64,
    /// Memory for all images being processed, in bytes; further images wait. Seven eighths are for decoded pixels: an image that
    /// needs more by itself is refused. Defaults to 512 MiB, at least 16 MiB.
    pub memory_budget: u64,
}

impl Default for ImageLimits {
    fn default() -> Self {
        Self { max_pixels: 100_000_000, max_input_bytes: 64 << 20, memory_budget: 512 << 20 }
    }
}
