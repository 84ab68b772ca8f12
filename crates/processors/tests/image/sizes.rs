//! Sizes that come out.

use synapse_queue_processors::image::{Fit, OutputFormat, Rendition, Size};

use crate::samples::{COMPRESSED, THUMBNAIL, fixture, jpeg, photo, process};

fn sizes(width: u32, height: u32) -> [Size; 2] {
    let output = process(&jpeg(&photo(width, height)), &[COMPRESSED, THUMBNAIL]).unwrap();
    assert_eq!(output.source, Size::new(width, height));
    for image in &output.images {
        let decoded = image::load_from_memory(&image.bytes).unwrap();
        assert_eq!((decoded.width(), decoded.height()), (image.size.width, image.size.height));
    }
    [output.images[0].size, output.images[1].size]
}

#[test]
fn a_photograph_of_12_megapixels_fits_into_full_hd_and_its_thumbnail_is_exact() {
    assert_eq!(sizes(4000, 3000), [Size::new(1440, 1080), Size::new(320, 240)]);
}

#[test]
fn a_portrait_of_24_megapixels_keeps_its_aspect_ratio() {
    assert_eq!(sizes(4000, 6000), [Size::new(720, 1080), Size::new(320, 240)]);
}

#[test]
fn a_small_picture_is_never_enlarged_but_its_thumbnail_keeps_its_size() {
    assert_eq!(sizes(200, 101), [Size::new(200, 101), Size::new(320, 240)]);
}

#[test]
fn one_decode_gives_renditions_of_several_formats() {
    let renditions = [
        Rendition { fit: Fit::Inside(Size::new(500, 500)), format: OutputFormat::Png },
        Rendition { fit: Fit::Cover(Size::new(64, 64)), format: OutputFormat::WebP { quality: 80 } },
        Rendition { fit: Fit::Inside(Size::new(100, 1000)), format: OutputFormat::Jpeg { quality: 50 } },
    ];
    let output = process(&fixture("rocket.jpg"), &renditions).unwrap();
    let found: Vec<_> =
        output.images.iter().map(|image| (image::guess_format(&image.bytes).unwrap(), image.size)).collect();
    assert_eq!(
        found,
        [
            (image::ImageFormat::Png, Size::new(500, 334)),
            (image::ImageFormat::WebP, Size::new(64, 64)),
            (image::ImageFormat::Jpeg, Size::new(100, 67)),
        ]
    );
}

#[test]
fn higher_quality_takes_more_bytes() {
    let len = |quality| {
        let format = OutputFormat::Jpeg { quality };
        process(&fixture("rocket.jpg"), &[Rendition { format, ..COMPRESSED }]).unwrap().images[0].bytes.len()
    };
    assert!(len(40) < len(75) && len(75) < len(95));
}
