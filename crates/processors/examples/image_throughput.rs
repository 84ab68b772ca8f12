//! How many photographs a machine turns into a compressed image and a thumbnail per second, files read and written.
//!
//! ```text
//! cargo run --release -p synapse-queue-processors --example image_throughput -- photo.jpg [jobs=100] [threads=2]
//! ```

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use synapse_queue_processors::image::{Decoders, Fit, ImageOptions, OutputFormat, Rendition, Size, run};
use tokio_util::sync::CancellationToken;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let photo = arguments.next().map(PathBuf::from).ok_or("usage: image_throughput <photo> [jobs] [threads]")?;
    let jobs: usize = arguments.next().map_or(Ok(100), |jobs| jobs.parse())?;
    let threads: usize = arguments.next().map_or(Ok(2), |threads| threads.parse())?;
    let output = std::env::temp_dir().join(format!("image-throughput-{}", std::process::id()));
    std::fs::create_dir_all(&output)?;

    process(&photo, &output, 0)?;
    let started = Instant::now();
    let mut latencies = process_all(&photo, &output, (jobs, threads))?;
    let elapsed = started.elapsed();
    std::fs::remove_dir_all(&output)?;

    latencies.sort_unstable();
    let count = u32::try_from(latencies.len())?;
    println!("{:.1} jobs/s with {threads} threads", f64::from(count) / elapsed.as_secs_f64());
    println!("p50 {:.1} ms, p99 {:.1} ms", millis(latencies[jobs / 2]), millis(latencies[jobs * 99 / 100]));
    if let Some(peak) = peak_memory() {
        println!("peak memory {peak}");
    }
    Ok(())
}

fn process_all(photo: &Path, output: &Path, (jobs, threads): (usize, usize)) -> Result<Vec<Duration>, Failure> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<Duration>, Failure> {
        let mut latencies = Vec::new();
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            if job >= jobs {
                return Ok(latencies);
            }
            let started = Instant::now();
            process(photo, output, job)?;
            latencies.push(started.elapsed());
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut latencies = Vec::new();
        for worker in workers {
            latencies.extend(worker.join().map_err(|_| "a worker panicked")??);
        }
        Ok(latencies)
    })
}

fn process(photo: &Path, output: &Path, job: usize) -> Result<(), Failure> {
    let options = ImageOptions {
        renditions: vec![
            Rendition { fit: Fit::Inside(Size::new(1920, 1080)), format: OutputFormat::Jpeg { quality: 85 } },
            Rendition { fit: Fit::Cover(Size::new(320, 240)), format: OutputFormat::Jpeg { quality: 75 } },
        ],
        max_pixels: 100_000_000,
        decoders: Decoders::default(),
    };
    let made = run(&std::fs::read(photo)?, &options, &CancellationToken::new())?;
    for (image, name) in made.images.iter().zip(["compressed", "thumbnail"]) {
        std::fs::write(output.join(format!("{job}-{name}.jpg")), &image.bytes)?;
    }
    Ok(())
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Largest resident size of this process so far; known on Linux only.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(|peak| peak.trim().to_owned())
}
