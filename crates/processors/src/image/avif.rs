//! Lossy AVIF.

use ravif::{Encoder, Img, RGB8, RGBA8};

use super::raster::{Channels, Packed};

/// From 1 (slow, small) to 10. At 7 a picture of 2 megapixels takes about a second of one core.
const SPEED: u8 = 7;

/// Encodes RGB or RGBA pixels with `quality` from 1 to 100, on this thread alone: the permits have one core for each image.
///
/// # Errors
/// What the encoder said.
pub(super) fn encode(pixels: &Packed, quality: u8) -> Result<Vec<u8>, String> {
    let encoder = Encoder::new().with_quality(f32::from(quality)).with_speed(SPEED).with_num_threads(Some(1));
    let (width, height) = (pixels.size.width as usize, pixels.size.height as usize);
    let result = if pixels.channels == Channels::Rgba {
        let (samples, _) = pixels.samples.as_chunks::<4>();
        let rgba: Vec<RGBA8> = samples.iter().map(|sample| RGBA8::from(*sample)).collect();
        encoder.encode_rgba(Img::new(&rgba, width, height))
    } else {
        let (samples, _) = pixels.samples.as_chunks::<3>();
        let rgb: Vec<RGB8> = samples.iter().map(|sample| RGB8::from(*sample)).collect();
        encoder.encode_rgb(Img::new(&rgb, width, height))
    };
    result.map(|image| image.avif_file).map_err(|error| error.to_string())
}
