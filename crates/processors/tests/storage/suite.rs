//! What every storage must do, wherever its bytes are. Public URLs begin with `/files`.

use std::sync::Arc;

use bytes::Bytes;
use synapse_queue_engine::job::Failure;
use synapse_queue_processors::storage::Storage;

const LIMIT: u64 = 8 << 20;

/// Runs the whole suite on an empty storage.
pub(crate) async fn passes(storage: &Arc<dyn Storage>) {
    what_was_written_is_read_back(&**storage).await;
    names_of_any_kind_stay_names(&**storage).await;
    keys_outside_of_the_root_are_refused(&**storage).await;
    a_missing_file_is_named(&**storage).await;
    a_file_above_the_limit_is_not_read(&**storage).await;
    deleting_twice_is_deleting_once(&**storage).await;
    readers_see_whole_contents_only(storage).await;
}

async fn what_was_written_is_read_back(storage: &dyn Storage) {
    for content in
        [Bytes::from_static(b"first"), Bytes::from_static(b"second"), Bytes::new(), Bytes::from(vec![7; 6 << 20])]
    {
        storage.write("/uploads/new/a.txt", content.clone()).await.unwrap();
        assert_eq!(storage.read("uploads/new/a.txt", LIMIT).await.unwrap(), content);
        assert_eq!(storage.size("/uploads/new/a.txt").await.unwrap(), content.len() as u64);
    }
    assert_eq!(storage.url_for("/uploads/new/a.txt").unwrap(), "/files/uploads/new/a.txt");
}

async fn names_of_any_kind_stay_names(storage: &dyn Storage) {
    for key in [
        "with space",
        "ä/ö.jpg",
        "100%",
        "%2e%2e/secret.txt",
        "a+b&c=d?e#f",
        "'quotes\"",
        ".hidden",
        "...",
        "~",
        "*",
        "$(id)",
    ] {
        storage.write(key, Bytes::copy_from_slice(key.as_bytes())).await.unwrap();
        assert_eq!(storage.read(key, LIMIT).await.unwrap(), key.as_bytes(), "{key}");
    }
}

async fn keys_outside_of_the_root_are_refused(storage: &dyn Storage) {
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
            storage.write(key, Bytes::new()).await.unwrap_err().code(),
            storage.delete(key).await.unwrap_err().code(),
            storage.size(key).await.unwrap_err().code(),
            storage.url_for(key).unwrap_err().code(),
        ];
        assert_eq!(codes, ["PATH_OUTSIDE_STORAGE"; 5], "{key:?}");
    }
}

async fn a_missing_file_is_named(storage: &dyn Storage) {
    let error = storage.read("not/there.txt", LIMIT).await.unwrap_err();
    assert_eq!(error.to_string(), "file `not/there.txt` does not exist in the storage");
    assert!(!Failure::from(error).is_unrecoverable(), "an upload may still be under way");
    assert_eq!(storage.size("not/there.txt").await.unwrap_err().code(), "FILE_NOT_FOUND");
}

async fn a_file_above_the_limit_is_not_read(storage: &dyn Storage) {
    storage.write("limited", Bytes::from_static(b"content")).await.unwrap();
    assert_eq!(storage.read("limited", 7).await.unwrap(), "content");
    let error = storage.read("limited", 6).await.unwrap_err();
    assert_eq!(error.code(), "FILE_TOO_LARGE");
    assert!(Failure::from(error).is_unrecoverable());
}

async fn deleting_twice_is_deleting_once(storage: &dyn Storage) {
    storage.write("deleted", Bytes::from_static(b"content")).await.unwrap();
    storage.delete("deleted").await.unwrap();
    storage.delete("deleted").await.unwrap();
    assert_eq!(storage.size("deleted").await.unwrap_err().code(), "FILE_NOT_FOUND");
}

async fn readers_see_whole_contents_only(storage: &Arc<dyn Storage>) {
    let contents: Vec<Bytes> = (0..6_u8).map(|writer| Bytes::from(vec![writer; 300_000])).collect();
    storage.write("shared", contents[0].clone()).await.unwrap();
    let reading = {
        let (storage, contents) = (Arc::clone(storage), contents.clone());
        tokio::spawn(async move {
            for _ in 0..20 {
                assert!(contents.contains(&storage.read("shared", LIMIT).await.unwrap()));
            }
        })
    };
    let writes = contents.iter().map(|content| storage.write("shared", content.clone()));
    futures_util::future::try_join_all(writes).await.unwrap();
    reading.await.unwrap();
    assert!(contents.contains(&storage.read("shared", LIMIT).await.unwrap()));
}
