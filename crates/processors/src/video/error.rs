//! What can go wrong with one video.

use std::time::Duration;

use synapse_queue_engine::job::Failure;

/// An error of the video processor, with a stable [`code`](VideoError::code).
#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    /// The system has no such program. Another worker's system may have it.
    #[error("`{program}` was not found: videos need ffmpeg and ffprobe")]
    FfmpegNotFound {
        /// As configured.
        program: String,
    },
    /// The file is no video of a kind that is accepted, whatever it is called.
    #[error("unsupported video: {detail}")]
    Unsupported {
        /// What was found instead.
        detail: String,
    },
    /// The file is a video but truncated or damaged.
    #[error("corrupt video: {detail}")]
    Corrupt {
        /// What ffmpeg said, or what is missing.
        detail: String,
    },
    /// The video exceeds a limit.
    #[error("video is too large: {detail}")]
    TooLarge {
        /// The limit and what was found.
        detail: String,
    },
    /// ffmpeg took longer than it may.
    #[error("video processing did not end within {} s", limit.as_secs_f64())]
    TimedOut {
        /// What it may take.
        limit: Duration,
    },
    /// ffmpeg got no further.
    #[error("video processing made no progress for {} s", limit.as_secs_f64())]
    Stalled {
        /// How long it may stand still.
        limit: Duration,
    },
    /// ffmpeg could not be run, or was killed by someone else.
    #[error("ffmpeg failed: {detail}")]
    Failed {
        /// What is known.
        detail: String,
    },
    /// The job was cancelled or lost its lock.
    #[error("video processing was cancelled")]
    Cancelled,
}

impl VideoError {
    /// Stable, documented name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FfmpegNotFound { .. } => "FFMPEG_NOT_FOUND",
            Self::Unsupported { .. } => "UNSUPPORTED_FORMAT",
            Self::Corrupt { .. } => "CORRUPT_VIDEO",
            Self::TooLarge { .. } => "VIDEO_TOO_LARGE",
            Self::TimedOut { .. } | Self::Stalled { .. } => "VIDEO_TIMEOUT",
            Self::Failed { .. } => "FFMPEG_FAILED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// What lies in the video itself is unrecoverable: the same bytes fail the same way.
impl From<VideoError> for Failure {
    fn from(error: VideoError) -> Self {
        match error {
            VideoError::Unsupported { .. } | VideoError::Corrupt { .. } | VideoError::TooLarge { .. } => {
                Self::unrecoverable(error.code(), error.to_string())
            }
            _ => Self::new(error.code(), error.to_string()),
        }
    }
}
