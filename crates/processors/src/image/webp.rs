//! Lossy WebP. The only file of the image processor that talks to C by itself.

use super::raster::{Channels, Packed};

/// Encodes RGB or RGBA pixels, at most 16383 on a side, with `quality` from 1 to 100. `None` if the encoder gave up.
#[allow(unsafe_code)] // no safe wrapper of libwebp's encoder is maintained
pub(super) fn encode(pixels: &Packed, quality: u8) -> Option<Vec<u8>> {
    let encode = match pixels.channels {
        Channels::Rgb => libwebp_sys::WebPEncodeRGB,
        Channels::Rgba => libwebp_sys::WebPEncodeRGBA,
        Channels::Gray | Channels::Cmyk => return None,
    };
    let width = i32::try_from(pixels.size.width).ok()?;
    let height = i32::try_from(pixels.size.height).ok()?;
    let bytes_per_row = pixels.size.width as usize * pixels.channels.count();
    let stride = i32::try_from(bytes_per_row).ok()?;
    if pixels.samples.len() != bytes_per_row * pixels.size.height as usize {
        return None;
    }
    let mut output = std::ptr::null_mut();
    // SAFETY: the samples hold `height` rows of `stride` bytes, as checked above, and outlive the call; `output` is valid for a
    // write. The function keeps no pointer.
    let len = unsafe { encode(pixels.samples.as_ptr(), width, height, stride, f32::from(quality), &raw mut output) };
    if len == 0 || output.is_null() {
        return None;
    }
    // SAFETY: on success `output` points to `len` initialised bytes that belong to us until they are freed below.
    let encoded = unsafe { std::slice::from_raw_parts(output, len) }.to_vec();
    // SAFETY: `output` came from the encoder, is freed once and not used afterwards.
    unsafe { libwebp_sys::WebPFree(output.cast()) };
    Some(encoded)
}
