//! Small files of every format and kind, and every file that was ever handled badly.

use synapse_queue_processors::image::{Decoders, ImageOptions, run};
use tokio_util::sync::CancellationToken;

use crate::samples::THUMBNAIL;

#[test]
fn every_kept_file_gives_a_picture_or_an_error_about_itself() {
    for entry in std::fs::read_dir("tests/image/corpus").unwrap() {
        let path = entry.unwrap().path();
        let input = std::fs::read(&path).unwrap();
        for decoders in [Decoders::Fastest, Decoders::MemorySafe] {
            let options = ImageOptions { renditions: vec![THUMBNAIL], max_pixels: 1_000_000, decoders };
            match run(&input, &options, &CancellationToken::new()) {
                Ok(output) => assert_eq!((output.images[0].size.width, output.images[0].size.height), (320, 240)),
                Err(error) => assert!(
                    ["CORRUPT_IMAGE", "UNSUPPORTED_FORMAT", "IMAGE_TOO_LARGE"].contains(&error.code()),
                    "{}: {error}",
                    path.display()
                ),
            }
        }
    }
}
