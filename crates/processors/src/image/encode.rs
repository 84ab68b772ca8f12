//! Pixels to encoded bytes.

use std::borrow::Cow;

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

use super::color::{self, SrgbConverter};
use super::raster::{Channels, Packed, Planar, Raster};
use super::{ImageError, OutputFormat, webp};

/// Converts to sRGB and encodes. Planes other than 4:2:0 and grey without conversion must have full chroma resolution.
pub(super) fn encode(
    raster: &Raster,
    converter: Option<&SrgbConverter>,
    format: OutputFormat,
    compressor: &mut Compressor,
) -> Result<Vec<u8>, ImageError> {
    let failed = |detail: String| ImageError::Encode { format, detail };
    match (raster, format) {
        (Raster::Planar(planar), OutputFormat::Jpeg { quality }) if converter.is_none() => {
            encode_jpeg_planes(planar, quality, compressor).map_err(|error| failed(error.to_string()))
        }
        (raster, OutputFormat::Jpeg { quality }) => {
            encode_jpeg(&opaque(pixels(raster, converter)), quality, compressor)
                .map_err(|error| failed(error.to_string()))
        }
        (raster, OutputFormat::Png) => {
            encode_png(&pixels(raster, converter)).map_err(|error| failed(error.to_string()))
        }
        (raster, OutputFormat::WebP { quality }) => webp::encode(&colored(pixels(raster, converter)), quality)
            .ok_or_else(|| failed("libwebp gave up".to_owned())),
        (raster, OutputFormat::Avif { quality }) => {
            encode_avif(&colored(pixels(raster, converter)), quality).map_err(failed)
        }
    }
}

/// sRGB pixels: grey, RGB or RGBA that is not premultiplied.
fn pixels<'a>(raster: &'a Raster, converter: Option<&SrgbConverter>) -> Cow<'a, Packed> {
    let mut packed = match raster {
        Raster::Planar(planar) => Cow::Owned(color::planes_to_pixels(planar)),
        Raster::Packed(packed) => Cow::Borrowed(packed),
    };
    if packed.channels == Channels::Rgba {
        packed.to_mut().unpremultiply();
    }
    match (converter, packed.channels) {
        (Some(converter), _) => Cow::Owned(converter.convert(&packed)),
        (None, Channels::Cmyk) => Cow::Owned(color::inks_to_rgb(&packed)),
        (None, _) => packed,
    }
}

fn opaque(pixels: Cow<'_, Packed>) -> Cow<'_, Packed> {
    if pixels.channels == Channels::Rgba { Cow::Owned(color::flatten_on_white(&pixels)) } else { pixels }
}

#[cfg(feature = "avif")]
fn encode_avif(pixels: &Packed, quality: u8) -> Result<Vec<u8>, String> {
    super::avif::encode(pixels, quality)
}

#[cfg(not(feature = "avif"))]
fn encode_avif(_: &Packed, _: u8) -> Result<Vec<u8>, String> {
    Err("this build has no AVIF encoder".to_owned())
}

/// WebP and AVIF are made from colours.
fn colored(pixels: Cow<'_, Packed>) -> Cow<'_, Packed> {
    if pixels.channels != Channels::Gray {
        return pixels;
    }
    let samples = pixels.samples.iter().flat_map(|luma| [*luma; 3]).collect();
    Cow::Owned(Packed { samples, size: pixels.size, channels: Channels::Rgb })
}

fn encode_jpeg_planes(planar: &Planar, quality: u8, compressor: &mut Compressor) -> turbojpeg::Result<Vec<u8>> {
    compressor.set_quality(i32::from(quality))?;
    compressor.set_optimize(true)?;
    compressor.compress_yuv_to_vec(planar.as_yuv())
}

fn encode_jpeg(pixels: &Packed, quality: u8, compressor: &mut Compressor) -> turbojpeg::Result<Vec<u8>> {
    let (format, subsamp) = match pixels.channels {
        Channels::Gray => (PixelFormat::GRAY, Subsamp::Gray),
        _ => (PixelFormat::RGB, Subsamp::Sub2x2),
    };
    compressor.set_quality(i32::from(quality))?;
    compressor.set_optimize(true)?;
    compressor.set_subsamp(subsamp)?;
    let width = pixels.size.width as usize;
    compressor.compress_to_vec(Image {
        pixels: pixels.samples.as_slice(),
        width,
        pitch: width * pixels.channels.count(),
        height: pixels.size.height as usize,
        format,
    })
}

fn encode_png(pixels: &Packed) -> image::ImageResult<Vec<u8>> {
    let color = match pixels.channels {
        Channels::Gray => ExtendedColorType::L8,
        Channels::Rgba => ExtendedColorType::Rgba8,
        _ => ExtendedColorType::Rgb8,
    };
    let mut encoded = Vec::new();
    PngEncoder::new(&mut encoded).write_image(&pixels.samples, pixels.size.width, pixels.size.height, color)?;
    Ok(encoded)
}
