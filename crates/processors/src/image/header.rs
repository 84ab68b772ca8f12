//! What an image file says about itself, read before anything is decoded.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageFormat, ImageReader};
use turbojpeg::{Colorspace, DecompressHeader, Subsamp};

use super::jpeg_markers::JpegMarkers;
use super::{Decoders, ImageError, ImageOptions, Size, png_rows};

pub(super) const SUPPORTED_INPUTS: &str = "JPEG, PNG, WebP, GIF, BMP and TIFF";

/// The header of one image.
#[derive(Debug)]
pub(super) struct ImageHeader {
    /// As stored, before the orientation is applied.
    pub(super) size: Size,
    pub(super) orientation: Orientation,
    pub(super) icc_profile: Option<Vec<u8>>,
    pub(super) encoding: Encoding,
}

/// How the samples are stored, which selects the decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// JPEG that is decoded to its own YCbCr planes, or to luma alone.
    JpegPlanes { subsamp: Subsamp, progressive: bool },
    /// JPEG that has no such planes: RGB, lossless, odd sampling factors.
    JpegRgb { lossless: bool },
    /// Four-colour JPEG.
    JpegCmyk { inverted: bool },
    /// JPEG of whatever kind through a memory-safe decoder.
    JpegSafe { is_gray: bool },
    /// PNG whose rows come in their order, through a memory-safe decoder.
    PngRows { color: ColorType },
    /// Everything else, through memory-safe decoders.
    Other { format: ImageFormat, color: ColorType },
}

impl ImageHeader {
    /// Reads the header and refuses what must not be decoded.
    ///
    /// # Errors
    /// `UnsupportedFormat` if the signature is unknown, `TooManyPixels`, `Corrupt`.
    pub(super) fn read(input: &[u8], options: &ImageOptions) -> Result<Self, ImageError> {
        let max_pixels = options.max_pixels;
        let header = match supported_format(input)? {
            ImageFormat::Jpeg => read_jpeg(input, options)?,
            format => read_other(input, format)?,
        };
        check_pixels(header.size, max_pixels)?;
        Ok(header)
    }

    /// The size a viewer shows.
    pub(super) fn oriented_size(&self) -> Size {
        if transposes(self.orientation) { self.size.transposed() } else { self.size }
    }
}

/// Whether an orientation exchanges width and height.
pub(super) fn transposes(orientation: Orientation) -> bool {
    orientation.to_exif() >= 5
}

fn supported_format(input: &[u8]) -> Result<ImageFormat, ImageError> {
    match image::guess_format(input) {
        Ok(
            format @ (ImageFormat::Jpeg
            | ImageFormat::Png
            | ImageFormat::WebP
            | ImageFormat::Gif
            | ImageFormat::Bmp
            | ImageFormat::Tiff),
        ) => Ok(format),
        Ok(format) => Err(ImageError::UnsupportedFormat { detail: format!("the file is {}", format.to_mime_type()) }),
        Err(_) => Err(ImageError::UnsupportedFormat {
            detail: "the file does not begin like any known image format".to_owned(),
        }),
    }
}

fn check_pixels(size: Size, max_pixels: u64) -> Result<(), ImageError> {
    if size.width == 0 || size.height == 0 {
        return Err(ImageError::Corrupt { detail: "an image without width or height".to_owned() });
    }
    if size.pixels() > max_pixels {
        return Err(ImageError::TooManyPixels { width: size.width, height: size.height, max_pixels });
    }
    Ok(())
}

fn read_jpeg(input: &[u8], options: &ImageOptions) -> Result<ImageHeader, ImageError> {
    let markers = JpegMarkers::read(input)?;
    check_pixels(markers.size, options.max_pixels)?;
    let encoding = match options.decoders {
        Decoders::MemorySafe => Encoding::JpegSafe { is_gray: markers.components == 1 },
        Decoders::Fastest => jpeg_encoding(&turbojpeg::read_header(input)?, markers.is_adobe),
    };
    Ok(ImageHeader { size: markers.size, orientation: markers.orientation, encoding, icc_profile: markers.icc_profile })
}

fn jpeg_encoding(header: &DecompressHeader, is_adobe: bool) -> Encoding {
    match header.colorspace {
        Colorspace::CMYK | Colorspace::YCCK => Encoding::JpegCmyk { inverted: is_adobe },
        Colorspace::YCbCr | Colorspace::Gray if header.subsamp != Subsamp::Unknown && !header.is_lossless => {
            Encoding::JpegPlanes { subsamp: header.subsamp, progressive: header.is_progressive }
        }
        _ => Encoding::JpegRgb { lossless: header.is_lossless },
    }
}

fn read_other(input: &[u8], format: ImageFormat) -> Result<ImageHeader, ImageError> {
    let mut decoder = ImageReader::with_format(Cursor::new(input), format).into_decoder()?;
    let (width, height) = decoder.dimensions();
    Ok(ImageHeader {
        size: Size::new(width, height),
        // Metadata that cannot be read is no reason to refuse a picture that can.
        orientation: decoder.orientation().unwrap_or(Orientation::NoTransforms),
        icc_profile: decoder.icc_profile().unwrap_or(None),
        encoding: match decoder.color_type() {
            color if png_rows::comes_in_rows(input, format) => Encoding::PngRows { color },
            color => Encoding::Other { format, color },
        },
    })
}
