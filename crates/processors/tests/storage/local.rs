//! Storage in a directory: nothing leaves it, nothing is half written.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use synapse_queue_processors::storage::{Storage, StorageError, open};
use tempfile::TempDir;

use crate::suite;

const LIMIT: u64 = 1 << 20;

/// A storage at `<directory>/public`, beside a file that it must never touch.
fn storage() -> (TempDir, Arc<dyn Storage>) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("secret.txt"), "secret").unwrap();
    let storage = open(&format!("file:{}", directory.path().join("public").display()), "/files").unwrap();
    (directory, storage)
}

async fn write(storage: &dyn Storage, key: &str) -> Result<(), StorageError> {
    storage.write(key, Bytes::from_static(b"content")).await
}

#[tokio::test]
async fn a_directory_passes_the_suite() {
    let (directory, storage) = storage();
    suite::passes(&storage).await;
    assert_eq!(std::fs::read_to_string(directory.path().join("secret.txt")).unwrap(), "secret");
}

#[tokio::test]
async fn what_was_written_is_read_back_under_a_public_url() {
    let (directory, storage) = storage();
    write(storage.as_ref(), "/uploads/new/a.txt").await.unwrap();
    assert_eq!(storage.read("uploads/new/a.txt", LIMIT).await.unwrap(), "content");
    assert_eq!(storage.size("/uploads/new/a.txt").await.unwrap(), 7);
    assert_eq!(storage.url_for("/uploads/new/a.txt").unwrap(), "/files/uploads/new/a.txt");
    assert!(directory.path().join("public/uploads/new/a.txt").is_file());
}

#[tokio::test]
async fn a_key_that_leaves_the_root_is_refused_by_every_method() {
    let (directory, storage) = storage();
    for key in [
        "../secret.txt",
        "a/../../secret.txt",
        "/../secret.txt",
        "..",
        "./a",
        "a//b",
        "",
        "/",
        "a\0b",
        "..\\secret.txt",
    ] {
        let codes = [
            storage.read(key, LIMIT).await.unwrap_err().code(),
            write(storage.as_ref(), key).await.unwrap_err().code(),
            storage.delete(key).await.unwrap_err().code(),
            storage.size(key).await.unwrap_err().code(),
            storage.url_for(key).unwrap_err().code(),
        ];
        assert_eq!(codes, ["PATH_OUTSIDE_STORAGE"; 5], "{key:?}");
    }
    assert_eq!(std::fs::read_to_string(directory.path().join("secret.txt")).unwrap(), "secret");
}

#[tokio::test]
async fn an_absolute_path_means_the_root_of_the_storage() {
    let (_directory, storage) = storage();
    assert_eq!(storage.read("/etc/hostname", LIMIT).await.unwrap_err().code(), "FILE_NOT_FOUND");
}

#[tokio::test]
async fn escapes_that_are_only_escapes_in_urls_are_plain_names() {
    let (directory, storage) = storage();
    write(storage.as_ref(), "%2e%2e/secret.txt").await.unwrap();
    assert!(directory.path().join("public/%2e%2e/secret.txt").is_file());
    assert_eq!(storage.read("%2e%2e/secret.txt", LIMIT).await.unwrap(), "content");
}

#[cfg(unix)]
#[tokio::test]
async fn symbolic_links_are_followed_inside_of_the_root_only() {
    use std::os::unix::fs::symlink;
    let (directory, storage) = storage();
    let root = directory.path().join("public");
    write(storage.as_ref(), "real/a.txt").await.unwrap();
    symlink(root.join("real"), root.join("inside")).unwrap();
    symlink(directory.path(), root.join("outside")).unwrap();
    symlink(directory.path().join("secret.txt"), root.join("file-link.txt")).unwrap();
    symlink(directory.path().join("nowhere"), root.join("dangling")).unwrap();

    assert_eq!(storage.read("inside/a.txt", LIMIT).await.unwrap(), "content");
    for key in ["outside/secret.txt", "file-link.txt"] {
        assert_eq!(storage.read(key, LIMIT).await.unwrap_err().code(), "PATH_OUTSIDE_STORAGE", "{key}");
        assert_eq!(storage.size(key).await.unwrap_err().code(), "PATH_OUTSIDE_STORAGE", "{key}");
    }
    for key in ["outside/new.txt", "outside/new/deep.txt", "outside/secret.txt"] {
        assert_eq!(write(storage.as_ref(), key).await.unwrap_err().code(), "PATH_OUTSIDE_STORAGE", "{key}");
        assert_eq!(storage.delete(key).await.unwrap_err().code(), "PATH_OUTSIDE_STORAGE", "{key}");
    }
    assert!(write(storage.as_ref(), "dangling/new.txt").await.is_err());
    assert!(!directory.path().join("nowhere").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_in_the_place_of_a_result_is_replaced_not_followed() {
    let (directory, storage) = storage();
    let secret = directory.path().join("secret.txt");
    std::os::unix::fs::symlink(&secret, directory.path().join("public/a.txt")).unwrap();
    write(storage.as_ref(), "a.txt").await.unwrap();
    assert_eq!(std::fs::read_to_string(secret).unwrap(), "secret");
    assert_eq!(storage.read("a.txt", LIMIT).await.unwrap(), "content");
}

#[tokio::test]
async fn missing_files_and_directories_have_codes_of_their_own() {
    let (directory, storage) = storage();
    write(storage.as_ref(), "file").await.unwrap();
    std::fs::create_dir(directory.path().join("public/folder")).unwrap();
    assert_eq!(storage.read("missing", LIMIT).await.unwrap_err().code(), "FILE_NOT_FOUND");
    assert_eq!(storage.size("missing/too").await.unwrap_err().code(), "FILE_NOT_FOUND");
    assert_eq!(storage.read("file/below", LIMIT).await.unwrap_err().code(), "FILE_NOT_FOUND");
    assert_eq!(storage.read("folder", LIMIT).await.unwrap_err().code(), "FILE_UNREADABLE");
    assert_eq!(write(storage.as_ref(), "file/below").await.unwrap_err().code(), "FILE_UNWRITABLE");
}

#[cfg(unix)]
#[tokio::test]
async fn a_named_pipe_is_refused_instead_of_waited_for() {
    let (directory, storage) = storage();
    let made = std::process::Command::new("mkfifo").arg(directory.path().join("public/pipe")).status().unwrap();
    assert!(made.success());
    assert_eq!(storage.read("pipe", LIMIT).await.unwrap_err().code(), "FILE_UNREADABLE");
}

#[tokio::test]
async fn concurrent_writes_leave_one_whole_file_and_no_traces() {
    let (directory, storage) = storage();
    let contents: Vec<Bytes> = (0..8_u8).map(|writer| Bytes::from(vec![writer; 300_000])).collect();
    let writes = contents.iter().map(|content| storage.write("a", content.clone()));
    futures_util::future::try_join_all(writes).await.unwrap();
    assert!(contents.contains(&storage.read("a", LIMIT).await.unwrap()));
    assert_eq!(names_in(&directory.path().join("public")), ["a"]);
}

#[test]
fn another_scheme_is_refused_with_what_is_supported() {
    for url in ["ftp://host/prefix", "./public", "file:", "file://host/public"] {
        let Err(error) = open(url, "") else { panic!("{url} was opened") };
        assert_eq!(error.code(), "UNSUPPORTED_STORAGE", "{url}");
        assert!(error.to_string().contains("file:./public"), "{error}");
    }
}

fn names_in(directory: &Path) -> Vec<String> {
    std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
