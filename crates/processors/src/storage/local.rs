//! Storage in a directory of the local file system.

use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStoreExt, PutPayload};
use url::Url;

use super::confinement::{Root, parse_key};
use super::public_url::PublicBase;
use super::{Storage, StorageError, transfer};

/// Files below one directory. Symbolic links are followed as long as they stay inside.
#[derive(Debug)]
pub struct LocalStorage {
    root: Root,
    files: LocalFileSystem,
    public_base: PublicBase,
}

/// The directory that a `file:` URL names.
pub(super) fn directory_of(url: &str) -> Result<PathBuf, StorageError> {
    let unsupported = || StorageError::UnsupportedUrl { url: without_credentials(url) };
    let path = url.strip_prefix("file:").ok_or_else(unsupported)?;
    if path.starts_with("//") {
        return Url::parse(url).ok().and_then(|url| url.to_file_path().ok()).ok_or_else(unsupported);
    }
    if path.is_empty() { Err(unsupported()) } else { Ok(PathBuf::from(path)) }
}

fn without_credentials(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://***@{rest}"),
        _ => url.to_owned(),
    }
}

impl LocalStorage {
    /// Opens `directory`, creating it if missing. See [`super::open`] for `public_base_url`.
    ///
    /// # Errors
    /// [`StorageError::Unwritable`] if the directory cannot be created, [`StorageError::InvalidBaseUrl`].
    pub fn open(directory: &Path, public_base_url: &str) -> Result<Self, StorageError> {
        let public_base = PublicBase::parse(public_base_url)?;
        let unwritable = |source| StorageError::Unwritable { key: directory.display().to_string(), source };
        std::fs::create_dir_all(directory).map_err(unwritable)?;
        let root = Root::new(directory).map_err(unwritable)?;
        let files =
            LocalFileSystem::new_with_prefix(root.directory()).map_err(|error| unwritable(io::Error::other(error)))?;
        Ok(Self { root, files, public_base })
    }

    /// Runs a check of the file system where it may block.
    async fn check(&self, key: &Key, check: fn(&Root, &Key) -> Result<(), StorageError>) -> Result<(), StorageError> {
        let (root, owned_key) = (self.root.clone(), key.clone());
        tokio::task::spawn_blocking(move || check(&root, &owned_key)).await.unwrap_or_else(|error| {
            Err(StorageError::Unreadable { key: key.to_string(), source: io::Error::other(error) })
        })
    }
}

#[async_trait]
impl Storage for LocalStorage {
    async fn read(&self, key: &str, max_bytes: u64) -> Result<Bytes, StorageError> {
        let key = parse_key(key)?;
        self.check(&key, Root::check_readable).await?;
        let file = self.files.get(&key).await.map_err(|error| read_error(&key, error))?;
        let size = file.meta.size;
        if size > max_bytes {
            return Err(StorageError::TooLarge { key: key.to_string(), size, limit: max_bytes });
        }
        file.bytes().await.map_err(|error| read_error(&key, error))
    }

    async fn write(&self, key: &str, content: Bytes) -> Result<(), StorageError> {
        let key = parse_key(key)?;
        self.check(&key, Root::check_writable).await?;
        let written = self.files.put(&key, PutPayload::from_bytes(content)).await;
        written.map(drop).map_err(|error| write_error(&key, error))
    }

    async fn download(&self, key: &str, to: &Path, max_bytes: u64) -> Result<u64, StorageError> {
        let key = parse_key(key)?;
        self.check(&key, Root::check_readable).await?;
        transfer::download(&self.files, &key, (to, max_bytes)).await
    }

    async fn upload(&self, key: &str, from: &Path) -> Result<(), StorageError> {
        let key = parse_key(key)?;
        self.check(&key, Root::check_writable).await?;
        transfer::upload(&self.files, &key, from).await
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let key = parse_key(key)?;
        self.check(&key, Root::check_writable).await?;
        match self.files.delete(&key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(write_error(&key, error)),
        }
    }

    async fn size(&self, key: &str) -> Result<u64, StorageError> {
        let key = parse_key(key)?;
        self.check(&key, Root::check_readable).await?;
        self.files.head(&key).await.map(|meta| meta.size).map_err(|error| read_error(&key, error))
    }

    fn url_for(&self, key: &str) -> Result<String, StorageError> {
        Ok(self.public_base.url_for(&parse_key(key)?))
    }
}

fn read_error(key: &Key, error: object_store::Error) -> StorageError {
    match error {
        object_store::Error::NotFound { .. } => StorageError::NotFound { key: key.to_string() },
        error => StorageError::Unreadable { key: key.to_string(), source: io::Error::other(error) },
    }
}

fn write_error(key: &Key, error: object_store::Error) -> StorageError {
    StorageError::Unwritable { key: key.to_string(), source: io::Error::other(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_urls_name_relative_and_absolute_directories() {
        assert_eq!(directory_of("file:./public").unwrap(), PathBuf::from("./public"));
        assert_eq!(directory_of("file:/srv/public").unwrap(), PathBuf::from("/srv/public"));
        assert_eq!(directory_of("file:///srv/my%20files").unwrap(), PathBuf::from("/srv/my files"));
    }

    #[test]
    fn another_scheme_is_refused_without_repeating_its_credentials() {
        let error = directory_of("ftp://key:secret@host/prefix").unwrap_err();
        assert_eq!(error.code(), "UNSUPPORTED_STORAGE");
        assert!(error.to_string().contains("file:<directory>"), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
