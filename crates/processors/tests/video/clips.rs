//! Clips of every kind, and what an independent look at a result says.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Two seconds of a moving test picture and a tone.
const SOURCES: [&str; 8] =
    ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2", "-f", "lavfi", "-i", "sine=duration=2"];

/// What makes a clip compliant.
pub(crate) const H264_AAC: [&str; 6] = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"];

/// Runs ffmpeg with `arguments`, the last of which is put below `directory`.
pub(crate) fn ffmpeg(directory: &Path, arguments: &[&str]) {
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y"])
        .args(arguments)
        .current_dir(directory)
        .output()
        .expect("these tests need ffmpeg");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Makes the clip `name` of the test picture.
pub(crate) fn clip(directory: &Path, name: &str, options: &[&str]) {
    ffmpeg(directory, &[&SOURCES, options, &[name]].concat());
}

/// A compliant clip.
pub(crate) fn compliant(directory: &Path, name: &str) {
    clip(directory, name, &H264_AAC);
}

/// What ffprobe says about a result.
pub(crate) fn probe(path: &Path) -> Value {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-print_format", "json", "-show_format", "-show_streams"])
        .arg(path)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The codecs of a result, the picture's first.
pub(crate) fn codecs(path: &Path) -> Vec<String> {
    let report = probe(path);
    report["streams"].as_array().unwrap().iter().map(|stream| stream["codec_name"].as_str().unwrap().into()).collect()
}

/// Whether the index of an MP4 stands before its data.
pub(crate) fn starts_at_once(path: &Path) -> bool {
    let bytes = std::fs::read(path).unwrap();
    let position = |kind: &[u8]| bytes.windows(4).position(|window| window == kind).unwrap();
    position(b"moov") < position(b"mdat")
}
