//! Scheme, host and port of an https URL.

use std::fmt;

use url::Url;

/// An https origin in ASCII form, e.g. `https://push.example` or `https://push.example:8443`: what connections and tokens belong to.
///
/// Unlike the URL it comes from, it holds no capability and may be logged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

impl Origin {
    /// The origin of an https URL; the default port is left out, any other kept.
    pub(super) fn of(url: &Url) -> Self {
        Self(url.origin().ascii_serialization())
    }

    /// As text, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
