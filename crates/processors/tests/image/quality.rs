//! As good as scaling the decoded pixels without shortcuts.

use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::{ImageFormat, RgbImage};
use synapse_queue_processors::image::{EncodedImage, Rendition};
use turbojpeg::Subsamp;

use crate::measures::{psnr, ssim};
use crate::samples::{COMPRESSED, Jpeg, THUMBNAIL, decode, encoded, photo, process};

/// Every pixel decoded in full and scaled once, in RGB.
fn reference(input: &[u8], width: u32, height: u32) -> RgbImage {
    let source = decode(input);
    let (source_width, source_height) = source.dimensions();
    let source = Image::from_vec_u8(source_width, source_height, source.into_raw(), PixelType::U8x3).unwrap();
    let mut scaled = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().fit_into_destination(Some((0.5, 0.5)));
    Resizer::new().resize(&source, &mut scaled, &options).unwrap();
    RgbImage::from_raw(width, height, scaled.into_vec()).unwrap()
}

/// Compares what came out with the same reference compressed at the same quality: what is left is the loss by shortcuts.
fn assert_as_good_as_reference(input: &[u8], image: &EncodedImage, quality: i32) {
    let lossless = reference(input, image.size.width, image.size.height);
    let without_shortcuts = Jpeg { quality, ..Jpeg::GOOD }.encode(&lossless);
    let (ours, theirs) = (decode(&image.bytes), decode(&without_shortcuts));
    let (our_ssim, their_ssim) = (ssim(&lossless, &ours), ssim(&lossless, &theirs));
    let (our_psnr, their_psnr) = (psnr(&lossless, &ours), psnr(&lossless, &theirs));
    assert!(our_ssim > their_ssim - 0.001, "SSIM {our_ssim}, without shortcuts {their_ssim}");
    assert!(our_psnr > their_psnr - 0.4, "PSNR {our_psnr} dB, without shortcuts {their_psnr} dB");
}

fn assert_quality(width: u32, height: u32, jpeg: Jpeg) {
    let input = jpeg.encode(&photo(width, height));
    let renditions: [Rendition; 2] = [COMPRESSED, THUMBNAIL];
    let output = process(&input, &renditions).unwrap();
    assert_as_good_as_reference(&input, &output.images[0], 85);
    assert_as_good_as_reference(&input, &output.images[1], 75);
}

#[test]
fn twelve_megapixels_scale_as_well_as_without_shortcuts() {
    assert_quality(4000, 3000, Jpeg::GOOD);
}

#[test]
fn full_chroma_scales_as_well_as_without_shortcuts() {
    assert_quality(2500, 1900, Jpeg { subsamp: Subsamp::None, ..Jpeg::GOOD });
}

#[test]
fn averaging_rows_of_a_png_is_not_seen() {
    let input = encoded(photo(3300, 2500), ImageFormat::Png);
    let output = process(&input, &[THUMBNAIL]).unwrap();
    assert_as_good_as_reference(&input, &output.images[0], 75);
}

#[test]
fn shrinking_in_the_decoder_is_not_seen() {
    assert_quality(6000, 4000, Jpeg::GOOD);
}
