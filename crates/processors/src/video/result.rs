//! Return values of `process-video`, JSON text.

use serde::Serialize;

use super::converter::Converted;
use crate::job_result::{savings, to_json};

/// Sizes are in bytes, dimensions in pixels.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Processed<'a> {
    video_url: &'a str,
    poster_url: &'a str,
    duration_ms: u64,
    width: u32,
    height: u32,
    original_size: u64,
    compressed_size: u64,
    savings: f64,
    /// Of conversions only.
    #[serde(skip_serializing_if = "Option::is_none")]
    output_path: Option<&'a str>,
}

/// Where the files can be had.
#[derive(Debug)]
pub(super) struct Urls {
    pub(super) video: String,
    pub(super) poster: String,
}

pub(super) fn processed(
    converted: &Converted,
    urls: &Urls,
    (original_size, output_path): (u64, Option<&str>),
) -> String {
    to_json(&Processed {
        video_url: &urls.video,
        poster_url: &urls.poster,
        duration_ms: u64::try_from(converted.duration.as_millis()).unwrap_or(u64::MAX),
        width: converted.size.width,
        height: converted.size.height,
        original_size,
        compressed_size: converted.bytes,
        savings: savings(original_size, converted.bytes),
        output_path,
    })
}
