//! The memory budget holds, whatever is uploaded. Alone in its binary: peak memory is that of the whole process.

#![cfg(target_os = "linux")] // the only system that lets a process reset its own peak
#![allow(clippy::unwrap_used, reason = "functions that prepare a test fail it by panicking")]

#[path = "image/recorder.rs"]
mod recorder;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::join_all;
use serde_json::json;
use synapse_queue_engine::job::Job;
use synapse_queue_engine::processor::{Outcome, Processor};
use synapse_queue_processors::image::{ImageLimits, ImageProcessor, ImageRenderer};
use synapse_queue_processors::storage;
use synapse_queue_processors::stores::{FileStore, FileUpdate, StoreError};
use turbojpeg::{Compressor, Subsamp, YuvImage};

use recorder::Recorder;

/// 100 megapixels.
const SIDE: u32 = 10_000;
const JOBS: usize = 20;
const MIB: u64 = 1 << 20;
struct Files;

#[async_trait]
impl FileStore for Files {
    async fn update(&self, _: &str, _: FileUpdate) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A picture whose rows repeat, as its planes; large in pixels, small as a file.
fn jpeg(is_progressive: bool) -> Vec<u8> {
    let side = SIDE as usize;
    let samples: Vec<u8> = (0..side * side * 3 / 2).map(|index| u8::try_from(index % side / 40).unwrap()).collect();
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(50).unwrap();
    compressor.set_progressive(is_progressive).unwrap();
    let planes = YuvImage { pixels: samples.as_slice(), width: side, align: 1, height: side, subsamp: Subsamp::Sub2x2 };
    compressor.compress_yuv_to_vec(planes).unwrap()
}

fn png(color: png::ColorType, depth: png::BitDepth) -> Vec<u8> {
    use std::io::Write;

    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SIDE, SIDE);
    encoder.set_color(color);
    encoder.set_depth(depth);
    encoder.set_compression(png::Compression::Fastest);
    let mut writer = encoder.write_header().unwrap();
    let mut rows = writer.stream_writer().unwrap();
    let row_bytes = SIDE as usize * color.samples() * depth as usize / 8;
    let row: Vec<u8> = (0..row_bytes).map(|index| u8::try_from(index / 400).unwrap()).collect();
    for _ in 0..SIDE {
        rows.write_all(&row).unwrap();
    }
    rows.finish().unwrap();
    writer.finish().unwrap();
    file
}

fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// Documented in proc(5): 5 resets the peak to what is resident now.
fn reset_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

fn write_uploads(root: &Path) -> Vec<&'static str> {
    std::fs::write(root.join("baseline.jpg"), jpeg(false)).unwrap();
    std::fs::write(root.join("progressive.jpg"), jpeg(true)).unwrap();
    std::fs::write(root.join("rgb.png"), png(png::ColorType::Rgb, png::BitDepth::Eight)).unwrap();
    std::fs::write(root.join("deep.png"), png(png::ColorType::Rgba, png::BitDepth::Sixteen)).unwrap();
    vec!["baseline.jpg", "progressive.jpg", "rgb.png", "deep.png"]
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_pictures_of_100_megapixels_at_once_stay_within_the_budget() {
    let root = tempfile::tempdir().unwrap();
    let uploads = write_uploads(root.path());
    let limits = ImageLimits::default();
    let storage = storage::open(&format!("file:{}", root.path().display()), "").unwrap();
    let processor = ImageProcessor::new(Arc::new(ImageRenderer::new(storage, &limits)), Arc::new(Files));
    let (processor, context) = (&processor, &Recorder::default());
    let before = status("VmRSS");
    reset_peak();
    let jobs = (0..JOBS).map(|id| {
        let data = json!({ "fileId": id.to_string(), "filePath": uploads[id % uploads.len()] });
        let job = Job { id: id.to_string(), data: data.to_string(), ..Job::default() };
        async move { processor.process(&job, context).await }
    });
    for outcome in join_all(jobs).await {
        assert!(matches!(outcome, Outcome::Completed(_)), "{outcome:?}");
    }
    let peak = status("VmHWM") - before.min(status("VmHWM"));
    println!("peak above the start: {} MiB", peak / MIB);
    assert!(peak <= limits.memory_budget, "{} MiB", peak / MIB);
}
