//! Sizes that fit no block, no chroma sample and no aspect ratio.

use image::{Rgb, RgbImage};
use synapse_queue_processors::image::{OutputFormat, Rendition, Size};
use turbojpeg::Subsamp;

use crate::measures::psnr;
use crate::samples::{COMPRESSED, Jpeg, THUMBNAIL, decode, process, process_one, with_exif};

const SUBSAMPLINGS: [Subsamp; 4] = [Subsamp::None, Subsamp::Sub2x1, Subsamp::Sub2x2, Subsamp::Gray];

#[allow(clippy::cast_possible_truncation)]
fn gradient(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = ((x * 255 / width) as u8, (y * 255 / height) as u8);
        Rgb([x, y, 128])
    })
}

#[test]
fn extreme_sizes_give_exact_renditions() {
    let cases = [((1, 1), (1, 1)), ((1, 5000), (1, 1080)), ((5000, 1), (1920, 1)), ((17, 13), (17, 13))];
    for ((width, height), (expected_width, expected_height)) in cases {
        for subsamp in SUBSAMPLINGS {
            let input = Jpeg { subsamp, ..Jpeg::GOOD }.encode(&gradient(width, height));
            let output = process(&input, &[COMPRESSED, THUMBNAIL]).unwrap();
            let sizes: Vec<_> = output.images.iter().map(|image| decode(&image.bytes).dimensions()).collect();
            assert_eq!(sizes, [(expected_width, expected_height), (320, 240)], "{width}x{height} {subsamp:?}");
        }
    }
}

#[test]
fn odd_sides_lose_no_colour_at_their_edges() {
    for (width, height) in [(17, 13), (33, 31), (101, 99)] {
        for subsamp in [Subsamp::None, Subsamp::Sub2x1, Subsamp::Sub2x2] {
            let picture = gradient(width, height);
            let output = process_one(&Jpeg { subsamp, quality: 98, ..Jpeg::GOOD }.encode(&picture), COMPRESSED);
            let similarity = psnr(&picture, &decode(&output.bytes));
            assert!(similarity > 30.0, "{width}x{height} {subsamp:?}: {similarity} dB");
        }
    }
}

#[test]
fn odd_sides_are_turned_without_a_trace() {
    for exif in 2..=8_u8 {
        let picture = gradient(17, 13);
        let input =
            with_exif(&Jpeg { subsamp: Subsamp::Sub2x2, quality: 98, ..Jpeg::GOOD }.encode(&picture), exif.into());
        let output = process_one(&input, Rendition { format: OutputFormat::Jpeg { quality: 98 }, ..COMPRESSED });
        let mut expected = image::DynamicImage::from(picture);
        expected.apply_orientation(image::metadata::Orientation::from_exif(exif).unwrap());
        let expected = expected.into_rgb8();
        assert_eq!(output.size, Size::new(expected.width(), expected.height()));
        let similarity = psnr(&expected, &decode(&output.bytes));
        assert!(similarity > 28.0, "orientation {exif}: {similarity} dB");
    }
}
