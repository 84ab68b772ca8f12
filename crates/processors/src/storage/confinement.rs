//! Keeps keys inside the root directory, symbolic links included.

use std::io;
use std::path::{Path, PathBuf};

use object_store::path::Path as Key;

use super::StorageError;

/// Turns what a job calls a path into a key. Purely textual; see [`Root`] for symbolic links.
pub(super) fn parse_key(path: &str) -> Result<Key, StorageError> {
    let outside = |reason| StorageError::OutsideRoot { key: path.to_owned(), reason };
    // A separator on Windows, and never meant as a part of a file name anywhere else.
    if path.contains('\\') {
        return Err(outside("a path must not contain a backslash"));
    }
    let key = Key::parse(path)
        .map_err(|_| outside("a path must not contain empty, `.` or `..` parts or control characters"))?;
    if key.as_ref().is_empty() {
        return Err(outside("the path names no file"));
    }
    Ok(key)
}

/// A directory that no key may leave.
#[derive(Debug, Clone)]
pub(super) struct Root(PathBuf);

impl Root {
    /// `directory` must exist.
    pub(super) fn new(directory: &Path) -> io::Result<Self> {
        directory.canonicalize().map(Self)
    }

    pub(super) fn directory(&self) -> &Path {
        &self.0
    }

    /// Refuses a file that cannot be read through `key` without leaving the root, or that is not a regular file (reading a named
    /// pipe would never end). Blocks.
    pub(super) fn check_readable(&self, key: &Key) -> Result<(), StorageError> {
        let target = self.path_of(key).canonicalize().map_err(|source| read_error(key, source))?;
        self.check_inside(key, &target)?;
        let metadata = target.metadata().map_err(|source| read_error(key, source))?;
        if metadata.is_file() { Ok(()) } else { Err(read_error(key, io::Error::other("it is not a regular file"))) }
    }

    /// Refuses a key whose directory lies outside of the root. The file itself is replaced or removed, never followed. Blocks.
    pub(super) fn check_writable(&self, key: &Key) -> Result<(), StorageError> {
        let path = self.path_of(key);
        // Directories that do not exist yet are created below the first one that does. `symlink_metadata` makes a dangling link
        // count as existing, so that it is refused rather than skipped.
        let existing = path.ancestors().skip(1).find(|directory| directory.symlink_metadata().is_ok());
        let target = existing
            .unwrap_or(&self.0)
            .canonicalize()
            .map_err(|source| StorageError::Unwritable { key: key.to_string(), source })?;
        self.check_inside(key, &target)
    }

    fn path_of(&self, key: &Key) -> PathBuf {
        let mut path = self.0.clone();
        path.extend(key.parts().map(|part| part.as_ref().to_owned()));
        path
    }

    fn check_inside(&self, key: &Key, target: &Path) -> Result<(), StorageError> {
        if target.starts_with(&self.0) {
            Ok(())
        } else {
            Err(StorageError::OutsideRoot { key: key.to_string(), reason: "a symbolic link leads out of it" })
        }
    }
}

fn read_error(key: &Key, source: io::Error) -> StorageError {
    // A file in the place of a directory means that there is no such file, too.
    if matches!(source.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) {
        StorageError::NotFound { key: key.to_string() }
    } else {
        StorageError::Unreadable { key: key.to_string(), source }
    }
}
