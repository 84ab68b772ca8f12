//! Square pictures of a user.

use serde_json::{Value, json};
use synapse_queue_engine::processor::LogLevel;
use synapse_queue_processors::avatar::AvatarOptions;
use synapse_queue_processors::image::{Fit, OutputFormat, Rendition, Size};
use synapse_queue_processors::stores::UserUpdate;

use crate::bench::Bench;
use crate::measures::ssim;
use crate::samples::{decode, jpeg, photo, process, process_one};

fn upload() -> Value {
    json!({ "filePath": "/uploads/photo.jpg", "userId": "u1" })
}

fn square(side: u32) -> Rendition {
    Rendition { fit: Fit::Cover(Size::new(side, side)), format: OutputFormat::Png }
}

#[tokio::test]
async fn a_user_gets_webp_avatars_of_five_sizes_and_an_updated_row() {
    let bench = Bench::avatars(AvatarOptions::default());
    let result = bench.completed(upload()).await;
    let url = |side: u32| format!("https://cdn.example.com/avatars/u1-{side}.webp");
    let mut compressed_size = 0;
    for side in [32, 64, 128, 256, 512] {
        let written = std::fs::read(bench.path(&format!("avatars/u1-{side}.webp"))).unwrap();
        assert_eq!(image::guess_format(&written).unwrap(), image::ImageFormat::WebP);
        assert_eq!(decode(&written).dimensions(), (side, side));
        assert_eq!(result["sizes"][side.to_string()], url(side));
        compressed_size += written.len();
    }
    assert_eq!(result["avatarUrl"], url(512));
    assert_eq!(result["originalSize"], 112_525);
    assert_eq!(result["compressedSize"], compressed_size);
    assert!(result["savings"].as_f64().unwrap() > 10.0);
    assert_eq!(*bench.users.updates.lock().unwrap(), [("u1".to_owned(), UserUpdate { avatar: url(512) })]);
}

#[tokio::test]
async fn sizes_and_format_are_the_configured_ones() {
    let options = AvatarOptions::parse(Some(&[40, 96]), Some("jpeg"), Some(80)).unwrap();
    let bench = Bench::avatars(options);
    let result = bench.completed(upload()).await;
    assert_eq!(
        result["sizes"],
        json!({ "40": "https://cdn.example.com/avatars/u1-40.jpg", "96": "https://cdn.example.com/avatars/u1-96.jpg" })
    );
    assert_eq!(decode(&std::fs::read(bench.path("avatars/u1-40.jpg")).unwrap()).dimensions(), (40, 40));
}

#[tokio::test]
async fn progress_and_log_lines_are_those_of_any_native_job() {
    let bench = Bench::avatars(AvatarOptions::default());
    bench.completed(upload()).await;
    assert_eq!(bench.context.progress.lock().unwrap().last().map(String::as_str), Some("100"));
    assert_eq!(
        bench.logs(),
        [
            (LogLevel::Info, "👤 Optimizing avatar job 7 for user u1".to_owned()),
            (LogLevel::Info, "✅ Avatar optimization job 7 completed".to_owned()),
        ]
    );
}

#[tokio::test]
async fn users_whose_id_leaves_the_storage_are_refused_before_anything_is_read() {
    let bench = Bench::avatars(AvatarOptions::default());
    let failure = bench.failed(json!({ "filePath": "missing.jpg", "userId": "../../x" })).await;
    assert_eq!(failure.code.as_deref(), Some("PATH_OUTSIDE_STORAGE"));
}

#[tokio::test]
async fn an_upload_that_is_no_picture_changes_nothing() {
    let bench = Bench::avatars(AvatarOptions::default());
    std::fs::write(bench.path("uploads/photo.jpg"), "<svg/>").unwrap();
    let failure = bench.failed(upload()).await;
    assert_eq!(failure.code.as_deref(), Some("UNSUPPORTED_FORMAT"));
    assert!(failure.is_unrecoverable());
    assert!(bench.users.updates.lock().unwrap().is_empty());
    assert!(!bench.path("avatars").exists());
}

#[test]
fn a_cascade_is_as_good_as_scaling_each_size_from_the_original() {
    let input = jpeg(&photo(3000, 2000));
    let cascade = process(&input, &[512, 256, 128, 64, 32].map(square)).unwrap();
    for image in &cascade.images {
        let direct = process_one(&input, square(image.size.width));
        let similarity = ssim(&decode(&image.bytes), &decode(&direct.bytes));
        assert!(similarity > 0.98, "{}: SSIM {similarity}", image.size.width);
    }
}
