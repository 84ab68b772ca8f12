//! What to make of an image.

use std::fmt;

use crate::InvalidOption;

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
    pub(crate) fn pixels(self) -> u64 {
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
    /// Lossy AVIF: the smallest files, at many times the cost of WebP.
    Avif {
        /// 1 to 100.
        quality: u8,
    },
}

/// What [`OutputFormat::parse`] understands, for error messages.
const FORMAT_NAMES: &str =
    if cfg!(feature = "avif") { "one of jpeg, png, webp and avif" } else { "one of jpeg, png and webp" };

impl OutputFormat {
    /// The format called `name`, which is lower case; `quality` is 1 to 100 and means nothing to PNG.
    ///
    /// # Errors
    /// [`InvalidOption`] naming `format` or `quality`.
    pub fn parse(name: &str, quality: u32) -> Result<Self, InvalidOption> {
        let checked = u8::try_from(quality).ok().filter(|quality| (1..=100).contains(quality));
        let quality = checked.ok_or_else(|| InvalidOption::new("quality", "a whole number from 1 to 100", &quality))?;
        match name {
            "jpeg" | "jpg" => Ok(Self::Jpeg { quality }),
            "png" => Ok(Self::Png),
            "webp" => Ok(Self::WebP { quality }),
            "avif" if cfg!(feature = "avif") => Ok(Self::Avif { quality }),
            other => Err(InvalidOption::new("format", FORMAT_NAMES, &other)),
        }
    }

    /// Usual extension of such files, without a dot.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Jpeg { .. } => "jpg",
            Self::Png => "png",
            Self::WebP { .. } => "webp",
            Self::Avif { .. } => "avif",
        }
    }
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Jpeg { .. } => "jpeg",
            Self::Png => "png",
            Self::WebP { .. } => "webp",
            Self::Avif { .. } => "avif",
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

/// Which decoders see the bytes of uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Decoders {
    /// The fastest: JPEG by libjpeg-turbo, which is written in C; all else by Rust.
    #[default]
    Fastest,
    /// Memory-safe ones only: all formats by Rust. JPEG costs about twice the time and, since it is always decoded in full, more
    /// memory; embedded profiles of four-colour JPEG are ignored.
    MemorySafe,
}

impl Decoders {
    /// The decoders called `fastest` or `memory-safe`.
    ///
    /// # Errors
    /// [`InvalidOption`] for another name.
    pub fn parse(name: &str) -> Result<Self, InvalidOption> {
        match name {
            "fastest" => Ok(Self::Fastest),
            "memory-safe" => Ok(Self::MemorySafe),
            other => Err(InvalidOption::new("decoders", "`fastest` or `memory-safe`", &other)),
        }
    }
}

/// What [`run`](super::run) does with an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageOptions {
    /// Images to make, all from one decode.
    pub renditions: Vec<Rendition>,
    /// Largest width × height that is decoded. Defaults to 100 million.
    pub max_pixels: u64,
    /// Which decoders see the bytes.
    pub decoders: Decoders,
}

/// Bounds of what uploads may cost. They hold for one [`ImageProcessor`](super::ImageProcessor), whatever its concurrency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageLimits {
    /// Largest width × height that is decoded. Defaults to 100 million pixels.
    pub max_pixels: u64,
    /// Largest file that is read, in bytes. Defaults to 64 MiB; never more than an eighth of `memory_budget`, which is what all
    /// files being processed may take.
    pub max_input_bytes: u64,
    /// Memory for all images being processed, in bytes; further images wait. Six eighths are for decoded pixels: an image that
    /// needs more by itself is refused. One eighth is for files, one for what is freed but not yet given back to the system.
    /// Defaults to 512 MiB, at least 16 MiB.
    pub memory_budget: u64,
    /// Which decoders see the bytes of uploads. Defaults to the fastest.
    pub decoders: Decoders,
}

impl Default for ImageLimits {
    fn default() -> Self {
        Self {
            max_pixels: 100_000_000,
            max_input_bytes: 64 << 20,
            memory_budget: 512 << 20,
            decoders: Decoders::default(),
        }
    }
}
