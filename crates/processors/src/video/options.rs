//! What videos may cost, and by which programs they are made.

use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Duration;

use super::VideoError;
use super::toolbox::Toolbox;
use crate::InvalidOption;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
/// ffmpeg gains little from more, and each one takes memory.
const THREADS_MAX: usize = 8;

/// Bounds of what uploads may cost. Those of time and memory hold for one run of ffmpeg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoLimits {
    /// Largest file that is read, in bytes. Defaults to 2 GiB.
    pub max_input_bytes: u64,
    /// Largest file that ffmpeg may write, in bytes. Defaults to 2 GiB.
    pub max_output_bytes: u64,
    /// Longest video. Defaults to 4 hours.
    pub max_duration: Duration,
    /// Largest width × height of a frame. Defaults to 7680x4320.
    pub max_pixels: u64,
    /// Most streams (video, audio, subtitles, data) in one file. Defaults to 32.
    pub max_streams: u32,
    /// How long one run may take. Defaults to 30 minutes.
    pub timeout: Duration,
    /// How long a run may go on without getting further. Defaults to 60 s.
    pub stall_timeout: Duration,
    /// Address space of one run, in bytes; known to Linux and macOS. Defaults to 4 GiB.
    pub max_memory: u64,
    /// Runs at once; further jobs wait. Defaults to 1: one run uses all cores.
    pub concurrency: usize,
    /// Threads of one run. Defaults to the number of cores, at most 8.
    pub threads: usize,
    /// Where files are put while they are worked on. Defaults to the system's directory for temporary files.
    pub directory: PathBuf,
}

impl Default for VideoLimits {
    fn default() -> Self {
        Self {
            max_input_bytes: 2 * GIB,
            max_output_bytes: 2 * GIB,
            max_duration: Duration::from_hours(4),
            max_pixels: 7680 * 4320,
            max_streams: 32,
            timeout: Duration::from_mins(30),
            stall_timeout: Duration::from_mins(1),
            max_memory: 4096 * MIB,
            concurrency: 1,
            threads: available_parallelism().map_or(1, std::num::NonZero::get).min(THREADS_MAX),
            directory: std::env::temp_dir(),
        }
    }
}

impl VideoLimits {
    /// The limits, if they let at least one run work.
    ///
    /// # Errors
    /// [`InvalidOption`] naming the one that is 0.
    pub fn check(self) -> Result<Self, InvalidOption> {
        let at_least_one =
            [("concurrency", self.concurrency), ("threads", self.threads), ("maxStreams", self.max_streams as usize)];
        match at_least_one.into_iter().find(|(_, value)| *value == 0) {
            Some((option, value)) => Err(InvalidOption::new(option, "1 or more", &value)),
            None => Ok(self),
        }
    }
}

/// Where the programs are: a path, or a name that is looked up in `PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoTools {
    /// Defaults to `ffmpeg`.
    pub ffmpeg: PathBuf,
    /// Defaults to `ffprobe`.
    pub ffprobe: PathBuf,
}

impl Default for VideoTools {
    fn default() -> Self {
        Self { ffmpeg: "ffmpeg".into(), ffprobe: "ffprobe".into() }
    }
}

impl VideoTools {
    /// Looks for both programs, as every job does.
    ///
    /// # Errors
    /// `FfmpegNotFound` naming the one that is missing.
    pub fn check(&self) -> Result<(), VideoError> {
        Toolbox::find(self).map(drop)
    }
}
