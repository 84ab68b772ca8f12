//! Codec state and large buffers, kept from one image to the next.

use std::sync::{Mutex, PoisonError};

use fast_image_resize::Resizer;
use turbojpeg::{Compressor, Decompressor};

use super::ImageError;
use super::buffers::Buffers;

/// What all idle workspaces together may hold on to: enough for a photograph of 12 megapixels and a smaller one. It is part of every
/// memory budget, the default one's sixteenth.
const RETAINED_BYTES_MAX: usize = 32 << 20;

/// Idle workspaces. Written by whoever processes an image, which the permits bound to one per core; never held while pixels are
/// touched.
static IDLE: Mutex<Vec<Workspace>> = Mutex::new(Vec::new());

/// What one image at a time needs.
pub(super) struct Workspace {
    pub(super) decompressor: Decompressor,
    pub(super) compressor: Compressor,
    pub(super) resizer: Resizer,
    /// For decoded and scaled pictures.
    pub(super) buffers: Buffers,
}

impl Workspace {
    fn new() -> Result<Self, ImageError> {
        let setup = |error: turbojpeg::Error| ImageError::Setup { detail: error.to_string() };
        Ok(Self {
            decompressor: Decompressor::new().map_err(setup)?,
            compressor: Compressor::new().map_err(setup)?,
            resizer: Resizer::new(),
            buffers: Buffers::default(),
        })
    }

    /// Runs `work` with a workspace of its own. If it panics, the workspace is gone and the next caller makes a new one.
    pub(super) fn with<T>(work: impl FnOnce(&mut Self) -> Result<T, ImageError>) -> Result<T, ImageError> {
        let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut workspace = match idle {
            Some(workspace) => workspace,
            None => Self::new()?,
        };
        let result = work(&mut workspace);
        let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.iter().map(Self::retained).sum::<usize>() + workspace.retained() > RETAINED_BYTES_MAX {
            workspace.buffers.clear();
            workspace.resizer.reset_internal_buffers();
        }
        idle.push(workspace);
        result
    }

    fn retained(&self) -> usize {
        self.buffers.retained() + self.resizer.size_of_internal_buffers()
    }
}
