//! Why a push processor cannot be set up.

use crate::net::NetError;

/// An error of the configuration, with a stable [`code`](PushError::code). Messages never hold a private key.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The public VAPID key is malformed.
    #[error("the VAPID public key {reason}")]
    InvalidPublicKey {
        /// What is wrong with it.
        reason: String,
    },
    /// The private VAPID key is malformed.
    #[error("the VAPID private key {reason}")]
    InvalidPrivateKey {
        /// What is wrong with it.
        reason: String,
    },
    /// Both keys are well-formed but do not belong together.
    #[error("the VAPID public key does not belong to the private key")]
    KeysDoNotMatch,
    /// The subject is neither a mail address nor an https URL.
    #[error("the VAPID subject must be `mailto:` with an address or an https URL, got `{got}`")]
    InvalidSubject {
        /// The configured subject.
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
    /// The network guard cannot be set up.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The system's random number generator failed.
    #[error("the system gave no random bytes for a key")]
    NoRandomness,
}

impl PushError {
    /// Stable, documented name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidPublicKey { .. } => "INVALID_VAPID_PUBLIC_KEY",
            Self::InvalidPrivateKey { .. } => "INVALID_VAPID_PRIVATE_KEY",
            Self::KeysDoNotMatch => "VAPID_KEYS_DO_NOT_MATCH",
            Self::InvalidSubject { .. } => "INVALID_VAPID_SUBJECT",
            Self::InvalidOption { .. } => "INVALID_OPTION",
            Self::Net(error) => error.code(),
            Self::NoRandomness => "NO_RANDOMNESS",
        }
    }
}
