//! Encoded bytes to pixels.

use std::io::Cursor;

use fast_image_resize::images::Image as ResizeImage;
use fast_image_resize::{MulDiv, PixelType};
use image::{ColorType, DynamicImage, ImageFormat, ImageReader, Limits};
use turbojpeg::{Decompressor, Image, PixelFormat, ScalingFactor, Subsamp};

use super::header::{Encoding, ImageHeader};
use super::plan::{self, Plan};
use super::raster::{Channels, Packed, Planar, Raster};
use super::workspace::Workspace;
use super::{ImageError, Size, png_rows, safe_jpeg};

/// A file of more progressive scans than this is made to keep a decoder busy; encoders write about ten.
const SCANS_MAX: u32 = 100;

/// By how many bytes the frame of a GIF may exceed what the picture was estimated to take: small ones have frames that stick out.
const FRAME_MARGIN: u64 = 1 << 20;

/// What a decoder hands out: neither oriented nor colour-managed.
pub(super) enum Decoded {
    /// The picture at the size of the plan.
    Picture(Raster),
    /// The first target, scaled while the rows came. Nothing else is made from the picture itself.
    FirstTarget(Raster),
}

impl Decoded {
    /// What a profile must be made for; planes are colours.
    pub(super) fn channels(&self) -> Channels {
        let (Self::Picture(raster) | Self::FirstTarget(raster)) = self;
        match raster {
            Raster::Planar(planar) if planar.is_gray() => Channels::Gray,
            Raster::Planar(_) => Channels::Rgb,
            Raster::Packed(packed) => packed.channels,
        }
    }
}

/// Decodes one image as `plan` says.
pub(super) fn decode(
    input: &[u8],
    header: &ImageHeader,
    plan: &Plan,
    workspace: &mut Workspace,
) -> Result<Decoded, ImageError> {
    let raster = match header.encoding {
        Encoding::PngRows { .. } => return png_rows::decode(input, header.size, plan, workspace),
        Encoding::JpegPlanes { subsamp, .. } => {
            prepare(&mut workspace.decompressor, plan)?;
            let mut planar = Planar::over(&mut workspace.buffers, plan.decoded, subsamp);
            workspace.decompressor.decompress_to_yuv(input, planar.as_yuv_mut())?;
            Raster::Planar(planar)
        }
        Encoding::JpegRgb { .. } => {
            prepare(&mut workspace.decompressor, plan)?;
            decode_packed(input, (plan.decoded, Channels::Rgb), workspace)?
        }
        Encoding::JpegCmyk { inverted } => {
            prepare(&mut workspace.decompressor, plan)?;
            let mut raster = decode_packed(input, (plan.decoded, Channels::Cmyk), workspace)?;
            if let (true, Raster::Packed(packed)) = (inverted, &mut raster) {
                packed.samples.iter_mut().for_each(|sample| *sample = 255 - *sample);
            }
            raster
        }
        Encoding::JpegSafe { is_gray } => safe_jpeg::decode(input, header.size, is_gray)?,
        Encoding::Other { format, color } => decode_other(input, header.size, (format, color))?,
    };
    Ok(Decoded::Picture(raster))
}

fn prepare(decompressor: &mut Decompressor, plan: &Plan) -> Result<(), ImageError> {
    let setup = |error: turbojpeg::Error| ImageError::Setup { detail: error.to_string() };
    decompressor.set_scan_limit(SCANS_MAX).map_err(setup)?;
    decompressor.set_scaling_factor(ScalingFactor::new(1, plan.reduction as usize)).map_err(setup)
}

fn decode_packed(
    input: &[u8],
    (size, channels): (Size, Channels),
    workspace: &mut Workspace,
) -> Result<Raster, ImageError> {
    let mut packed = Packed::over(&mut workspace.buffers, size, channels);
    let width = packed.size.width as usize;
    let output = Image {
        pitch: width * packed.channels.count(),
        width,
        height: packed.size.height as usize,
        format: if packed.channels == Channels::Cmyk { PixelFormat::CMYK } else { PixelFormat::RGB },
        pixels: packed.samples.as_mut_slice(),
    };
    workspace.decompressor.decompress(input, output)?;
    Ok(Raster::Packed(packed))
}

/// The memory was estimated from the header and reserved; the decoders' own guesses would refuse large files a second time. Only frames
/// of a GIF may be larger than the picture: up to 65535 x 65535, whatever the file holds.
fn limits(size: Size, (format, color): (ImageFormat, ColorType)) -> Limits {
    let mut limits = Limits::no_limits();
    if format == ImageFormat::Gif {
        limits.max_alloc = Some(size.pixels() * u64::from(plan::other_bytes_per_pixel(format, color)) + FRAME_MARGIN);
    }
    limits
}

fn decode_other(input: &[u8], size: Size, (format, color): (ImageFormat, ColorType)) -> Result<Raster, ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(input), format);
    reader.limits(limits(size, (format, color)));
    let decoded = reader.decode()?;
    if (decoded.width(), decoded.height()) != (size.width, size.height) {
        return Err(ImageError::Corrupt { detail: "the picture has another size than its header says".to_owned() });
    }
    Ok(match (decoded, color) {
        (DynamicImage::ImageLuma8(gray), _) => {
            Raster::Planar(Planar { samples: gray.into_raw(), size, subsamp: Subsamp::Gray })
        }
        (gray, ColorType::L16) => {
            Raster::Planar(Planar { samples: gray.into_luma8().into_raw(), size, subsamp: Subsamp::Gray })
        }
        (opaque, color) if !color.has_alpha() => {
            Raster::Packed(Packed { samples: opaque.into_rgb8().into_raw(), size, channels: Channels::Rgb })
        }
        (transparent, _) => {
            let mut packed = Packed { samples: transparent.into_rgba8().into_raw(), size, channels: Channels::Rgba };
            packed.premultiply();
            Raster::Packed(packed)
        }
    })
}

impl Packed {
    /// Without it, the invisible colour of transparent pixels would bleed into their neighbours when scaled.
    fn premultiply(&mut self) {
        MulDiv::new()
            .multiply_alpha_inplace(&mut self.as_resize_image(PixelType::U8x4))
            .expect("four channels of 8 bits have an alpha channel");
    }

    /// Undoes [`Packed::premultiply`].
    pub(super) fn unpremultiply(&mut self) {
        MulDiv::new()
            .divide_alpha_inplace(&mut self.as_resize_image(PixelType::U8x4))
            .expect("four channels of 8 bits have an alpha channel");
    }

    pub(super) fn as_resize_image(&mut self, pixel_type: PixelType) -> ResizeImage<'_> {
        ResizeImage::from_slice_u8(self.size.width, self.size.height, &mut self.samples, pixel_type)
            .expect("the buffer holds exactly width x height pixels")
    }
}
