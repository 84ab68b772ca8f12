//! From job to files.

use std::path::Path;

use serde_json::{Value, json};
use synapse_queue_engine::processor::{LogLevel, Outcome};
use synapse_queue_processors::image::ImageLimits;
use synapse_queue_processors::stores::FileUpdate;

use crate::bench::Bench;
use crate::samples::{jpeg, photo};

fn upload() -> Value {
    json!({ "fileId": "f1", "filePath": "/uploads/photo.jpg", "userId": "u1" })
}

fn size_of(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}

#[tokio::test]
async fn an_upload_gets_a_compressed_image_a_thumbnail_and_an_updated_row() {
    let bench = Bench::new();
    let result = bench.completed(upload()).await;
    assert_eq!(
        result,
        json!({
            "compressedUrl": "https://cdn.example.com/f1-compressed.jpg",
            "thumbnailUrl": "https://cdn.example.com/f1-thumbnail.jpg",
            "originalSize": 112_525,
            "compressedSize": size_of(&bench.path("f1-compressed.jpg")),
            "thumbnailSize": size_of(&bench.path("f1-thumbnail.jpg")),
            "originalDimensions": { "width": 640, "height": 427 },
            "compressedDimensions": { "width": 640, "height": 427 },
            "thumbnailDimensions": { "width": 320, "height": 240 },
        })
    );
    let update = FileUpdate {
        compressed_url: "https://cdn.example.com/f1-compressed.jpg".into(),
        thumbnail_url: "https://cdn.example.com/f1-thumbnail.jpg".into(),
        processed: true,
    };
    assert_eq!(*bench.files.updates.lock().unwrap(), [("f1".to_owned(), update)]);
}

#[tokio::test]
async fn the_log_lines_are_those_of_the_document() {
    let bench = Bench::new();
    bench.completed(upload()).await;
    assert_eq!(
        bench.logs(),
        [
            (LogLevel::Info, "🖼️ Processing image job 7 for file f1".to_owned()),
            (LogLevel::Info, "✅ Image processing job 7 completed".to_owned()),
        ]
    );
}

#[tokio::test]
async fn a_failure_is_logged_with_its_reason() {
    let bench = Bench::new();
    bench.failed(json!({ "fileId": "f1", "filePath": "missing.jpg" })).await;
    let expected = "Error processing image job 7: file `missing.jpg` does not exist in the storage";
    assert_eq!(bench.logs()[1], (LogLevel::Error, expected.to_owned()));
}

#[tokio::test]
async fn progress_only_grows_and_ends_at_100() {
    let bench = Bench::new();
    bench.completed(upload()).await;
    let progress: Vec<u8> =
        bench.context.progress.lock().unwrap().iter().map(|percent| percent.parse().unwrap()).collect();
    assert!(progress.is_sorted() && progress.iter().all(|percent| [10, 60, 90, 100].contains(percent)), "{progress:?}");
    assert_eq!(progress.last(), Some(&100));
}

#[tokio::test]
async fn a_conversion_writes_one_image_and_tells_what_was_saved() {
    let bench = Bench::new();
    let options = json!({ "maxWidth": 100, "maxHeight": 100, "quality": 60, "format": "webp" });
    let data = json!({ "filePath": "uploads/photo.jpg", "outputPath": "web/photo.webp", "options": options });
    let result = bench.completed(data).await;
    let written = std::fs::read(bench.path("web/photo.webp")).unwrap();
    assert_eq!(image::guess_format(&written).unwrap(), image::ImageFormat::WebP);
    assert_eq!(result["originalSize"], 112_525);
    assert_eq!(result["compressedSize"], written.len());
    assert!(result["savings"].as_f64().unwrap() > 90.0);
    assert_eq!(result["outputPath"], "web/photo.webp");
    assert_eq!(result["outputDimensions"], json!({ "width": 100, "height": 67 }));
    assert!(bench.path("uploads/photo.jpg").exists());
    assert!(bench.files.updates.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_original_is_deleted_on_request_and_a_repeated_attempt_finds_its_result() {
    let bench = Bench::new();
    let data = json!({ "filePath": "uploads/photo.jpg", "outputPath": "photo.png", "deleteOriginal": true });
    let first = bench.completed(data.clone()).await;
    assert!(!bench.path("uploads/photo.jpg").exists());
    assert_eq!(bench.completed(data).await, first);
}

#[tokio::test]
async fn an_original_replaced_by_its_result_is_not_deleted() {
    let bench = Bench::new();
    let data = json!({ "filePath": "/uploads/photo.jpg", "outputPath": "uploads/photo.jpg", "deleteOriginal": true });
    bench.completed(data).await;
    assert!(bench.path("uploads/photo.jpg").exists());
}

#[tokio::test]
async fn a_repeated_job_gives_the_same_files() {
    let bench = Bench::new();
    let first = bench.completed(upload()).await;
    assert_eq!(bench.completed(upload()).await, first);
}

#[tokio::test]
async fn paths_that_leave_the_storage_are_refused_for_good() {
    let bench = Bench::new();
    let cases = [
        json!({ "fileId": "f", "filePath": "../../etc/passwd" }),
        json!({ "fileId": "../f", "filePath": "uploads/photo.jpg" }),
        json!({ "filePath": "uploads/photo.jpg", "outputPath": "../photo.jpg" }),
    ];
    for data in cases {
        let failure = bench.failed(data.clone()).await;
        assert_eq!(failure.code.as_deref(), Some("PATH_OUTSIDE_STORAGE"), "{data}");
        assert!(failure.is_unrecoverable());
    }
}

#[tokio::test]
async fn a_missing_file_may_be_retried() {
    let failure = Bench::new().failed(json!({ "fileId": "f", "filePath": "later.jpg" })).await;
    assert_eq!(failure.code.as_deref(), Some("FILE_NOT_FOUND"));
    assert!(!failure.is_unrecoverable());
}

#[tokio::test]
async fn a_file_without_a_row_fails_with_the_code_of_the_store() {
    let failure = Bench::new().failed(json!({ "fileId": "unknown", "filePath": "uploads/photo.jpg" })).await;
    assert_eq!(failure.code.as_deref(), Some("ROW_NOT_FOUND"));
}

#[tokio::test]
async fn unusable_data_is_refused_for_good() {
    let failure = Bench::new().failed(json!({ "filePath": "uploads/photo.jpg" })).await;
    assert_eq!(failure.code.as_deref(), Some("INVALID_JOB_DATA"));
    assert_eq!(failure.message, "`fileId` must be a string that is not empty, got nothing");
    assert!(failure.is_unrecoverable());
}

#[tokio::test]
async fn limits_of_file_pixels_and_memory_are_kept() {
    let default = ImageLimits::default();
    let cases = [
        ImageLimits { max_pixels: 1000, ..default },
        ImageLimits { max_input_bytes: 1000, ..default },
        ImageLimits { memory_budget: 16 << 20, ..default },
    ];
    for limits in cases {
        let bench = Bench::with_limits(limits);
        std::fs::write(bench.path("uploads/photo.jpg"), jpeg(&photo(3000, 3000))).unwrap();
        let failure = bench.failed(upload()).await;
        assert_eq!(failure.code.as_deref(), Some("IMAGE_TOO_LARGE"), "{limits:?}: {}", failure.message);
        assert!(failure.is_unrecoverable());
    }
}

#[tokio::test]
async fn many_images_queue_for_a_small_budget() {
    let bench = Bench::with_limits(ImageLimits { memory_budget: 96 << 20, ..ImageLimits::default() });
    std::fs::write(bench.path("uploads/photo.jpg"), jpeg(&photo(3000, 2000))).unwrap();
    let jobs = (0..12).map(|id| bench.process(json!({ "fileId": id.to_string(), "filePath": "uploads/photo.jpg" })));
    let outcomes = futures_util::future::join_all(jobs).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Completed(_))), "{outcomes:?}");
}

#[tokio::test]
async fn a_job_cancelled_while_it_runs_writes_nothing() {
    let mut bench = Bench::new();
    bench.context.cancel_at_progress = Some("10");
    std::fs::write(bench.path("uploads/photo.jpg"), jpeg(&photo(4000, 3000))).unwrap();
    let failure = bench.failed(upload()).await;
    assert_eq!(failure.code.as_deref(), Some("CANCELLED"));
    assert!(!bench.path("f1-compressed.jpg").exists());
    assert!(bench.files.updates.lock().unwrap().is_empty());
}
