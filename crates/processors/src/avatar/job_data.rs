//! The data of an `optimize-avatar` job.

use synapse_queue_engine::job::Failure;

use crate::job_fields::{self, Fields, invalid};

/// Whose picture is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AvatarJob {
    /// Storage key of the upload.
    pub(super) file_path: String,
    pub(super) user_id: String,
}

impl AvatarJob {
    /// # Errors
    /// `INVALID_JOB_DATA`, unrecoverable, naming the field.
    pub(super) fn parse(data: &str) -> Result<Self, Failure> {
        let fields = job_fields::object(data)
            .ok_or_else(|| invalid("job data must be an object with `filePath` and `userId`"))?;
        let fields = Fields::of(&fields);
        Ok(Self { file_path: fields.required_text("filePath")?, user_id: fields.required_text("userId")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_that_cannot_be_used_is_named() {
        let cases = [
            ("7", "`filePath` and `userId`"),
            (r#"{"userId":"u"}"#, "`filePath`"),
            (r#"{"filePath":"a.jpg"}"#, "`userId`"),
            (r#"{"filePath":"a.jpg","userId":7}"#, "`userId`"),
        ];
        for (data, expected) in cases {
            let failure = AvatarJob::parse(data).unwrap_err();
            assert!(failure.is_unrecoverable());
            assert!(failure.message.contains(expected), "{data} -> {}", failure.message);
        }
    }
}
