//! Return value of `optimize-avatar`, JSON text.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::job_result::{savings, to_json};

/// Sizes are in bytes, the keys of `sizes` in pixels.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Optimized<'a> {
    avatar_url: &'a str,
    sizes: BTreeMap<u32, &'a str>,
    original_size: u64,
    /// Of all files together.
    compressed_size: u64,
    savings: f64,
}

/// One file that was made.
pub(super) struct AvatarFile {
    /// Pixels.
    pub(super) side: u32,
    pub(super) key: String,
    pub(super) url: String,
}

/// `bytes`: of the original, and of all files together. `files` are not empty, the largest first.
pub(super) fn optimized(files: &[AvatarFile], (original_size, compressed_size): (u64, u64)) -> String {
    to_json(&Optimized {
        avatar_url: &files[0].url,
        sizes: files.iter().map(|file| (file.side, file.url.as_str())).collect(),
        original_size,
        compressed_size,
        savings: savings(original_size, compressed_size),
    })
}
