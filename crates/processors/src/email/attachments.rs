//! Files that travel with a message.

use bytes::Bytes;
use lettre::message::header::ContentType;
use serde::Deserialize;
use synapse_queue_engine::job::Failure;

use super::addresses::check_characters;
use crate::storage::Storage;

/// What is attached of files whose extension says nothing.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// A file as the job names it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AttachmentRequest {
    /// Inside the storage.
    path: String,
    /// What the recipient sees; the last part of the path if absent.
    filename: Option<String>,
    /// Told by the name if absent.
    content_type: Option<String>,
}

/// A file with its bytes.
pub(super) struct LoadedAttachment {
    pub(super) filename: String,
    pub(super) content_type: ContentType,
    pub(super) bytes: Bytes,
}

impl AttachmentRequest {
    /// What is wrong with it; completes a sentence about the field.
    pub(super) fn check(&self) -> Result<(), String> {
        check_characters(&self.filename())?;
        self.content_type().map(drop)
    }

    fn filename(&self) -> String {
        let last_part = || self.path.rsplit('/').next().unwrap_or_default().to_owned();
        self.filename.clone().unwrap_or_else(last_part)
    }

    fn content_type(&self) -> Result<ContentType, String> {
        let given = self.content_type.as_deref();
        given.map_or(Ok(()), check_characters)?;
        let name = given.map_or_else(|| guessed_type(&self.filename()), str::to_owned);
        let parsed = ContentType::parse(&name);
        // A multipart attachment would be read as a part of the message's own structure.
        let single = parsed.ok().filter(|_| !name.trim_start().to_ascii_lowercase().starts_with("multipart/"));
        single
            .ok_or_else(|| format!("must have a `contentType` such as application/pdf, got `{}`", name.escape_debug()))
    }
}

fn guessed_type(filename: &str) -> String {
    mime_guess::from_path(filename).first_raw().unwrap_or(UNKNOWN_TYPE).to_owned()
}

/// Reads the files one after the other: together they have at most `max_bytes`.
///
/// # Errors
/// Those of the storage; `FILE_TOO_LARGE` if they have more.
pub(super) async fn load(
    storage: &dyn Storage,
    requests: &[AttachmentRequest],
    max_bytes: u64,
) -> Result<Vec<LoadedAttachment>, Failure> {
    let mut remaining = max_bytes;
    let mut loaded = Vec::with_capacity(requests.len());
    for request in requests {
        let bytes = storage.read(&request.path, remaining).await?;
        remaining = remaining.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let content_type =
            request.content_type().map_err(|reason| Failure::unrecoverable("INVALID_JOB_DATA", reason))?;
        loaded.push(LoadedAttachment { filename: request.filename(), content_type, bytes });
    }
    Ok(loaded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str) -> AttachmentRequest {
        AttachmentRequest { path: path.into(), filename: None, content_type: None }
    }

    #[test]
    fn name_and_type_come_from_the_path() {
        let invoice = request("/invoices/2026/Rechnung Nr. 7.pdf");
        assert_eq!(invoice.filename(), "Rechnung Nr. 7.pdf");
        assert_eq!(invoice.content_type().unwrap(), ContentType::parse("application/pdf").unwrap());
        assert_eq!(request("data").content_type().unwrap(), ContentType::parse(UNKNOWN_TYPE).unwrap());
    }

    #[test]
    fn a_type_that_would_change_the_messages_structure_is_refused() {
        for content_type in
            ["multipart/mixed; boundary=x", "Multipart/alternative", "text", "text/plain\r\nBcc: eve@b.c"]
        {
            let request = AttachmentRequest { content_type: Some(content_type.into()), ..request("a.txt") };
            assert!(request.check().is_err(), "{content_type}");
        }
    }
}
