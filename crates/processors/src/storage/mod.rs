//! Bytes that processors read and write: originals, renditions, attachments.
//!
//! Processors see [`Storage`] only; where the bytes live is decided by the URL given to [`open`].

mod confinement;
mod error;
mod local;
mod public_url;
mod s3;
mod transfer;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

pub use error::StorageError;
pub use local::LocalStorage;
pub use s3::S3Storage;

/// What [`open`] understands, for error messages.
const SUPPORTED_URLS: &str = "file:<directory>, e.g. file:./public, and s3://<bucket>/<prefix>";

/// Environment variables by name, as a storage outside of this machine finds its credentials in them.
pub type Variables = HashMap<String, String>;

/// A place for files, addressed by keys such as `uploads/image.jpg`.
///
/// A leading slash of a key means the root of the storage. Every method refuses a key that would leave the root with
/// [`StorageError::OutsideRoot`].
#[async_trait]
pub trait Storage: Send + Sync + 'static {
    /// The whole content of one file.
    ///
    /// # Errors
    /// [`StorageError::TooLarge`], before anything is read, if the file has more than `max_bytes`; [`StorageError::NotFound`];
    /// [`StorageError::Unreadable`].
    async fn read(&self, key: &str, max_bytes: u64) -> Result<Bytes, StorageError>;

    /// Stores `content` under `key`, replacing what was there. Readers see the old or the new content, never a part of it.
    ///
    /// # Errors
    /// [`StorageError::Unwritable`].
    async fn write(&self, key: &str, content: Bytes) -> Result<(), StorageError>;

    /// Copies one file to the new local file `to`, for programs that cannot read from memory; returns its size in bytes.
    ///
    /// # Errors
    /// As [`Storage::read`].
    async fn download(&self, key: &str, to: &Path, max_bytes: u64) -> Result<u64, StorageError>;

    /// As [`Storage::write`], from the local file `from`.
    ///
    /// # Errors
    /// [`StorageError::Unwritable`].
    async fn upload(&self, key: &str, from: &Path) -> Result<(), StorageError>;

    /// Removes one file. A file that is already gone is not an error: a repeated job may find its own work done.
    ///
    /// # Errors
    /// [`StorageError::Unwritable`].
    async fn delete(&self, key: &str) -> Result<(), StorageError>;

    /// Size of one file in bytes.
    ///
    /// # Errors
    /// [`StorageError::NotFound`], [`StorageError::Unreadable`].
    async fn size(&self, key: &str) -> Result<u64, StorageError>;

    /// The public URL of `key`: the public base URL and the key, percent-encoded. Does not look whether the file exists.
    fn url_for(&self, key: &str) -> Result<String, StorageError>;
}

/// Opens the storage that `url` names: `file:./public` (created if missing, relative to the working directory), `file:///srv/public` or
/// `s3://bucket/prefix`, which takes its credentials from the environment (see [`S3Storage::open`]).
///
/// `public_base_url` is what [`Storage::url_for`] puts before a key: `https://cdn.example.com/files`, a path such as `/files`, or
/// empty for the root of the site.
///
/// # Errors
/// [`StorageError::UnsupportedUrl`] for another scheme, [`StorageError::InvalidBucket`], [`StorageError::InvalidBaseUrl`],
/// [`StorageError::Unwritable`] if the directory cannot be created.
pub fn open(url: &str, public_base_url: &str) -> Result<Arc<dyn Storage>, StorageError> {
    // Not `vars`, which panics at a variable that is no text.
    let variables =
        std::env::vars_os().filter_map(|(name, value)| name.into_string().ok().zip(value.into_string().ok()));
    open_with(url, public_base_url, &variables.collect())
}

/// As [`open`], with `variables` in the place of the environment.
///
/// # Errors
/// As [`open`].
pub fn open_with(url: &str, public_base_url: &str, variables: &Variables) -> Result<Arc<dyn Storage>, StorageError> {
    if url.starts_with("s3:") {
        return Ok(Arc::new(S3Storage::open(url, public_base_url, variables)?));
    }
    let root = local::directory_of(url)?;
    Ok(Arc::new(LocalStorage::open(&root, public_base_url)?))
}
