//! Why `lua/` cannot be assembled.

/// A violation of the script contract at one place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub(crate) struct AssemblyError {
    /// Path below the crate, e.g. `lua/pause.lua`.
    pub(crate) file: String,
    /// Counted from 1.
    pub(crate) line: usize,
    /// What is wrong.
    pub(crate) message: String,
}

impl AssemblyError {
    /// A violation at `file:line`.
    pub(crate) fn new(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.into(), line, message: message.into() }
    }
}
