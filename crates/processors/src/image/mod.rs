//! `process-image`: web renditions of uploaded pictures.
//!
//! The way of an image: [`header`] refuses what must not be decoded, [`plan`] decides sizes and memory, [`decode`], [`resize`],
//! [`orient`], [`color`] and [`encode`] do the work in the order that [`pipeline`] gives them.

#[cfg(feature = "avif")]
mod avif;
mod budget;
mod buffers;
mod color;
mod decode;
mod encode;
mod error;
mod freed_memory;
mod geometry;
mod header;
mod job_data;
mod jpeg_markers;
mod lanczos;
mod options;
mod orient;
mod pipeline;
mod plan;
mod png_rows;
mod processor;
mod progress;
mod raster;
mod renderer;
mod resize;
mod result;
mod row_scaler;
mod rows;
mod safe_jpeg;
mod webp;
mod workspace;

pub use error::ImageError;
pub use options::{Decoders, Fit, ImageLimits, ImageOptions, OutputFormat, Rendition, Size};
pub use pipeline::{EncodedImage, ImageOutput, run};
pub use processor::ImageProcessor;
pub use renderer::ImageRenderer;
pub(crate) use renderer::read_failure;
