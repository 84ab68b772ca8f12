//! Without C code.

use synapse_queue_processors::image::{Decoders, EncodedImage, ImageError, ImageOptions, Rendition, run};
use tokio_util::sync::CancellationToken;
use turbojpeg::{Compressor, PixelFormat, Subsamp};

use crate::measures::psnr;
use crate::samples::{COMPRESSED, Jpeg, coffee, decode, fixture, jpeg, process_one, with_exif, with_icc};

fn safely(input: &[u8], rendition: Rendition) -> Result<EncodedImage, ImageError> {
    let options = ImageOptions { renditions: vec![rendition], max_pixels: 100_000_000, decoders: Decoders::MemorySafe };
    run(input, &options, &CancellationToken::new()).map(|mut output| output.images.remove(0))
}

#[test]
fn every_kind_of_jpeg_gives_the_picture_that_the_fastest_decoders_give() {
    let picture = coffee();
    let kinds = [
        Jpeg::GOOD,
        Jpeg { progressive: true, ..Jpeg::GOOD },
        Jpeg { subsamp: Subsamp::None, ..Jpeg::GOOD },
        Jpeg { subsamp: Subsamp::Sub2x1, ..Jpeg::GOOD },
    ];
    let grey = process_one(&fixture("camera.png"), COMPRESSED).bytes;
    let inputs = kinds.map(|kind| kind.encode(&picture)).into_iter().chain([grey, fixture("rocket.jpg")]);
    for (index, input) in inputs.enumerate() {
        let (safe, fast) = (safely(&input, COMPRESSED).unwrap(), process_one(&input, COMPRESSED));
        assert_eq!(safe.size, fast.size);
        let similarity = psnr(&decode(&safe.bytes), &decode(&fast.bytes));
        assert!(similarity > 34.0, "input {index}: {similarity} dB");
    }
}

#[test]
fn orientation_and_profile_are_applied_too() {
    let turned = safely(&with_exif(&jpeg(&coffee()), 6), COMPRESSED).unwrap();
    assert_eq!((turned.size.width, turned.size.height), (400, 600));
    let input = with_icc(&jpeg(&coffee()), &moxcms::ColorProfile::new_display_p3());
    let (safe, fast) = (safely(&input, COMPRESSED).unwrap(), process_one(&input, COMPRESSED));
    assert!(psnr(&decode(&safe.bytes), &decode(&fast.bytes)) > 34.0);
}

#[test]
fn four_inks_become_rgb() {
    let inverted: Vec<u8> = [[255, 0, 255, 255], [0, 255, 0, 128]].iter().flat_map(|ink| ink.repeat(512)).collect();
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(95).unwrap();
    let pixels =
        turbojpeg::Image { pixels: inverted.as_slice(), width: 32, pitch: 128, height: 32, format: PixelFormat::CMYK };
    let output = decode(&safely(&compressor.compress_to_vec(pixels).unwrap(), COMPRESSED).unwrap().bytes);
    let pixel = output.get_pixel(16, 4).0;
    assert!(pixel[0] > 230 && pixel[1] < 30 && pixel[2] > 230, "{pixel:?}");
}

#[test]
fn a_truncated_jpeg_is_an_error() {
    for input in [jpeg(&coffee()), Jpeg { progressive: true, ..Jpeg::GOOD }.encode(&coffee())] {
        for kept in [input.len() / 10, input.len() / 2, input.len() * 9 / 10] {
            let error = safely(&input[..kept], COMPRESSED).unwrap_err();
            assert_eq!(error.code(), "CORRUPT_IMAGE", "cut to {kept} of {}: {error}", input.len());
        }
    }
}
