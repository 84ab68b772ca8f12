//! An option that cannot be used.

use std::fmt::Display;

/// An option out of range, named with what was expected and what was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{option}` must be {expected}, got {got}")]
pub struct InvalidOption {
    option: &'static str,
    expected: String,
    got: String,
}

impl InvalidOption {
    pub(crate) fn new(option: &'static str, expected: impl Into<String>, got: &dyn Display) -> Self {
        Self { option, expected: expected.into(), got: got.to_string() }
    }

    /// Stable, documented name of the error.
    pub fn code(&self) -> &'static str {
        "INVALID_OPTION"
    }
}
