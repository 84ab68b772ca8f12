//! Colour profiles.

use image::{GrayImage, Luma, Rgb, RgbImage};
use moxcms::{ColorProfile, Layout, TransformOptions};
use synapse_queue_processors::image::{OutputFormat, Rendition};
use turbojpeg::{Compressor, PixelFormat, Subsamp};

use crate::measures::psnr;
use crate::samples::{COMPRESSED, Jpeg, coffee, decode, jpeg, process_one, with_icc};

fn converted(picture: &RgbImage, profile: &ColorProfile) -> RgbImage {
    let transform = profile
        .create_transform_8bit(Layout::Rgb, &ColorProfile::new_srgb(), Layout::Rgb, TransformOptions::default())
        .unwrap();
    let mut samples = vec![0; picture.as_raw().len()];
    transform.transform(picture.as_raw(), &mut samples).unwrap();
    RgbImage::from_raw(picture.width(), picture.height(), samples).unwrap()
}

#[test]
fn wide_colours_of_phones_and_cameras_become_srgb() {
    for profile in [ColorProfile::new_display_p3(), ColorProfile::new_adobe_rgb()] {
        let expected = converted(&coffee(), &profile);
        let input = with_icc(&jpeg(&coffee()), &profile);
        for format in [OutputFormat::Jpeg { quality: 92 }, OutputFormat::WebP { quality: 92 }, OutputFormat::Png] {
            let output = decode(&process_one(&input, Rendition { format, ..COMPRESSED }).bytes);
            let (right, wrong) = (psnr(&expected, &output), psnr(&coffee(), &output));
            assert!(right > 31.0 && right > wrong + 2.0, "{format}: {right} dB, unconverted {wrong} dB");
        }
    }
}

#[test]
fn a_profile_in_a_png_is_honoured() {
    let profile = ColorProfile::new_display_p3();
    let picture = RgbImage::from_pixel(32, 32, Rgb([200, 60, 60]));
    let mut png = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut png);
    image::ImageEncoder::set_icc_profile(&mut encoder, profile.encode().unwrap()).unwrap();
    image::ImageEncoder::write_image(encoder, picture.as_raw(), 32, 32, image::ExtendedColorType::Rgb8).unwrap();
    let output = decode(&process_one(&png, Rendition { format: OutputFormat::Png, ..COMPRESSED }).bytes);
    assert_eq!(output, converted(&picture, &profile));
}

#[test]
fn srgb_written_out_as_a_profile_changes_no_byte() {
    let plain = jpeg(&coffee());
    let tagged = with_icc(&plain, &ColorProfile::new_srgb());
    assert_eq!(process_one(&plain, COMPRESSED), process_one(&tagged, COMPRESSED));
}

#[test]
fn a_grey_profile_is_honoured() {
    let picture = GrayImage::from_pixel(32, 32, Luma([128]));
    let mut compressor = Compressor::new().unwrap();
    compressor.set_subsamp(Subsamp::Gray).unwrap();
    let pixels = turbojpeg::Image {
        pixels: picture.as_raw().as_slice(),
        width: 32,
        pitch: 32,
        height: 32,
        format: PixelFormat::GRAY,
    };
    let grey = compressor.compress_to_vec(pixels).unwrap();
    let output = decode(&process_one(&with_icc(&grey, &ColorProfile::new_gray_with_gamma(1.0)), COMPRESSED).bytes);
    // Half of the light is level 188 in sRGB.
    let level = output.get_pixel(16, 16)[0];
    assert!(level.abs_diff(188) <= 2, "{level}");
}

#[test]
fn a_damaged_profile_is_ignored() {
    let plain = Jpeg::GOOD.encode(&coffee());
    let tagged = crate::samples::with_segment(&plain, 0xE2, b"ICC_PROFILE\0\x01\x01 no profile at all");
    assert_eq!(process_one(&plain, COMPRESSED), process_one(&tagged, COMPRESSED));
}
