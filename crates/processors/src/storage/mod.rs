//! Bytes that processors read and write: originals, renditions, attachments.
//!
//! Processors see [`Storage`] only; where the bytes live is decided by the URL given to [`open`].

mod confinement;
mod error;
mod local;
mod public_url;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

pub use error::StorageError;
pub use local::LocalStorage;

/// What [`open`] understands, for error messages.
const SUPPORTED_URLS: &str = "file:<directory>, e.g. file:./public";

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

/// Opens the storage that `url` names; `file:./public` (created if missing, relative to the working directory) or `file:///srv/public`.
///
/// `public_base_url` is what [`Storage::url_for`] puts before a key: `https://cdn.example.com/files`, a path such as `/files`, or
/// empty for the root of the site.
///
/// # Errors
/// [`StorageError::UnsupportedUrl`] for another scheme, [`StorageError::InvalidBaseUrl`], [`StorageError::Unwritable`] if the
/// directory cannot be created.
pub fn open(url: &str, public_base_url: &str) -> Result<Arc<dyn Storage>, StorageError> {
    let root = local::directory_of(url)?;
    Ok(Arc::new(LocalStorage::open(&root, public_base_url)?))
}
