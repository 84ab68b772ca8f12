//! What must not be converted, and what must not be reached.

use std::net::TcpListener;

use crate::bench::Bench;
use crate::clips::{clip, compliant, ffmpeg};

/// Nobody has knocked.
fn assert_no_connection(listener: &TcpListener) {
    listener.set_nonblocking(true).unwrap();
    let error = listener.accept().expect_err("a connection was made");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_file_that_names_other_files_or_the_network_is_refused_and_reaches_neither() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/clip.ts", listener.local_addr().unwrap());
    let bench = Bench::new();
    let secret = bench.path("secret.ts");
    clip(bench.root(), "secret.ts", &["-c:v", "mpeg2video", "-c:a", "mp2"]);
    let secret = secret.display();
    let playlists = [
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}\n"),
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n".to_owned(),
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n"),
        format!("ffconcat version 1.0\nfile {secret}\n"),
        format!("ffconcat version 1.0\nfile {url}\n"),
        format!("<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><BaseURL>{url}</BaseURL></MPD>"),
        format!("v=0\no=- 0 0 IN IP4 127.0.0.1\ns={url}\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"),
        format!("[playlist]\nFile1={url}\n"),
    ];
    for playlist in playlists {
        for name in ["in.mp4", "in.m3u8", "in.ts"] {
            std::fs::write(bench.path(name), &playlist).unwrap();
            let failure = bench.refused(name).await;
            assert_eq!(failure.code.as_deref(), Some("UNSUPPORTED_FORMAT"), "{playlist}: {}", failure.message);
            assert!(failure.is_unrecoverable());
        }
    }
    assert_no_connection(&listener);
}

#[tokio::test]
async fn names_that_look_like_options_or_protocols_are_only_names() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let bench = Bench::new();
    compliant(bench.root(), "clip.mp4");
    for name in ["-f lavfi", "concat:a|b.mp4", "$(touch owned);.mp4"] {
        std::fs::copy(bench.path("clip.mp4"), bench.path(name)).unwrap();
        bench.converted(name).await;
    }
    assert!(!bench.path("owned").exists());
    assert_no_connection(&listener);
}

#[tokio::test]
async fn text_pictures_and_sound_alone_are_no_videos() {
    let bench = Bench::new();
    std::fs::write(bench.path("text.mp4"), "hello, world\n".repeat(500)).unwrap();
    std::fs::write(bench.path("empty.mp4"), "").unwrap();
    ffmpeg(bench.root(), &["-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", "sound.mp4"]);
    for name in ["text.mp4", "empty.mp4", "sound.mp4"] {
        let failure = bench.refused(name).await;
        assert_eq!(failure.code.as_deref(), Some("UNSUPPORTED_FORMAT"), "{name}: {}", failure.message);
        assert!(failure.is_unrecoverable());
    }
}

#[tokio::test]
async fn a_clip_that_was_cut_off_is_an_error_not_half_a_video() {
    let bench = Bench::new();
    let starting_at_once = ["-movflags", "+faststart"];
    let h264 = [crate::clips::H264_AAC.as_slice(), &starting_at_once].concat();
    let clips: [(&str, &[&str]); 3] = [
        ("index-last.mp4", &crate::clips::H264_AAC),
        ("index-first.mp4", &h264),
        ("vp8.webm", &["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"]),
    ];
    for (name, options) in clips {
        clip(bench.root(), name, options);
        let bytes = std::fs::read(bench.path(name)).unwrap();
        std::fs::write(bench.path(name), &bytes[..bytes.len() / 2]).unwrap();
        let failure = bench.refused(name).await;
        assert_eq!(failure.code.as_deref(), Some("CORRUPT_VIDEO"), "{name}: {}", failure.message);
        assert!(failure.is_unrecoverable());
    }
}

#[tokio::test]
async fn messages_do_not_tell_where_the_worker_keeps_its_files() {
    let bench = Bench::new();
    compliant(bench.root(), "in.mp4");
    let bytes = std::fs::read(bench.path("in.mp4")).unwrap();
    std::fs::write(bench.path("in.mp4"), &bytes[..bytes.len() / 2]).unwrap();
    let failure = bench.refused("in.mp4").await;
    assert_eq!(failure.message, "corrupt video: moov atom not found");
}

#[tokio::test]
async fn paths_that_leave_the_storage_are_refused() {
    let bench = Bench::new();
    assert_eq!(bench.refused("../../etc/passwd").await.code.as_deref(), Some("PATH_OUTSIDE_STORAGE"));
    let data = serde_json::json!({ "filePath": "a.mp4", "outputPath": "../out.mp4" });
    assert_eq!(bench.failed(data).await.code.as_deref(), Some("PATH_OUTSIDE_STORAGE"));
}
