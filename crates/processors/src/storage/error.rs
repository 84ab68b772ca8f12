//! What can go wrong with files.

use synapse_queue_engine::job::Failure;

use super::SUPPORTED_URLS;

/// An error of a storage, with a stable [`code`](StorageError::code).
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The storage URL names something this build cannot open.
    #[error("storage URL `{url}` is not supported: supported is {SUPPORTED_URLS}")]
    UnsupportedUrl {
        /// The URL up to its first `@`-free part; credentials are never included.
        url: String,
    },
    /// The URL of a bucket, or the variables that belong to it, cannot be used.
    #[error("the storage in S3 cannot be opened: {reason}; expected is s3://<bucket>/<prefix>")]
    InvalidBucket {
        /// What is wrong; credentials are never included.
        reason: String,
    },
    /// The public base URL cannot be put before a key.
    #[error("public base URL `{url}` is not valid: expected an http(s) URL or a path that starts with a slash")]
    InvalidBaseUrl {
        /// As configured.
        url: String,
    },
    /// The key would leave the storage.
    #[error("path `{key}` is outside of the storage: {reason}")]
    OutsideRoot {
        /// As given by the job.
        key: String,
        /// What takes it outside.
        reason: &'static str,
    },
    /// There is no such file.
    #[error("file `{key}` does not exist in the storage")]
    NotFound {
        /// As given by the job.
        key: String,
    },
    /// The file has more bytes than the reader is prepared to hold.
    #[error("file `{key}` has {size} bytes, more than the limit of {limit}")]
    TooLarge {
        /// As given by the job.
        key: String,
        /// Bytes it has.
        size: u64,
        /// Bytes it may have.
        limit: u64,
    },
    /// The file is there but cannot be read.
    #[error("file `{key}` cannot be read: {source}")]
    Unreadable {
        /// As given by the job.
        key: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file cannot be written or removed.
    #[error("file `{key}` cannot be written: {source}")]
    Unwritable {
        /// As given by the job, or the directory of the storage.
        key: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl StorageError {
    /// Stable, documented name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnsupportedUrl { .. } => "UNSUPPORTED_STORAGE",
            Self::InvalidBucket { .. } => "INVALID_STORAGE_URL",
            Self::InvalidBaseUrl { .. } => "INVALID_PUBLIC_BASE_URL",
            Self::OutsideRoot { .. } => "PATH_OUTSIDE_STORAGE",
            Self::NotFound { .. } => "FILE_NOT_FOUND",
            Self::TooLarge { .. } => "FILE_TOO_LARGE",
            Self::Unreadable { .. } => "FILE_UNREADABLE",
            Self::Unwritable { .. } => "FILE_UNWRITABLE",
        }
    }
}

/// A missing or unreadable file may appear later (an upload still under way, a volume being mounted); a path that leaves the
/// storage or a file that is too large stays so.
impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        let (code, message) = (error.code(), error.to_string());
        match error {
            StorageError::NotFound { .. } | StorageError::Unreadable { .. } | StorageError::Unwritable { .. } => {
                Self::new(code, message)
            }
            StorageError::UnsupportedUrl { .. }
            | StorageError::InvalidBucket { .. }
            | StorageError::InvalidBaseUrl { .. }
            | StorageError::OutsideRoot { .. }
            | StorageError::TooLarge { .. } => Self::unrecoverable(code, message),
        }
    }
}
