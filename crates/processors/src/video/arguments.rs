//! What is said to ffmpeg and ffprobe.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Containers of one file with everything inside. Playlists (`hls`, `concat`, `dash`) are not among them: they name other files.
const FORMATS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf";
const PROTOCOLS: &str = "file";

/// A list of arguments that grows.
#[derive(Debug, Default)]
pub(super) struct Arguments(Vec<OsString>);

impl Arguments {
    pub(super) fn with(mut self, arguments: &[&str]) -> Self {
        self.0.extend(arguments.iter().map(OsString::from));
        self
    }

    /// The file that is read, with everything that keeps its content from reaching beyond it.
    pub(super) fn input(self, path: &Path, max_streams: u32) -> Self {
        self.with(&["-protocol_whitelist", PROTOCOLS, "-format_whitelist", FORMATS])
            .with(&["-max_streams", &max_streams.to_string(), "-i"])
            .path(path)
    }

    /// An absolute path, spelled so that no part of it can be taken for an option or a protocol.
    pub(super) fn path(mut self, path: &Path) -> Self {
        debug_assert!(path.is_absolute(), "a relative path could be taken for something else");
        let mut url = OsString::from("file:");
        url.push(AsRef::<OsStr>::as_ref(path));
        self.0.push(url);
        self
    }

    pub(super) fn into_vec(self) -> Vec<OsString> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_white_lists_stand_before_the_input() {
        let arguments = Arguments::default().input(Path::new("/videos/source"), 32).into_vec();
        let input = arguments.iter().position(|argument| argument == "-i").unwrap();
        for list in ["-protocol_whitelist", "-format_whitelist"] {
            assert!(arguments.iter().position(|argument| argument == list).unwrap() < input);
        }
        assert_eq!(arguments[input + 1], "file:/videos/source");
        for playlist in ["hls", "concat", "dash", "applehttp"] {
            assert!(FORMATS.split(',').all(|format| format != playlist));
        }
    }
}
