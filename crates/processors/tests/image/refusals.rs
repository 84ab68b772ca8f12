//! What must not be decoded, and what must not come out half.

use image::ImageFormat;
use synapse_queue_engine::job::Failure;
use synapse_queue_processors::image::{Decoders, ImageError, ImageOptions, run};
use tokio_util::sync::CancellationToken;

use crate::samples::{COMPRESSED, Jpeg, THUMBNAIL, coffee, encoded, fixture, frame_header, jpeg, process};

fn refusal(input: &[u8]) -> ImageError {
    process(input, &[COMPRESSED, THUMBNAIL]).unwrap_err()
}

#[test]
fn text_and_svg_named_jpg_are_refused_by_their_first_bytes() {
    for input in [b"hello, world".as_slice(), b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", b"<!DOCTYPE html>", b""] {
        let error = refusal(input);
        assert_eq!(error.code(), "UNSUPPORTED_FORMAT");
        assert!(error.to_string().contains("JPEG, PNG, WebP, GIF, BMP and TIFF"), "{error}");
    }
}

#[test]
fn a_known_format_that_is_not_supported_is_named() {
    let error = refusal(b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miaf");
    assert_eq!(error.code(), "UNSUPPORTED_FORMAT");
    assert!(error.to_string().contains("image/avif"), "{error}");
}

#[test]
fn a_truncated_picture_of_any_format_is_an_error() {
    let picture = coffee();
    let inputs = [
        jpeg(&picture),
        Jpeg { progressive: true, ..Jpeg::GOOD }.encode(&picture),
        encoded(picture.clone(), ImageFormat::Png),
        encoded(picture.clone(), ImageFormat::WebP),
        encoded(picture.clone(), ImageFormat::Gif),
        encoded(picture.clone(), ImageFormat::Bmp),
        encoded(picture, ImageFormat::Tiff),
    ];
    for input in inputs {
        let format = image::guess_format(&input).unwrap();
        for kept in [input.len() / 10, input.len() / 2, input.len() * 9 / 10] {
            let error = refusal(&input[..kept]);
            assert_eq!(error.code(), "CORRUPT_IMAGE", "{format:?} cut to {kept} of {}: {error}", input.len());
        }
    }
}

#[test]
fn a_gif_takes_no_memory_for_a_frame_that_is_larger_than_the_picture() {
    let mut input = encoded(coffee(), ImageFormat::Gif);
    let frame = input.windows(2).position(|bytes| bytes == b"\x21\xf9").unwrap() + 8;
    assert_eq!(input[frame], b',');
    input[frame + 5..frame + 9].fill(0xFF);
    let error = refusal(&input);
    assert_eq!(error.code(), "CORRUPT_IMAGE");
    assert!(error.to_string().contains("limit"), "{error}");
}

#[test]
fn no_truncation_of_a_jpeg_gives_a_picture() {
    let input = fixture("rocket.jpg");
    for kept in (0..input.len()).step_by(1009) {
        assert!(process(&input[..kept], &[THUMBNAIL]).is_err(), "cut to {kept} of {}", input.len());
    }
}

#[test]
fn damaged_bytes_never_panic() {
    let pictures = [jpeg(&coffee()), encoded(coffee(), ImageFormat::Png), encoded(coffee(), ImageFormat::WebP)];
    for picture in pictures {
        for seed in 0..40_usize {
            let mut damaged = picture.clone();
            for step in 0..8 {
                let at = (seed * 7919 + step * 104_729) % damaged.len();
                damaged[at] ^= 0x55;
            }
            if let Err(error) = process(&damaged, &[THUMBNAIL]) {
                assert!(["CORRUPT_IMAGE", "UNSUPPORTED_FORMAT", "IMAGE_TOO_LARGE"].contains(&error.code()), "{error}");
            }
        }
    }
}

#[test]
fn a_header_that_announces_too_many_pixels_is_refused_before_decoding() {
    let mut bomb = fixture("rocket.jpg");
    let size = frame_header(&bomb) + 5;
    bomb[size..size + 4].copy_from_slice(&[0x75, 0x30, 0x75, 0x30]);
    assert_eq!(refusal(&bomb).to_string(), "image of 30000x30000 pixels is larger than the limit of 100000000 pixels");

    let mut bomb = fixture("coffee.png");
    bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let checksum = png_checksum(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
    assert_eq!(refusal(&bomb).code(), "IMAGE_TOO_LARGE");
}

#[test]
fn the_limit_of_pixels_is_inclusive() {
    let with_limit = |max_pixels| {
        let options = ImageOptions { renditions: vec![THUMBNAIL], max_pixels, decoders: Decoders::default() };
        run(&fixture("coffee.png"), &options, &CancellationToken::new())
    };
    assert!(with_limit(600 * 400).is_ok());
    assert_eq!(with_limit(600 * 400 - 1).unwrap_err().code(), "IMAGE_TOO_LARGE");
}

#[test]
fn a_jpeg_of_12_bits_is_refused() {
    let mut input = fixture("rocket.jpg");
    let precision = frame_header(&input) + 4;
    input[precision] = 12;
    assert_eq!(refusal(&input).code(), "UNSUPPORTED_FORMAT");
}

#[test]
fn what_lies_in_the_image_is_not_worth_a_retry() {
    assert!(Failure::from(refusal(b"hello, world")).is_unrecoverable());
    assert!(Failure::from(refusal(&fixture("rocket.jpg")[..5000])).is_unrecoverable());
    assert!(!Failure::from(ImageError::Cancelled).is_unrecoverable());
}

#[test]
fn a_cancelled_job_decodes_nothing() {
    let cancel = CancellationToken::new();
    cancel.cancel();
    let options = ImageOptions { renditions: vec![THUMBNAIL], max_pixels: 100_000_000, decoders: Decoders::default() };
    let error = run(&fixture("rocket.jpg"), &options, &cancel).unwrap_err();
    assert!(matches!(error, ImageError::Cancelled));
}

/// CRC-32 as PNG uses it.
fn png_checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}
