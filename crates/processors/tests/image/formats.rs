//! Kinds of pictures that users upload.

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgb, Rgba, RgbaImage};
use synapse_queue_processors::image::{Fit, OutputFormat, Rendition, Size};
use turbojpeg::{Compressor, PixelFormat, Subsamp};

use crate::measures::psnr;
use crate::samples::{COMPRESSED, Jpeg, coffee, decode, encoded, fixture, process_one};

const AS_PNG: Rendition = Rendition { format: OutputFormat::Png, ..COMPRESSED };

#[test]
fn every_supported_format_gives_the_same_picture() {
    let picture = coffee();
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Tiff] {
        let output = process_one(&encoded(picture.clone(), format), AS_PNG);
        assert_eq!(decode(&output.bytes), picture, "{format:?}");
    }
}

#[test]
fn every_chroma_sampling_gives_the_same_picture() {
    let picture = coffee();
    for subsamp in [Subsamp::None, Subsamp::Sub2x1, Subsamp::Sub2x2, Subsamp::Sub1x2, Subsamp::Sub4x1, Subsamp::Sub1x4]
    {
        let output = process_one(&Jpeg { subsamp, ..Jpeg::GOOD }.encode(&picture), COMPRESSED);
        let similarity = psnr(&picture, &decode(&output.bytes));
        assert!(similarity > 31.0, "{subsamp:?}: {similarity} dB");
    }
}

#[test]
fn progressive_and_baseline_give_the_same_bytes() {
    let baseline = process_one(&Jpeg::GOOD.encode(&coffee()), COMPRESSED);
    let progressive = process_one(&Jpeg { progressive: true, ..Jpeg::GOOD }.encode(&coffee()), COMPRESSED);
    assert_eq!(baseline, progressive);
}

#[test]
fn a_lossy_webp_comes_out_as_it_went_in() {
    let webp =
        process_one(&fixture("coffee.png"), Rendition { format: OutputFormat::WebP { quality: 95 }, ..COMPRESSED });
    let output = process_one(&webp.bytes, AS_PNG);
    assert!(psnr(&coffee(), &decode(&output.bytes)) > 33.0);
}

#[test]
fn grey_stays_grey() {
    let grey = image::load_from_memory(&fixture("camera.png")).unwrap().into_luma8();
    let jpeg = process_one(&fixture("camera.png"), COMPRESSED).bytes;
    let again = process_one(&jpeg, AS_PNG).bytes;
    for output in [&jpeg, &again] {
        let decoded = image::load_from_memory(output).unwrap();
        assert!(matches!(decoded, DynamicImage::ImageLuma8(_)), "{:?}", decoded.color());
        assert!(psnr(&DynamicImage::from(grey.clone()).into_rgb8(), &decoded.into_rgb8()) > 33.0);
    }
    let webp = process_one(&jpeg, Rendition { format: OutputFormat::WebP { quality: 90 }, ..COMPRESSED });
    assert!(psnr(&DynamicImage::from(grey).into_rgb8(), &decode(&webp.bytes)) > 31.0);
}

#[test]
fn sixteen_bits_become_eight() {
    let picture = DynamicImage::from(coffee());
    for deep in [DynamicImage::from(picture.to_rgb16()), DynamicImage::from(picture.to_rgba16())] {
        assert_eq!(decode(&process_one(&encoded(deep, ImageFormat::Png), AS_PNG).bytes), coffee());
    }
    let grey = process_one(&encoded(picture.to_luma16(), ImageFormat::Png), AS_PNG);
    let (found, expected) = (image::load_from_memory(&grey.bytes).unwrap().into_luma8(), picture.to_luma8());
    // Rounded down, where the expectation is rounded to the nearest level.
    assert!(found.iter().zip(expected.iter()).all(|(found, expected)| found.abs_diff(*expected) <= 1));
}

/// Left half transparent blue, right half opaque red but for half-transparent last rows.
fn transparent() -> RgbaImage {
    RgbaImage::from_fn(64, 64, |x, y| match (x < 32, y < 48) {
        (true, _) => Rgba([0, 0, 255, 0]),
        (false, true) => Rgba([255, 0, 0, 255]),
        (false, false) => Rgba([255, 0, 0, 128]),
    })
}

fn assert_close(found: Rgb<u8>, expected: [u8; 3]) {
    let close = found.0.iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) <= 4);
    assert!(close, "{found:?} is not {expected:?}");
}

#[test]
fn transparent_pixels_lie_on_white_in_a_jpeg() {
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff] {
        let output = decode(&process_one(&encoded(transparent(), format), COMPRESSED).bytes);
        assert_close(*output.get_pixel(8, 20), [255, 255, 255]);
        assert_close(*output.get_pixel(56, 20), [254, 0, 0]);
        assert_close(*output.get_pixel(56, 60), [255, 127, 127]);
    }
}

#[test]
fn transparency_survives_in_png_and_webp() {
    for format in [OutputFormat::Png, OutputFormat::WebP { quality: 90 }] {
        let output = process_one(&encoded(transparent(), ImageFormat::Png), Rendition { format, ..COMPRESSED });
        let decoded = image::load_from_memory(&output.bytes).unwrap().into_rgba8();
        assert_eq!([decoded.get_pixel(8, 20)[3], decoded.get_pixel(56, 20)[3]], [0, 255], "{format}");
    }
}

#[test]
fn the_invisible_colour_of_transparent_pixels_does_not_bleed() {
    // 15 is no divisor of 64: the edge between blue nothing and red falls into a pixel.
    let small = Rendition { fit: Fit::Inside(Size::new(15, 15)), ..AS_PNG };
    let output = process_one(&encoded(transparent(), ImageFormat::Png), small);
    let decoded = image::load_from_memory(&output.bytes).unwrap().into_rgba8();
    assert!(decoded.pixels().any(|pixel| (32..224).contains(&pixel[3])), "no pixel at the edge");
    assert!(decoded.pixels().filter(|pixel| pixel[3] >= 32).all(|pixel| pixel[2] < 16), "blue shows");
}

#[test]
fn only_the_first_frame_of_an_animation_counts() {
    let frame = |color| Frame::new(RgbaImage::from_pixel(40, 30, Rgba(color)));
    let mut gif = Vec::new();
    GifEncoder::new(&mut gif).encode_frames([frame([255, 0, 0, 255]), frame([0, 0, 255, 255])]).unwrap();
    let output = decode(&process_one(&gif, AS_PNG).bytes);
    assert_close(*output.get_pixel(20, 15), [255, 0, 0]);
}

#[test]
fn four_inks_of_adobe_become_rgb() {
    // Adobe stores inks inverted: 255 is no ink.
    let inverted: Vec<u8> = [[255, 0, 255, 255], [0, 255, 0, 128]].iter().flat_map(|ink| ink.repeat(512)).collect();
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(95).unwrap();
    let pixels =
        turbojpeg::Image { pixels: inverted.as_slice(), width: 32, pitch: 128, height: 32, format: PixelFormat::CMYK };
    let output = decode(&process_one(&compressor.compress_to_vec(pixels).unwrap(), AS_PNG).bytes);
    assert_close(*output.get_pixel(16, 4), [255, 0, 255]);
    assert_close(*output.get_pixel(16, 28), [0, 128, 0]);
}
