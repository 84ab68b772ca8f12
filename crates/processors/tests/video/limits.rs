//! What one video may take.

use std::time::Duration;

use synapse_queue_processors::video::{VideoLimits, VideoTools};

use crate::bench::Bench;
use crate::clips::{clip, compliant, ffmpeg};

async fn refused_with(limits: VideoLimits) -> String {
    let bench = Bench::with(limits, VideoTools::default());
    clip(bench.root(), "in.avi", &["-c:v", "mpeg4", "-c:a", "mp3"]);
    let failure = bench.refused("in.avi").await;
    format!("{}: {}", failure.code.unwrap_or_default(), failure.message)
}

#[tokio::test]
async fn size_pixels_and_duration_of_the_upload_are_limited() {
    let default = VideoLimits::default;
    let cases = [
        (VideoLimits { max_input_bytes: 1000, ..default() }, "more than the limit of 1000"),
        (VideoLimits { max_pixels: 1000, ..default() }, "320x240 pixels, more than the limit of 1000"),
        (VideoLimits { max_duration: Duration::from_secs(1), ..default() }, "longer than the limit of 1 s"),
    ];
    for (limits, expected) in cases {
        let refusal = refused_with(limits).await;
        assert!(refusal.starts_with("VIDEO_TOO_LARGE: ") && refusal.contains(expected), "{refusal}");
    }
}

#[tokio::test]
async fn the_size_of_the_result_is_limited() {
    let refusal = refused_with(VideoLimits { max_output_bytes: 4096, ..VideoLimits::default() }).await;
    assert_eq!(refusal, "VIDEO_TOO_LARGE: video is too large: the result has more than 4096 bytes");
}

#[tokio::test]
async fn memory_is_limited() {
    let bench = Bench::with(VideoLimits { max_memory: 300 << 20, ..VideoLimits::default() }, VideoTools::default());
    let source = "testsrc2=size=3840x2160:rate=5:duration=1";
    ffmpeg(bench.root(), &["-f", "lavfi", "-i", source, "-c:v", "mpeg4", "in.avi"]);
    let failure = bench.refused("in.avi").await;
    assert_eq!(failure.code.as_deref(), Some("VIDEO_TOO_LARGE"), "{}", failure.message);
    assert!(failure.message.contains("more memory than the limit"), "{}", failure.message);
}

#[tokio::test]
async fn the_number_of_streams_is_limited() {
    let bench = Bench::with(VideoLimits { max_streams: 2, ..VideoLimits::default() }, VideoTools::default());
    compliant(bench.root(), "clip.mp4");
    let streams = ["-map", "0:a", "-map", "0:a", "-map", "0:a", "-map", "0:v"];
    ffmpeg(bench.root(), &[["-i", "clip.mp4"].as_slice(), &streams, &["-c", "copy", "in.mkv"]].concat());
    let failure = bench.refused("in.mkv").await;
    assert!(failure.is_unrecoverable(), "{failure:?}");
}

#[tokio::test]
async fn time_is_limited_and_the_job_may_be_tried_again() {
    let bench =
        Bench::with(VideoLimits { timeout: Duration::from_millis(1), ..VideoLimits::default() }, VideoTools::default());
    compliant(bench.root(), "in.mp4");
    let failure = bench.refused("in.mp4").await;
    assert_eq!(failure.code.as_deref(), Some("VIDEO_TIMEOUT"));
    assert!(!failure.is_unrecoverable());
}

#[tokio::test]
async fn without_ffmpeg_the_job_says_so() {
    let bench =
        Bench::with(VideoLimits::default(), VideoTools { ffmpeg: "/no/ffmpeg".into(), ..VideoTools::default() });
    let failure = bench.refused("in.mp4").await;
    assert_eq!(failure.code.as_deref(), Some("FFMPEG_NOT_FOUND"));
    assert_eq!(failure.message, "`/no/ffmpeg` was not found: videos need ffmpeg and ffprobe");
    assert!(!failure.is_unrecoverable(), "another worker may have it");
}
