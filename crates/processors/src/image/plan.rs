//! What processing one image will take, decided from its header.

use image::{ColorType, ImageFormat};
use turbojpeg::Subsamp;

use super::geometry::{Target, decoder_reduction, reduced};
use super::header::{Encoding, ImageHeader, transposes};
use super::raster::planar_len;
use super::row_scaler::band_bytes;
use super::{OutputFormat, Rendition, Size, png_rows};

/// Room for codec state, tables and small buffers.
const FIXED_COST: u64 = 2 << 20;

/// Room for a few rows of the widest picture there is.
const ROWS_COST: u64 = 2 << 20;

/// How an image is decoded and what becomes of it.
#[derive(Debug)]
pub(super) struct Plan {
    /// In the stored direction, in the order of the renditions.
    pub(super) targets: Vec<Target>,
    /// The decoder shrinks by this factor: 1, 2, 4 or 8.
    pub(super) reduction: u32,
    /// Size of the decoded picture.
    pub(super) decoded: Size,
}

impl Plan {
    pub(super) fn new(header: &ImageHeader, renditions: &[Rendition]) -> Self {
        let targets: Vec<Target> = renditions
            .iter()
            .map(|rendition| {
                let target = Target::new(header.oriented_size(), rendition.fit);
                if transposes(header.orientation) { target.transposed() } else { target }
            })
            .collect();
        let reduction = match header.encoding {
            Encoding::Other { .. } | Encoding::JpegSafe { .. } | Encoding::JpegRgb { lossless: true } => 1,
            _ => decoder_reduction(header.size, &targets),
        };
        Self { targets, reduction, decoded: reduced(header.size, reduction) }
    }

    /// The first target, if every other one is made from a finished one.
    pub(super) fn only_target_of_picture(&self) -> Option<Target> {
        let (first, others) = self.targets.split_first()?;
        let is_made_from_finished = |(index, target): (usize, &Target)| {
            self.targets[..=index].iter().any(|finished| target.can_be_made_from(*finished))
        };
        others.iter().enumerate().all(is_made_from_finished).then_some(*first)
    }

    /// Peak memory in bytes, an upper estimate: decoder, decoded picture, the resizer's intermediate picture, results.
    pub(super) fn memory(&self, header: &ImageHeader, renditions: &[Rendition]) -> u64 {
        let channels = if matches!(header.encoding, Encoding::JpegPlanes { .. }) { 1 } else { 4 };
        // The resizer scales vertically first.
        let intermediate = self
            .targets
            .iter()
            .map(|target| u64::from(self.decoded.width) * u64::from(target.size.height) * channels)
            .max()
            .unwrap_or(0);
        // Every picture is kept for smaller ones to be made from; one after another is turned and encoded.
        let kept: u64 = self.targets.iter().map(|target| target.size.pixels() * 4).sum();
        let encoders = self.targets.iter().zip(renditions);
        let encoding = encoders.map(|(target, rendition)| target.size.pixels() * encoder_bytes(rendition.format)).max();
        FIXED_COST + self.decoding_memory(header) + intermediate + kept + encoding.unwrap_or(0)
    }

    fn decoding_memory(&self, header: &ImageHeader) -> u64 {
        let (pixels, decoded) = (header.size.pixels(), self.decoded.pixels());
        match header.encoding {
            Encoding::JpegPlanes { subsamp, progressive } => {
                let coefficients = if progressive { 2 * planes(header.size, subsamp) } else { 0 };
                planes(self.decoded, subsamp) + coefficients
            }
            // A progressive file would keep its coefficients; these rare kinds are charged for it in any case.
            Encoding::JpegRgb { .. } => 3 * decoded + 6 * pixels,
            Encoding::JpegCmyk { .. } => 4 * decoded + 8 * pixels,
            // A progressive file keeps its coefficients, and whether it is one is not asked.
            Encoding::JpegSafe { is_gray } => pixels * if is_gray { 3 } else { 9 },
            Encoding::PngRows { color } => {
                let channels = png_rows::channels_of(color).count();
                let picture = match self.only_target_of_picture() {
                    Some(target) => band_bytes((self.decoded, channels), target) as u64,
                    None => decoded * channels as u64,
                };
                picture + ROWS_COST
            }
            Encoding::Other { format, color } => pixels * u64::from(other_bytes_per_pixel(format, color)),
        }
    }
}

fn planes(size: Size, subsamp: Subsamp) -> u64 {
    planar_len(size, subsamp) as u64
}

/// What turning and encoding one pixel takes: copies, and the coefficients or frames of the encoder.
fn encoder_bytes(format: OutputFormat) -> u64 {
    match format {
        OutputFormat::Jpeg { .. } | OutputFormat::Png => 12,
        OutputFormat::WebP { .. } => 20,
        OutputFormat::Avif { .. } => 80,
    }
}

/// Of a format without a decoder of its own here.
pub(super) fn other_bytes_per_pixel(format: ImageFormat, color: ColorType) -> u32 {
    let decoded = u32::from(color.bytes_per_pixel());
    // Anything else is converted to RGB or RGBA of 8 bits, beside the original.
    let converted = match color {
        ColorType::L8 | ColorType::Rgb8 | ColorType::Rgba8 => 0,
        _ => 4,
    };
    // Frames that these decoders compose before they hand out pixels.
    let composed = match format {
        ImageFormat::WebP => 4,
        ImageFormat::Gif => 5,
        _ => 0,
    };
    decoded + converted + composed
}
