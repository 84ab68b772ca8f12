//! From job to files.

use serde_json::json;
use synapse_queue_engine::processor::LogLevel;
use synapse_queue_processors::stores::FileUpdate;

use crate::bench::Bench;
use crate::clips::{clip, compliant, ffmpeg};

#[tokio::test]
async fn an_upload_gets_a_video_a_poster_and_an_updated_row() {
    let bench = Bench::new();
    clip(bench.root(), "in.avi", &["-c:v", "mpeg4", "-q:v", "2", "-c:a", "mp3"]);
    let result = bench.completed(json!({ "fileId": "f1", "filePath": "/in.avi", "userId": "u1" })).await;
    assert_eq!(result["videoUrl"], "https://cdn.example.com/f1-compressed.mp4");
    assert_eq!(result["posterUrl"], "https://cdn.example.com/f1-poster.jpg");
    assert!(result["savings"].as_f64().unwrap() > 0.0);
    assert!(result.get("outputPath").is_none());
    let poster = image::open(bench.path("f1-poster.jpg")).unwrap();
    assert_eq!((poster.width(), poster.height()), (320, 240));
    let update = FileUpdate {
        compressed_url: "https://cdn.example.com/f1-compressed.mp4".into(),
        thumbnail_url: "https://cdn.example.com/f1-poster.jpg".into(),
        processed: true,
    };
    assert_eq!(*bench.files.updates.lock().unwrap(), [("f1".to_owned(), update)]);
    assert_eq!(
        bench.context.logs(),
        [
            (LogLevel::Info, "🎥 Processing video job 7 for file f1".to_owned()),
            (LogLevel::Info, "✅ Video processing job 7 completed".to_owned()),
        ]
    );
}

#[tokio::test]
async fn progress_follows_ffmpeg_only_grows_and_ends_at_100() {
    let bench = Bench::new();
    let source = "testsrc2=size=1280x720:rate=25:duration=6";
    ffmpeg(bench.root(), &["-f", "lavfi", "-i", source, "-c:v", "mpeg4", "in.avi"]);
    bench.converted("in.avi").await;
    let progress: Vec<u8> =
        bench.context.progress.lock().unwrap().iter().map(|percent| percent.parse().unwrap()).collect();
    assert!(progress.is_sorted(), "{progress:?}");
    assert!(progress.iter().any(|percent| (11..90).contains(percent)), "{progress:?}");
    assert_eq!(progress.last(), Some(&100));
}

#[tokio::test]
async fn a_job_cancelled_while_it_runs_writes_nothing_and_leaves_no_process() {
    let mut bench = Bench::new();
    bench.context.cancel_at_progress = Some("10");
    let source = "testsrc2=size=1280x720:rate=25:duration=20";
    ffmpeg(bench.root(), &["-f", "lavfi", "-i", source, "-c:v", "mpeg4", "in.avi"]);
    let failure = bench.refused("in.avi").await;
    assert_eq!(failure.code.as_deref(), Some("CANCELLED"));
    assert_eq!(bench.processes(), Vec::<String>::new());
}

#[tokio::test]
async fn the_original_is_deleted_on_request_and_a_repeated_attempt_finds_its_result() {
    let bench = Bench::new();
    compliant(bench.root(), "in.mp4");
    let data = json!({ "filePath": "in.mp4", "outputPath": "videos/out.mp4", "deleteOriginal": true });
    let first = bench.completed(data.clone()).await;
    assert_eq!(first["outputPath"], "videos/out.mp4");
    assert_eq!(first["posterUrl"], "https://cdn.example.com/videos/out-poster.jpg");
    assert!(!bench.path("in.mp4").exists());
    assert_eq!(bench.completed(data).await, first);
}

#[tokio::test]
async fn a_missing_file_may_be_retried() {
    let failure = Bench::new().refused("later.mp4").await;
    assert_eq!(failure.code.as_deref(), Some("FILE_NOT_FOUND"));
    assert!(!failure.is_unrecoverable());
}
