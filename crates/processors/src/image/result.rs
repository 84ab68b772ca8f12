//! Return values of `process-image`, JSON text.

use serde::Serialize;

use super::{EncodedImage, Size};
use crate::job_result::{savings, to_json};
use crate::stores::FileUpdate;

/// What is known of the source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Original {
    pub(super) bytes: usize,
    pub(super) size: Size,
}

#[derive(Serialize)]
struct Dimensions {
    width: u32,
    height: u32,
}

impl From<Size> for Dimensions {
    fn from(size: Size) -> Self {
        Self { width: size.width, height: size.height }
    }
}

/// Sizes are in bytes, dimensions in pixels.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Published<'a> {
    compressed_url: &'a str,
    thumbnail_url: &'a str,
    original_size: usize,
    compressed_size: usize,
    thumbnail_size: usize,
    original_dimensions: Dimensions,
    compressed_dimensions: Dimensions,
    thumbnail_dimensions: Dimensions,
}

/// Sizes are in bytes, dimensions in pixels.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Converted<'a> {
    original_size: usize,
    compressed_size: usize,
    /// Per cent of the original's bytes, rounded to one decimal; negative if the result is larger.
    savings: f64,
    output_path: &'a str,
    original_dimensions: Dimensions,
    output_dimensions: Dimensions,
}

pub(super) fn published(urls: &FileUpdate, original: Original, images: [&EncodedImage; 2]) -> String {
    let [compressed, thumbnail] = images;
    to_json(&Published {
        compressed_url: &urls.compressed_url,
        thumbnail_url: &urls.thumbnail_url,
        original_size: original.bytes,
        compressed_size: compressed.bytes.len(),
        thumbnail_size: thumbnail.bytes.len(),
        original_dimensions: original.size.into(),
        compressed_dimensions: compressed.size.into(),
        thumbnail_dimensions: thumbnail.size.into(),
    })
}

pub(super) fn converted(output_path: &str, original: Original, image: &EncodedImage) -> String {
    to_json(&Converted {
        original_size: original.bytes,
        compressed_size: image.bytes.len(),
        savings: savings(original.bytes as u64, image.bytes.len() as u64),
        output_path,
        original_dimensions: original.size.into(),
        output_dimensions: image.size.into(),
    })
}
