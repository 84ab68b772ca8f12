//! What comes out of which clip.

use serde_json::json;

use crate::bench::Bench;
use crate::clips::{H264_AAC, clip, codecs, compliant, ffmpeg, probe, starts_at_once};

/// Options of ffmpeg for clips that browsers do not play, by name.
const FOREIGN: [(&str, &[&str]); 6] = [
    ("vp9.webm", &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"]),
    ("mpeg4.avi", &["-c:v", "mpeg4", "-c:a", "mp3"]),
    ("mpeg2.ts", &["-c:v", "mpeg2video", "-c:a", "mp2"]),
    ("hevc.mkv", &["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-c:a", "flac"]),
    ("deep.mp4", &["-c:v", "libx264", "-pix_fmt", "yuv444p10le", "-c:a", "aac"]),
    ("mjpeg.mov", &["-c:v", "mjpeg", "-q:v", "2", "-c:a", "pcm_s16le"]),
];

#[tokio::test]
async fn clips_of_every_codec_become_h264_and_aac_that_start_at_once() {
    for (name, options) in FOREIGN {
        let bench = Bench::new();
        clip(bench.root(), name, options);
        let result = bench.converted(name).await;
        let video = bench.path("out.mp4");
        assert_eq!(codecs(&video), ["h264", "aac"], "{name}");
        assert!(starts_at_once(&video), "{name}");
        assert_eq!(probe(&video)["streams"][0]["pix_fmt"], "yuv420p", "{name}");
        assert_eq!((&result["width"], &result["height"]), (&json!(320), &json!(240)), "{name}");
        let duration = result["durationMs"].as_u64().unwrap();
        assert!((1900..=2200).contains(&duration), "{name}: {duration} ms");
        assert_eq!(result["compressedSize"], video.metadata().unwrap().len(), "{name}");
        assert_eq!(result["originalSize"], bench.path(name).metadata().unwrap().len(), "{name}");
    }
}

#[tokio::test]
async fn a_compliant_clip_keeps_its_streams() {
    let bench = Bench::new();
    compliant(bench.root(), "in.mp4");
    bench.converted("in.mp4").await;
    let stream = |name: &str| {
        ffmpeg(bench.root(), &["-i", name, "-map", "0:v", "-c", "copy", "-f", "h264", "stream"]);
        std::fs::read(bench.path("stream")).unwrap()
    };
    assert!(stream("in.mp4") == stream("out.mp4"), "the picture was encoded again");
    assert!(!starts_at_once(&bench.path("in.mp4")) && starts_at_once(&bench.path("out.mp4")));
}

#[tokio::test]
async fn a_large_clip_is_scaled_to_fit_and_a_small_one_is_not_enlarged() {
    let bench = Bench::new();
    let source = "testsrc2=size=1920x1080:rate=10:duration=1";
    ffmpeg(bench.root(), &["-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", "in.mp4"]);
    let result = bench.converted("in.mp4").await;
    assert_eq!((&result["width"], &result["height"]), (&json!(1280), &json!(720)));
    let options = json!({ "maxWidth": 101, "maxHeight": 101 });
    let data = json!({ "filePath": "in.mp4", "outputPath": "small.mp4", "options": options });
    let result = bench.completed(data).await;
    assert_eq!((&result["width"], &result["height"]), (&json!(100), &json!(56)));
}

#[tokio::test]
async fn a_clip_from_a_camera_held_upright_comes_out_upright() {
    let bench = Bench::new();
    compliant(bench.root(), "flat.mp4");
    ffmpeg(bench.root(), &["-i", "flat.mp4", "-c", "copy", "-metadata:s:v", "rotate=90", "in.mp4"]);
    let options = json!({ "maxWidth": 120, "maxHeight": 160 });
    let result = bench.completed(json!({ "filePath": "in.mp4", "outputPath": "out.mp4", "options": options })).await;
    assert_eq!((&result["width"], &result["height"]), (&json!(120), &json!(160)));
    let poster = image::open(bench.path("out-poster.jpg")).unwrap();
    assert_eq!((poster.width(), poster.height()), (120, 160));
    let result = bench.converted("in.mp4").await;
    assert_eq!((&result["width"], &result["height"]), (&json!(240), &json!(320)));
}

#[tokio::test]
async fn a_silent_clip_stays_silent() {
    let bench = Bench::new();
    clip(bench.root(), "in.mkv", &["-an", "-c:v", "mpeg4"]);
    bench.converted("in.mkv").await;
    assert_eq!(codecs(&bench.path("out.mp4")), ["h264"]);
}

#[tokio::test]
async fn frames_of_variable_length_keep_their_time() {
    let bench = Bench::new();
    let uneven =
        ["-vf", "select='not(mod(n,7))+lt(n,10)',setpts=PTS", "-fps_mode", "vfr", "-c:v", "mpeg4", "-c:a", "aac"];
    clip(bench.root(), "in.mkv", &uneven);
    let result = bench.converted("in.mkv").await;
    let duration = result["durationMs"].as_u64().unwrap();
    assert!((1900..=2400).contains(&duration), "{duration} ms");
    let frames = probe(&bench.path("out.mp4"))["streams"][0]["nb_frames"].as_str().unwrap().parse::<u32>().unwrap();
    assert!(frames < 30, "{frames} frames: gaps were filled");
}

#[tokio::test]
async fn a_recording_that_does_not_know_its_end_is_converted() {
    let bench = Bench::new();
    let live = ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-f", "webm", "-live", "1"];
    clip(bench.root(), "in.webm", &live);
    assert!(probe(&bench.path("in.webm"))["format"]["duration"].is_null());
    let result = bench.converted("in.webm").await;
    assert!(result["durationMs"].as_u64().unwrap() >= 1900);
}

#[tokio::test]
async fn metadata_of_file_and_streams_is_dropped() {
    let bench = Bench::new();
    for (name, codec) in [("remuxed.mp4", "libx264"), ("encoded.mp4", "mpeg4")] {
        let metadata =
            ["-metadata", "title=SECRET", "-metadata", "location=+48.1+11.5/", "-metadata:s:v", "title=SECRET"];
        let codecs = ["-c:v", codec, "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "use_metadata_tags"];
        clip(bench.root(), name, &[metadata.as_slice(), &codecs].concat());
        bench.converted(name).await;
        let bytes =
            [std::fs::read(bench.path("out.mp4")).unwrap(), std::fs::read(bench.path("out-poster.jpg")).unwrap()]
                .concat();
        for trace in [b"SECRET".as_slice(), b"+48.1", b"Lavf"] {
            assert!(!bytes.windows(trace.len()).any(|window| window == trace), "{name}: {}", trace.escape_ascii());
        }
    }
}

#[tokio::test]
async fn a_result_larger_than_the_source_is_dropped_for_the_source_s_own_streams() {
    let bench = Bench::new();
    // Wider than the bounds, but already compressed far beyond what ours aims at.
    let source = "testsrc2=size=1600x200:rate=25:duration=2";
    let poor = ["-c:v", "libx264", "-crf", "51", "-preset", "veryslow", "-pix_fmt", "yuv420p"];
    ffmpeg(bench.root(), &[["-f", "lavfi", "-i", source].as_slice(), &poor, &["in.mp4"]].concat());
    let result = bench.converted("in.mp4").await;
    assert_eq!(result["width"], 1600);
    assert!(result["compressedSize"].as_u64() <= result["originalSize"].as_u64());
}

#[tokio::test]
async fn cover_pictures_and_further_streams_are_left_out() {
    let bench = Bench::new();
    compliant(bench.root(), "clip.mp4");
    std::fs::write(bench.path("s.srt"), "1\n00:00:00,000 --> 00:00:01,000\nhello\n").unwrap();
    let inputs = ["-i", "clip.mp4", "-i", "s.srt", "-map", "0:v", "-map", "0:a", "-map", "0:a", "-map", "1"];
    ffmpeg(bench.root(), &[inputs.as_slice(), &H264_AAC, &["-c:s", "srt", "in.mkv"]].concat());
    bench.converted("in.mkv").await;
    assert_eq!(codecs(&bench.path("out.mp4")), ["h264", "aac"]);
}
