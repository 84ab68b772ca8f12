//! The runs of ffmpeg and ffprobe that a video goes through.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::arguments::Arguments;
use super::child::{Advance, RunLimits, Task, Unsuccessful};
use super::confinement::KernelLimits;
use super::probe::{ENTRIES, Video};
use super::toolbox::Toolbox;
use super::{VideoError, VideoLimits};
use crate::image::Size;

/// What ffprobe may say about one file.
const REPORT_MAX: usize = 1 << 20;
/// Quality of the picture: 0 lossless, 51 worst.
const CRF: &str = "23";
const PRESET: &str = "fast";
/// Bits per second; the buffer lets a busy scene exceed it for two seconds.
const VIDEO_RATE_MAX: &str = "4M";
const VIDEO_BUFFER: &str = "8M";
const AUDIO_RATE: &str = "128k";
/// Of a JPEG by ffmpeg: 2 best, 31 worst.
const POSTER_QUALITY: &str = "3";

/// Everything the runs of one video have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps<'a> {
    pub(super) toolbox: &'a Toolbox,
    pub(super) limits: &'a VideoLimits,
    /// Where all files are.
    pub(super) directory: &'a Path,
    pub(super) cancel: &'a CancellationToken,
}

impl Steps<'_> {
    /// What the video at `path` is.
    pub(super) fn probe(&self, path: &Path) -> Result<Video, VideoError> {
        let arguments = Arguments::default()
            .with(&["-hide_banner", "-v", "error", "-print_format", "json=compact=1", "-show_entries", ENTRIES])
            .input(path, self.limits.max_streams);
        let mut report = String::new();
        let ended = self.task(&self.toolbox.ffprobe, arguments.into_vec()).run(|line| {
            if report.len() + line.len() <= REPORT_MAX {
                report.push_str(line);
            }
            Advance::Further
        })?;
        ended.map_err(|unsuccessful| self.explain(&unsuccessful))?;
        Video::read(&report, self.limits)
    }

    /// Copies the streams of `video` into the MP4 `to`.
    pub(super) fn remux(
        &self,
        video: &Video,
        (from, to): (&Path, &Path),
        on_time: impl FnMut(Duration),
    ) -> Result<(), VideoError> {
        let arguments = self.opening(from).with(&["-c", "copy"]);
        self.convert(finish_mp4(map_streams(arguments, video), to), on_time)
    }

    /// Encodes `video` at `size` into the MP4 `to`.
    pub(super) fn transcode(
        &self,
        video: &Video,
        (from, to, size): (&Path, &Path, Size),
        on_time: impl FnMut(Duration),
    ) -> Result<(), VideoError> {
        let deinterlace = if video.is_interlaced { "yadif=deint=interlaced," } else { "" };
        let filter = format!("{deinterlace}scale={}:{}:flags=bicubic,setsar=1", size.width, size.height);
        let arguments = map_streams(self.opening(from), video)
            .with(&["-c:v", "libx264", "-preset", PRESET, "-crf", CRF, "-profile:v", "high", "-pix_fmt", "yuv420p"])
            .with(&["-vsync", "vfr", "-maxrate", VIDEO_RATE_MAX, "-bufsize", VIDEO_BUFFER, "-vf", &filter])
            .with(&["-threads", &self.limits.threads.to_string(), "-c:a", "aac", "-b:a", AUDIO_RATE])
            .with(&["-flags:v", "+bitexact", "-flags:a", "+bitexact"]);
        self.convert(finish_mp4(arguments, to), on_time)
    }

    /// Makes a JPEG of the frame of `from` at `at`.
    pub(super) fn poster(&self, (from, to): (&Path, &Path), at: Duration) -> Result<(), VideoError> {
        let arguments = Arguments::default()
            .with(&["-nostdin", "-hide_banner", "-v", "error", "-y", "-ss", &format!("{:.3}", at.as_secs_f64())])
            .input(from, self.limits.max_streams)
            .with(&["-map", "0:v:0", "-frames:v", "1", "-map_metadata", "-1", "-fflags", "+bitexact"])
            .with(&["-flags:v", "+bitexact", "-c:v", "mjpeg", "-q:v", POSTER_QUALITY])
            .with(&["-pix_fmt", "yuvj420p", "-f", "image2", "-update", "1"])
            .path(to);
        self.convert(arguments, |_| {})
    }

    fn opening(&self, from: &Path) -> Arguments {
        Arguments::default()
            .with(&["-nostdin", "-hide_banner", "-v", "error", "-y", "-nostats", "-stats_period", "0.5"])
            .with(&["-progress", "pipe:1", "-max_pixels", &self.limits.max_pixels.to_string()])
            .with(&["-threads", &self.limits.threads.to_string()])
            .input(from, self.limits.max_streams)
    }

    fn convert(&self, arguments: Arguments, mut on_time: impl FnMut(Duration)) -> Result<(), VideoError> {
        let mut furthest = Position::default();
        let ended = self.task(&self.toolbox.ffmpeg, arguments.into_vec()).run(|line| {
            if !furthest.advance(line) {
                return Advance::Standing;
            }
            on_time(furthest.time);
            Advance::Further
        })?;
        ended.map_err(|unsuccessful| self.explain(&unsuccessful))
    }

    fn task<'b>(&'b self, program: &'b Path, arguments: Vec<OsString>) -> Task<'b> {
        let kernel = KernelLimits { memory: self.limits.max_memory, file_bytes: self.limits.max_output_bytes };
        let limits = RunLimits { timeout: self.limits.timeout, stall_timeout: self.limits.stall_timeout, kernel };
        Task { program, arguments, directory: self.directory, limits, cancel: self.cancel }
    }

    /// Puts what ffmpeg complained about into our terms.
    fn explain(&self, Unsuccessful { code, errors }: &Unsuccessful) -> VideoError {
        if code.is_none() {
            return VideoError::Failed { detail: "it was killed by another process or by the system".to_owned() };
        }
        if errors.contains("not on whitelist") {
            let detail = "its container format is not accepted, whatever the file is called".to_owned();
            return VideoError::Unsupported { detail };
        }
        if errors.contains("Cannot allocate memory") || errors.contains("malloc") {
            let limit = self.limits.max_memory;
            return VideoError::TooLarge { detail: format!("it needs more memory than the limit of {limit} bytes") };
        }
        let complaint = errors.lines().map(without_context).find(|line| !line.is_empty()).unwrap_or("no reason given");
        if complaint.contains("Unknown encoder") {
            return VideoError::Failed { detail: format!("this build of ffmpeg lacks what is needed: {complaint}") };
        }
        // ffprobe names a context as soon as it knows the container.
        if errors.starts_with('[') {
            VideoError::Corrupt { detail: complaint.to_owned() }
        } else {
            VideoError::Unsupported { detail: "the file does not begin like any known video format".to_owned() }
        }
    }
}

fn map_streams(arguments: Arguments, video: &Video) -> Arguments {
    let arguments = arguments.with(&["-map", &format!("0:{}", video.stream)]);
    match &video.audio {
        Some(audio) => arguments.with(&["-map", &format!("0:{}", audio.stream)]),
        None => arguments,
    }
}

/// No metadata of the file, its streams or chapters, no traces of the encoder; the index in front, so that playing starts at once.
fn finish_mp4(arguments: Arguments, to: &Path) -> Arguments {
    arguments
        .with(&["-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"])
        .with(&["-movflags", "+faststart", "-f", "mp4"])
        .path(to)
}

/// Takes `[demuxer @ 0x55d0c0ffee]` off a line: an address means nothing to anyone.
fn without_context(line: &str) -> &str {
    let rest = line.strip_prefix('[').and_then(|rest| rest.split_once("] ")).map_or(line, |(_, rest)| rest);
    rest.trim()
}

/// How far a run has come, by ffmpeg's progress lines.
#[derive(Debug, Default)]
struct Position {
    time: Duration,
    bytes: u64,
}

impl Position {
    /// Whether `line` shows that the run has got further.
    fn advance(&mut self, line: &str) -> bool {
        let Some((key, value)) = line.split_once('=') else { return false };
        // `N/A` until the first frame is out.
        let Ok(value) = value.trim().parse::<u64>() else { return false };
        match key {
            "out_time_us" if Duration::from_micros(value) > self.time => self.time = Duration::from_micros(value),
            "total_size" if value > self.bytes => self.bytes = value,
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_later_time_or_more_bytes_are_an_advance() {
        let mut position = Position::default();
        assert!(!position.advance("out_time_us=N/A"));
        assert!(!position.advance("frame=7"));
        assert!(position.advance("out_time_us=40000"));
        assert!(!position.advance("out_time_us=40000"));
        assert!(!position.advance("out_time_us=-5"));
        assert!(position.advance("total_size=48"));
        assert!(!position.advance("total_size=48"));
        assert_eq!(position.time, Duration::from_millis(40));
    }

    #[test]
    fn messages_lose_their_addresses() {
        assert_eq!(without_context("[mov,mp4 @ 0x5633edaeb280] moov atom not found"), "moov atom not found");
        assert_eq!(without_context("source: Invalid data"), "source: Invalid data");
    }
}
