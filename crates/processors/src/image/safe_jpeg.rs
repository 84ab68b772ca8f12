//! JPEG through a decoder without any unsafe C code.

use turbojpeg::Subsamp;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::raster::{Channels, Packed, Planar, Raster};
use super::{ImageError, Size};

/// Decodes a picture of `size` in full. Four inks become RGB without regard to their profile.
pub(super) fn decode(input: &[u8], size: Size, is_gray: bool) -> Result<Raster, ImageError> {
    let color = if is_gray { ColorSpace::Luma } else { ColorSpace::RGB };
    // Strict, because a file that was cut off is no picture.
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(size.width as usize)
        .set_max_height(size.height as usize)
        .jpeg_set_out_colorspace(color);
    let samples = JpegDecoder::new_with_options(ZCursor::new(input), options).decode()?;
    let expected = size.width as usize * size.height as usize * color.num_components();
    if samples.len() != expected {
        return Err(ImageError::Corrupt { detail: "the picture has another size than its header says".to_owned() });
    }
    Ok(if is_gray {
        Raster::Planar(Planar { samples, size, subsamp: Subsamp::Gray })
    } else {
        Raster::Packed(Packed { samples, size, channels: Channels::Rgb })
    })
}

impl From<DecodeErrors> for ImageError {
    fn from(error: DecodeErrors) -> Self {
        match error {
            DecodeErrors::Unsupported(scheme) => Self::UnsupportedFormat { detail: format!("a JPEG with {scheme:?}") },
            error => Self::Corrupt { detail: error.to_string() },
        }
    }
}
