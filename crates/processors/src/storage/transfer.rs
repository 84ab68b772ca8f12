//! Files that are too large to be held in memory, between an object store and the local file system.

use std::io;
use std::path::Path;

use futures_util::TryStreamExt;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::StorageError;

const CHUNK: usize = 1 << 20;
/// Parts of one file that travel at once.
const PARTS_IN_FLIGHT: usize = 4;

/// Copies the object `key` to the new file `to`; returns its size in bytes.
pub(super) async fn download(
    store: &dyn ObjectStore,
    key: &Key,
    (to, max_bytes): (&Path, u64),
) -> Result<u64, StorageError> {
    let unreadable = |source| StorageError::Unreadable { key: key.to_string(), source };
    let object = store.get(key).await.map_err(|error| match error {
        object_store::Error::NotFound { .. } => StorageError::NotFound { key: key.to_string() },
        error => unreadable(io::Error::other(error)),
    })?;
    let too_large = |size| StorageError::TooLarge { key: key.to_string(), size, limit: max_bytes };
    if object.meta.size > max_bytes {
        return Err(too_large(object.meta.size));
    }
    let mut chunks = object.into_stream();
    let mut file = File::create_new(to).await.map_err(unreadable)?;
    let mut size = 0;
    while let Some(chunk) = chunks.try_next().await.map_err(|error| unreadable(io::Error::other(error)))? {
        size += chunk.len() as u64;
        // A file that grows while it is read.
        if size > max_bytes {
            return Err(too_large(size));
        }
        file.write_all(&chunk).await.map_err(unreadable)?;
    }
    file.flush().await.map_err(unreadable)?;
    Ok(size)
}

/// Stores the file `from` under `key`. Readers see the old or the new content, never a part of it.
pub(super) async fn upload(store: &dyn ObjectStore, key: &Key, from: &Path) -> Result<(), StorageError> {
    let unwritable = |source| StorageError::Unwritable { key: key.to_string(), source };
    let mut file = File::open(from).await.map_err(unwritable)?;
    let upload = store.put_multipart(key).await.map_err(|error| unwritable(io::Error::other(error)))?;
    let mut parts = WriteMultipart::new(upload);
    match send_all(&mut file, &mut parts).await {
        Ok(()) => parts.finish().await.map(drop).map_err(|error| unwritable(io::Error::other(error))),
        Err(error) => {
            // What has arrived is of no use; why it failed is what counts.
            parts.abort().await.ok();
            Err(unwritable(error))
        }
    }
}

async fn send_all(file: &mut File, parts: &mut WriteMultipart) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = file.read(&mut chunk).await?;
        if read == 0 {
            return Ok(());
        }
        parts.wait_for_capacity(PARTS_IN_FLIGHT).await.map_err(io::Error::other)?;
        parts.write(&chunk[..read]);
    }
}
