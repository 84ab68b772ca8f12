//! The camera's orientation is applied, then forgotten with all other metadata.

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};
use synapse_queue_processors::image::{OutputFormat, Rendition, Size};
use turbojpeg::{Colorspace, Subsamp};

use crate::measures::psnr;
use crate::samples::{COMPRESSED, Jpeg, THUMBNAIL, coffee, decode, jpeg, process, process_one, with_exif};

/// The picture as a camera in this orientation stores it.
fn stored(upright: &RgbImage, exif: u8) -> RgbImage {
    let undo = match exif {
        6 => 8,
        8 => 6,
        other => other,
    };
    let mut picture = DynamicImage::from(upright.clone());
    picture.apply_orientation(Orientation::from_exif(undo).unwrap());
    picture.into_rgb8()
}

fn assert_upright_for_every_orientation(jpeg: Jpeg, rendition: Rendition) {
    let upright = coffee();
    for exif in 1..=8 {
        let input = with_exif(&jpeg.encode(&stored(&upright, exif)), exif.into());
        let output = process_one(&input, rendition);
        assert_eq!(output.size, Size::new(600, 400), "orientation {exif}");
        let similarity = psnr(&upright, &decode(&output.bytes));
        assert!(similarity > 30.0, "orientation {exif}: {similarity} dB");
    }
}

#[test]
fn planes_of_every_orientation_come_out_upright() {
    assert_upright_for_every_orientation(Jpeg::GOOD, COMPRESSED);
}

#[test]
fn planes_with_chroma_halved_in_one_direction_come_out_upright() {
    assert_upright_for_every_orientation(Jpeg { subsamp: Subsamp::Sub2x1, ..Jpeg::GOOD }, COMPRESSED);
}

#[test]
fn pixels_of_every_orientation_come_out_upright() {
    let rgb = Jpeg { colorspace: Some(Colorspace::RGB), subsamp: Subsamp::None, ..Jpeg::GOOD };
    assert_upright_for_every_orientation(rgb, Rendition { format: OutputFormat::Png, ..COMPRESSED });
}

#[test]
fn a_turned_picture_is_fitted_by_its_upright_size() {
    let input = with_exif(&jpeg(&crate::samples::photo(3000, 2000)), 6);
    let output = process(&input, &[COMPRESSED, THUMBNAIL]).unwrap();
    assert_eq!(output.source, Size::new(2000, 3000));
    assert_eq!(output.images[0].size, Size::new(720, 1080));
    assert_eq!(output.images[1].size, Size::new(320, 240));
}

#[test]
fn the_position_and_all_other_metadata_are_gone() {
    let input = with_exif(&jpeg(&coffee()), 1);
    assert!(contains(&input, b"WGS-84") && contains(&input, b"Exif"));
    for format in [OutputFormat::Jpeg { quality: 85 }, OutputFormat::Png, OutputFormat::WebP { quality: 80 }] {
        let output = process_one(&input, Rendition { format, ..COMPRESSED }).bytes;
        for metadata in [b"WGS-84".as_slice(), b"Exif", b"EXIF", b"eXIf", b"ICC_PROFILE", b"http://ns.adobe.com"] {
            assert!(!contains(&output, metadata), "{format}: {}", String::from_utf8_lossy(metadata));
        }
    }
}

#[test]
fn an_orientation_that_does_not_exist_is_ignored() {
    let output = process_one(&with_exif(&jpeg(&coffee()), 9), COMPRESSED);
    assert_eq!(output.size, Size::new(600, 400));
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
