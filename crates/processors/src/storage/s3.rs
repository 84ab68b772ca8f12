//! Storage in a bucket of an S3 service.

use std::io;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStoreExt, PutPayload, RetryConfig};
use reqwest::Client;
use url::Url;

use super::confinement::parse_key;
use super::public_url::PublicBase;
use super::{Storage, StorageError, Variables, transfer};
use crate::net::Trust;

/// How long connecting, or a pause in an answer, may take. A whole transfer has no limit: files are of any size.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The job itself is tried again; these bridge a moment.
const RETRIES_MAX: usize = 3;
const RETRY_TIMEOUT: Duration = Duration::from_secs(30);
/// What variables of the service begin with.
const VARIABLE_PREFIX: &str = "AWS_";

/// Objects of one bucket below a prefix. A write is one request, so readers see the old or the new object.
#[derive(Debug)]
pub struct S3Storage {
    objects: PrefixStore<AmazonS3>,
    public_base: PublicBase,
}

impl S3Storage {
    /// Opens `s3://bucket` or `s3://bucket/prefix`; makes no request.
    ///
    /// `variables`: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_ENDPOINT_URL` (for services other than
    /// Amazon's) and further ones that the `object_store` crate names; others are ignored. Without keys, the machine's role is used.
    ///
    /// # Errors
    /// [`StorageError::InvalidBucket`], [`StorageError::InvalidBaseUrl`].
    pub fn open(url: &str, public_base_url: &str, variables: &Variables) -> Result<Self, StorageError> {
        let public_base = PublicBase::parse(public_base_url)?;
        let (bucket, prefix) = bucket_and_prefix(url)?;
        let mut builder = AmazonS3Builder::new();
        for (name, value) in variables.iter().filter(|(name, _)| name.starts_with(VARIABLE_PREFIX)) {
            if let Ok(key) = name.to_ascii_lowercase().parse() {
                builder = builder.with_config(key, value);
            }
        }
        let retry = RetryConfig { max_retries: RETRIES_MAX, retry_timeout: RETRY_TIMEOUT, ..RetryConfig::default() };
        let bucket = builder
            .with_bucket_name(bucket)
            // Services of one's own are often reached without TLS; which one it is, is the operator's choice.
            .with_allow_http(true)
            // Hashing a large body would hold up the I/O thread; TLS protects it on the way.
            .with_unsigned_payload(true)
            .with_retry(retry)
            .with_http_connector(TrustedConnector)
            .build()
            .map_err(|error| StorageError::InvalidBucket { reason: error.to_string() })?;
        Ok(Self { objects: PrefixStore::new(bucket, prefix), public_base })
    }
}

fn bucket_and_prefix(url: &str) -> Result<(String, Key), StorageError> {
    let invalid = |reason: &str| StorageError::InvalidBucket { reason: reason.into() };
    let url = Url::parse(url).map_err(|error| StorageError::InvalidBucket { reason: error.to_string() })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("credentials belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, not into the URL"));
    }
    if url.query().is_some() || url.fragment().is_some() || url.port().is_some() {
        return Err(invalid("it has more than a bucket and a prefix; the address of a service is AWS_ENDPOINT_URL"));
    }
    let bucket = url.host_str().filter(|bucket| !bucket.is_empty()).ok_or_else(|| invalid("it names no bucket"))?;
    let prefix =
        Key::from_url_path(url.path().trim_end_matches('/')).map_err(|_| invalid("the prefix is not a path"))?;
    Ok((bucket.to_owned(), prefix))
}

/// Connects as all other requests do: to the same authorities, with the same TLS.
#[derive(Debug)]
struct TrustedConnector;

impl HttpConnector for TrustedConnector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        let build = || Client::builder().connect_timeout(TIMEOUT).read_timeout(TIMEOUT);
        let client = Trust::new(&[]).and_then(|trust| trust.build(build));
        client
            .map(HttpClient::new)
            .map_err(|error| object_store::Error::Generic { store: "S3", source: Box::new(error) })
    }
}

#[async_trait]
impl Storage for S3Storage {
    async fn read(&self, key: &str, max_bytes: u64) -> Result<Bytes, StorageError> {
        let key = parse_key(key)?;
        let object = self.objects.get(&key).await.map_err(|error| read_error(&key, error))?;
        let size = object.meta.size;
        if size > max_bytes {
            return Err(StorageError::TooLarge { key: key.to_string(), size, limit: max_bytes });
        }
        object.bytes().await.map_err(|error| read_error(&key, error))
    }

    async fn write(&self, key: &str, content: Bytes) -> Result<(), StorageError> {
        let key = parse_key(key)?;
        let written = self.objects.put(&key, PutPayload::from_bytes(content)).await;
        written.map(drop).map_err(|error| write_error(&key, error))
    }

    async fn download(&self, key: &str, to: &Path, max_bytes: u64) -> Result<u64, StorageError> {
        transfer::download(&self.objects, &parse_key(key)?, (to, max_bytes)).await
    }

    async fn upload(&self, key: &str, from: &Path) -> Result<(), StorageError> {
        transfer::upload(&self.objects, &parse_key(key)?, from).await
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let key = parse_key(key)?;
        match self.objects.delete(&key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(write_error(&key, error)),
        }
    }

    async fn size(&self, key: &str) -> Result<u64, StorageError> {
        let key = parse_key(key)?;
        self.objects.head(&key).await.map(|meta| meta.size).map_err(|error| read_error(&key, error))
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

    fn parts(url: &str) -> (String, String) {
        let (bucket, prefix) = bucket_and_prefix(url).unwrap();
        (bucket, prefix.to_string())
    }

    #[test]
    fn a_url_names_a_bucket_and_perhaps_a_prefix() {
        assert_eq!(parts("s3://media"), ("media".into(), String::new()));
        assert_eq!(parts("s3://media/"), ("media".into(), String::new()));
        assert_eq!(parts("s3://media/a%20b/c/"), ("media".into(), "a b/c".into()));
    }

    #[test]
    fn what_does_not_belong_into_the_url_is_refused_without_being_repeated() {
        for url in ["s3:", "s3:///prefix", "s3://key:secret@media", "s3://media?key=secret", "s3://media:9000/a"] {
            let error = bucket_and_prefix(url).unwrap_err();
            assert_eq!(error.code(), "INVALID_STORAGE_URL", "{url}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
