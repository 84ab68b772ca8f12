//! Storage in a bucket.

use std::sync::Arc;

use bytes::Bytes;
use synapse_queue_engine::job::Failure;
use synapse_queue_processors::storage::{Storage, Variables, open_with};
use synapse_queue_testing::S3Server;

use crate::suite;

fn variables(endpoint: &str) -> Variables {
    let pairs = [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_SOMETHING_ELSE", "ignored"),
        ("PATH", "/bin"),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

fn storage(server: &S3Server, url: &str) -> Arc<dyn Storage> {
    open_with(url, "/files", &variables(&server.endpoint())).unwrap()
}

#[tokio::test]
async fn an_s3_service_passes_the_suite() {
    let server = S3Server::launch();
    suite::passes(&storage(&server, "s3://media")).await;
    a_prefix_is_a_root_of_its_own(&server).await;
    a_bucket_that_is_not_there_may_come(&server).await;
}

async fn a_prefix_is_a_root_of_its_own(server: &S3Server) {
    let (inside, whole) = (storage(server, "s3://media/app%20one/files/"), storage(server, "s3://media"));
    inside.write("a.txt", Bytes::from_static(b"content")).await.unwrap();
    assert_eq!(whole.read("app one/files/a.txt", 100).await.unwrap(), "content");
    whole.write("outside.txt", Bytes::from_static(b"secret")).await.unwrap();
    assert_eq!(inside.read("../../outside.txt", 100).await.unwrap_err().code(), "PATH_OUTSIDE_STORAGE");
    assert_eq!(inside.read("outside.txt", 100).await.unwrap_err().code(), "FILE_NOT_FOUND");
}

async fn a_bucket_that_is_not_there_may_come(server: &S3Server) {
    let error =
        storage(server, "s3://no-such-bucket").write("a.txt", Bytes::from_static(b"content")).await.unwrap_err();
    assert_eq!(error.code(), "FILE_UNWRITABLE");
    assert!(!Failure::from(error).is_unrecoverable());
}

#[tokio::test]
async fn a_service_that_is_away_is_a_failure_to_be_retried() {
    // Nothing listens on the discard port of a test machine.
    let storage = open_with("s3://media", "", &variables("http://127.0.0.1:9")).unwrap();
    let error = storage.read("a.txt", 100).await.unwrap_err();
    assert_eq!(error.code(), "FILE_UNREADABLE");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[test]
fn urls_that_cannot_work_are_refused_with_what_is_expected() {
    for (url, code) in [
        ("s3://", "INVALID_STORAGE_URL"),
        ("s3://key:secret@media", "INVALID_STORAGE_URL"),
        ("gs://media", "UNSUPPORTED_STORAGE"),
    ] {
        let error = open_with(url, "", &Variables::new()).err().unwrap();
        assert_eq!(error.code(), code, "{url}");
        assert!(
            error.to_string().contains("s3://<bucket>/<prefix>") && !error.to_string().contains("secret"),
            "{error}"
        );
    }
}
