//! Feeds the image pipeline damaged files until the time is over, and keeps every file that it could not cope with.
//!
//! ```text
//! cargo run --release -p synapse-queue-processors --example fuzz_images -- [seconds=600] [seed]
//! ```
//!
//! A finding is a panic, a crash of the process (the file that was being read is kept; start again to go on), a file that takes longer than
//! five seconds, or a result of another size than asked for. Findings are written to `tests/image/corpus`, where the tests replay them.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fastrand::Rng;
use synapse_queue_processors::image::{Decoders, Fit, ImageOptions, ImageOutput, OutputFormat, Rendition, Size, run};
use tokio_util::sync::CancellationToken;

/// Decoding more would test patience, not parsing.
const MAX_PIXELS: u64 = 1_000_000;
const SLOW: Duration = Duration::from_secs(5);
const BOX: Size = Size::new(64, 48);
/// Where headers are, mostly.
const HEADER: usize = 700;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().map_or(Ok(600), |seconds| seconds.parse())?;
    let seed: u64 = arguments.next().map_or(Ok(fastrand::u64(..)), |seed| seed.parse())?;
    let corpus =
        PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").ok_or("to be run by cargo")?).join("tests/image/corpus");
    let current = std::env::temp_dir().join("synapse-queue-fuzz-current");
    if current.exists() {
        println!("the last run crashed: {}", keep(&corpus, &std::fs::read(&current)?)?.display());
    }
    let (seeds, mut rng) = (seeds(&corpus)?, Rng::with_seed(seed));
    let (started, mut runs, mut decoded, mut findings) = (Instant::now(), 0_u64, 0_u64, 0_u64);
    println!("{} seeds, random seed {seed}", seeds.len());
    std::panic::set_hook(Box::new(|_| {}));
    while started.elapsed() < Duration::from_secs(seconds) {
        let input = mutated(&seeds, &mut rng);
        std::fs::write(&current, &input)?;
        match attempt(&input) {
            Ok(was_decoded) => decoded += u64::from(was_decoded),
            Err(finding) => {
                findings += 1;
                println!("{finding}: {}", keep(&corpus, &input)?.display());
            }
        }
        runs += 1;
    }
    std::fs::remove_file(&current)?;
    println!("{runs} files in {seconds} s, {decoded} of them decoded, {findings} findings");
    Ok(())
}

/// Whether the file was decoded, or what is wrong with how it was handled.
fn attempt(input: &[u8]) -> Result<bool, String> {
    for decoders in [Decoders::Fastest, Decoders::MemorySafe] {
        let rendition = Rendition { fit: Fit::Cover(BOX), format: OutputFormat::Jpeg { quality: 75 } };
        let options = ImageOptions { renditions: vec![rendition], max_pixels: MAX_PIXELS, decoders };
        let started = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| run(input, &options, &CancellationToken::new())));
        if started.elapsed() > SLOW {
            return Err(format!("slow with {decoders:?}, {:?}", started.elapsed()));
        }
        match outcome {
            Err(_) => return Err(format!("panic with {decoders:?}")),
            Ok(Ok(output)) if !is_as_asked(&output) => return Err(format!("wrong size with {decoders:?}")),
            Ok(Ok(_)) => return Ok(true),
            Ok(Err(_)) => {}
        }
    }
    Ok(false)
}

fn is_as_asked(output: &ImageOutput) -> bool {
    let pixels = u64::from(output.source.width) * u64::from(output.source.height);
    pixels <= MAX_PIXELS && output.images.iter().all(|image| image.size == BOX && !image.bytes.is_empty())
}

/// The kept files, and small pictures of every format and kind.
fn seeds(corpus: &Path) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut seeds = Vec::new();
    for entry in std::fs::read_dir(corpus)? {
        seeds.push(std::fs::read(entry?.path())?);
    }
    Ok(seeds)
}

fn keep(corpus: &Path, input: &[u8]) -> std::io::Result<PathBuf> {
    let path = corpus.join(format!("found-{:08x}", crc32fast::hash(input)));
    std::fs::write(&path, input)?;
    Ok(path)
}

fn mutated(seeds: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut input = rng.choice(seeds).expect("there are seeds").clone();
    for _ in 0..rng.usize(1..=6) {
        mutate(&mut input, seeds, rng);
    }
    // Otherwise the checksum would refuse what the decoder should see.
    if rng.f32() < 0.8 {
        mend_png(&mut input);
    }
    input
}

fn mutate(input: &mut Vec<u8>, seeds: &[Vec<u8>], rng: &mut Rng) {
    const INTERESTING: [u32; 9] = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF];
    if input.len() < 8 {
        return;
    }
    let reach = if rng.f32() < 0.7 { input.len().min(HEADER) } else { input.len() };
    let at = rng.usize(..reach);
    match rng.u8(..8) {
        0 => input[at] ^= 1 << rng.u8(..8),
        1 => input[at] = rng.u8(..),
        kind @ 2..=4 => {
            let value = *rng.choice(&INTERESTING).expect("there are values");
            let bytes = if rng.bool() { value.to_be_bytes() } else { value.to_le_bytes() };
            let width = [1, 2, 4][usize::from(kind) - 2].min(input.len() - at);
            input[at..at + width].copy_from_slice(&bytes[4 - width..]);
        }
        5 => input.truncate(at.max(8)),
        6 => {
            let end = (at + rng.usize(1..64)).min(input.len());
            let copy = input[at..end].to_vec();
            input.splice(at..at, copy);
        }
        _ => {
            let other = rng.choice(seeds).expect("there are seeds");
            let from = rng.usize(..other.len().max(1)).min(other.len());
            let end = (from + rng.usize(1..256)).min(other.len());
            input.splice(at..at, other[from..end].iter().copied());
        }
    }
}

/// Recomputes the checksums of a PNG's chunks.
fn mend_png(input: &mut [u8]) {
    let mut at = 8;
    while input.starts_with(b"\x89PNG") && at + 12 <= input.len() {
        let length = u32::from_be_bytes([input[at], input[at + 1], input[at + 2], input[at + 3]]) as usize;
        let Some(end) = at.checked_add(8 + length).filter(|end| end + 4 <= input.len()) else { return };
        let checksum = crc32fast::hash(&input[at + 4..end]);
        input[end..end + 4].copy_from_slice(&checksum.to_be_bytes());
        at = end + 4;
    }
}
