//! Pictures made from the fixtures, and an independent decoder for what comes out.

use std::path::Path;

use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, Resizer};
use image::{DynamicImage, RgbImage};
use synapse_queue_processors::image::{
    Decoders, EncodedImage, Fit, ImageError, ImageOptions, ImageOutput, OutputFormat, Rendition, Size, run,
};
use tokio_util::sync::CancellationToken;
use turbojpeg::{Compressor, PixelFormat, Subsamp};

pub(crate) const COMPRESSED: Rendition =
    Rendition { fit: Fit::Inside(Size::new(1920, 1080)), format: OutputFormat::Jpeg { quality: 85 } };
pub(crate) const THUMBNAIL: Rendition =
    Rendition { fit: Fit::Cover(Size::new(320, 240)), format: OutputFormat::Jpeg { quality: 75 } };

/// Relative, like all paths of tests: cargo runs them in the folder of their package, and a path known to the compiler would be that of
/// whichever clone built a shared target folder.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new("tests/fixtures").join(name)).unwrap()
}

pub(crate) fn coffee() -> RgbImage {
    decode(&fixture("coffee.png"))
}

/// The photograph at another size.
pub(crate) fn photo(width: u32, height: u32) -> RgbImage {
    let source = decode(&fixture("hubble_deep_field.jpg"));
    let (source_width, source_height) = source.dimensions();
    let source = Image::from_vec_u8(source_width, source_height, source.into_raw(), PixelType::U8x3).unwrap();
    let mut scaled = Image::new(width, height, PixelType::U8x3);
    Resizer::new().resize(&source, &mut scaled, None).unwrap();
    RgbImage::from_raw(width, height, scaled.into_vec()).unwrap()
}

/// How a test picture is compressed.
#[derive(Clone, Copy)]
pub(crate) struct Jpeg {
    pub(crate) quality: i32,
    pub(crate) subsamp: Subsamp,
    pub(crate) progressive: bool,
    pub(crate) colorspace: Option<turbojpeg::Colorspace>,
}

impl Jpeg {
    pub(crate) const GOOD: Self = Self { quality: 92, subsamp: Subsamp::Sub2x2, progressive: false, colorspace: None };

    pub(crate) fn encode(self, picture: &RgbImage) -> Vec<u8> {
        let mut compressor = Compressor::new().unwrap();
        compressor.set_quality(self.quality).unwrap();
        compressor.set_subsamp(self.subsamp).unwrap();
        compressor.set_progressive(self.progressive).unwrap();
        if let Some(colorspace) = self.colorspace {
            compressor.set_colorspace(colorspace).unwrap();
        }
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let pixels = turbojpeg::Image {
            pixels: picture.as_raw().as_slice(),
            width,
            pitch: 3 * width,
            height,
            format: PixelFormat::RGB,
        };
        compressor.compress_to_vec(pixels).unwrap()
    }
}

pub(crate) fn jpeg(picture: &RgbImage) -> Vec<u8> {
    Jpeg::GOOD.encode(picture)
}

pub(crate) fn encoded(picture: impl Into<DynamicImage>, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Decodes with other code than the processor uses for JPEG and WebP.
pub(crate) fn decode(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().into_rgb8()
}

/// Puts a segment directly after the start of a JPEG.
pub(crate) fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, body, &jpeg[2..]].concat()
}

/// Exif with an orientation and a GPS position.
pub(crate) fn with_exif(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    let mut tiff: Vec<u8> = b"MM\0\x2A\0\0\0\x08".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value].concat()
    };
    let [high, low] = orientation.to_be_bytes();
    tiff.extend([0, 2]);
    tiff.extend(entry(0x0112, 3, 1, [high, low, 0, 0]));
    tiff.extend(entry(0x8825, 4, 1, 38_u32.to_be_bytes()));
    tiff.extend([0; 4]);
    tiff.extend([0, 2]);
    tiff.extend(entry(0x0001, 2, 2, *b"N\0\0\0"));
    tiff.extend(entry(0x0012, 2, 7, 68_u32.to_be_bytes()));
    tiff.extend([0; 4]);
    tiff.extend(b"WGS-84\0");
    with_segment(jpeg, 0xE1, &[b"Exif\0\0".as_slice(), &tiff].concat())
}

pub(crate) fn with_icc(jpeg: &[u8], profile: &moxcms::ColorProfile) -> Vec<u8> {
    with_segment(jpeg, 0xE2, &[b"ICC_PROFILE\0\x01\x01".as_slice(), &profile.encode().unwrap()].concat())
}

/// Where the frame header of a JPEG begins, at its marker.
pub(crate) fn frame_header(jpeg: &[u8]) -> usize {
    jpeg.windows(4).position(|bytes| matches!(bytes, [0xFF, 0xC0 | 0xC2, 0, 11 | 17])).unwrap()
}

pub(crate) fn process(input: &[u8], renditions: &[Rendition]) -> Result<ImageOutput, ImageError> {
    let options =
        ImageOptions { renditions: renditions.to_vec(), max_pixels: 100_000_000, decoders: Decoders::default() };
    run(input, &options, &CancellationToken::new())
}

pub(crate) fn process_one(input: &[u8], rendition: Rendition) -> EncodedImage {
    process(input, &[rendition]).unwrap().images.remove(0)
}
