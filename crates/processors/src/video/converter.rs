//! From an upload to a web video and its poster, on the thread that calls.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::VideoError;
use super::plan::{Plan, plays_everywhere};
use super::probe::Video;
use super::steps::Steps;
use crate::image::Size;

/// Where the poster is taken: late enough not to be black, in the middle of what is shorter.
const POSTER_AT: Duration = Duration::from_secs(1);
/// What may be missing at the end: containers round, and the last frame has no duration of its own.
const MISSING_MAX: Duration = Duration::from_millis(500);
/// One twentieth of the duration may be missing as well.
const MISSING_SHARE: u32 = 20;

/// A web video.
#[derive(Debug)]
pub(super) struct Converted {
    pub(super) video: PathBuf,
    pub(super) poster: PathBuf,
    pub(super) bytes: u64,
    /// As it is shown.
    pub(super) size: Size,
    pub(super) duration: Duration,
}

/// Converts the video at `source` to fit `bounds`. `on_share` is told which share of it is done, from 0 to 1.
pub(super) fn convert(
    steps: Steps<'_>,
    (source, bounds): (&Path, Size),
    on_share: &dyn Fn(f64),
) -> Result<Converted, VideoError> {
    let bytes = size_of(source)?;
    let original = steps.probe(source)?;
    let on_time = |time: Duration| {
        let whole = original.duration.map_or(f64::INFINITY, |whole| whole.as_secs_f64());
        on_share((time.as_secs_f64() / whole).min(1.0));
    };
    let remuxed = steps.directory.join("remuxed.mp4");
    let video = match Plan::new(&original, bytes, bounds) {
        Plan::Remux => {
            steps.remux(&original, (source, &remuxed), on_time)?;
            remuxed
        }
        Plan::Transcode(size) => {
            let encoded = steps.directory.join("encoded.mp4");
            steps.transcode(&original, (source, &encoded, size), on_time)?;
            if size_of(&encoded)? >= bytes && plays_everywhere(&original) {
                steps.remux(&original, (source, &remuxed), on_time)?;
                remuxed
            } else {
                encoded
            }
        }
    };
    let result = steps.probe(&video)?;
    check_complete(&original, &result)?;
    let duration = result.duration.unwrap_or_default();
    let poster = make_poster(steps, &video, duration)?;
    Ok(Converted { bytes: size_of(&video)?, video, poster, size: result.shown, duration })
}

fn make_poster(steps: Steps<'_>, video: &Path, duration: Duration) -> Result<PathBuf, VideoError> {
    let poster = steps.directory.join("poster.jpg");
    steps.poster((video, &poster), POSTER_AT.min(duration / 2))?;
    if !poster.exists() {
        // A single frame that is shown for long: there is nothing after its beginning.
        steps.poster((video, &poster), Duration::ZERO)?;
    }
    Ok(poster)
}

/// ffmpeg converts what is there of a file that was cut off, and calls it a success.
fn check_complete(original: &Video, result: &Video) -> Result<(), VideoError> {
    let (Some(expected), Some(found)) = (original.duration, result.duration) else { return Ok(()) };
    let missing = expected.saturating_sub(found);
    if missing <= MISSING_MAX.max(expected / MISSING_SHARE) {
        return Ok(());
    }
    let (expected, found) = (expected.as_secs_f64(), found.as_secs_f64());
    Err(VideoError::Corrupt { detail: format!("it ends after {found:.1} of {expected:.1} s") })
}

fn size_of(path: &Path) -> Result<u64, VideoError> {
    let metadata = path.metadata().map_err(|error| VideoError::Failed { detail: error.to_string() })?;
    Ok(metadata.len())
}
