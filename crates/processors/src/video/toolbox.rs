//! Finding the programs.

use std::env;
use std::path::{Path, PathBuf};

use super::{VideoError, VideoTools};

/// The programs by their absolute paths: the environment of a run is empty, so `PATH` is used here and nowhere else.
#[derive(Debug, Clone)]
pub(super) struct Toolbox {
    pub(super) ffmpeg: PathBuf,
    pub(super) ffprobe: PathBuf,
}

impl Toolbox {
    pub(super) fn find(tools: &VideoTools) -> Result<Self, VideoError> {
        Ok(Self { ffmpeg: locate(&tools.ffmpeg)?, ffprobe: locate(&tools.ffprobe)? })
    }
}

fn locate(program: &Path) -> Result<PathBuf, VideoError> {
    let missing = || VideoError::FfmpegNotFound { program: program.display().to_string() };
    if program.components().count() > 1 {
        return program.canonicalize().ok().filter(|path| path.is_file()).ok_or_else(missing);
    }
    let name = program.with_extension(env::consts::EXE_EXTENSION);
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .filter(|directory| directory.is_absolute())
        .map(|directory| directory.join(&name))
        .find(|path| path.is_file())
        .ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_missing_is_named() {
        for program in ["no-such-ffmpeg", "/no/such/ffmpeg"] {
            let tools = VideoTools { ffmpeg: program.into(), ..VideoTools::default() };
            let error = Toolbox::find(&tools).unwrap_err();
            assert_eq!(error.code(), "FFMPEG_NOT_FOUND");
            assert!(error.to_string().contains(program), "{error}");
        }
    }
}
