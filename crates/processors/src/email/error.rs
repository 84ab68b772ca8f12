//! Why an e-mail processor cannot be set up.

/// An error of the configuration, with a stable [`code`](EmailError::code). Messages never hold a password.
#[derive(Debug, thiserror::Error)]
pub enum EmailError {
    /// The relay's URL cannot be used.
    #[error(
        "the SMTP URL {reason}; expected is smtp://host:587, with user:password@ before the host if needed, or smtps://"
    )]
    InvalidUrl {
        /// What is wrong; the URL itself is left out because it may hold a password.
        reason: String,
    },
    /// The default sender is not an address.
    #[error("the default sender must be an address such as `Synapse <no-reply@example.com>`, got `{got}`")]
    InvalidSender {
        /// As configured.
        got: String,
    },
    /// An option is out of range.
    #[error("`{option}` must be {expected}, got {got}")]
    InvalidOption {
        /// Name of the option.
        option: &'static str,
        /// Its range.
        expected: String,
        /// The configured value.
        got: String,
    },
    /// Extra root certificates that are not PEM, or no trust in anybody.
    #[error("TLS cannot be set up: {reason}")]
    InvalidCertificates {
        /// What is wrong.
        reason: String,
    },
}

impl EmailError {
    /// Stable, documented name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidUrl { .. } => "INVALID_SMTP_URL",
            Self::InvalidSender { .. } => "INVALID_EMAIL_FROM",
            Self::InvalidOption { .. } => "INVALID_OPTION",
            Self::InvalidCertificates { .. } => "INVALID_CERTIFICATES",
        }
    }
}
