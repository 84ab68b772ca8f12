//! Data of a `push-notification` job.

use synapse_queue_engine::job::{Failure, Job};

use super::fields::Fields;
use super::message::Message;

/// `{userId, payload: {title, body, url?, icon?}, urgency?, topic?, ttl?}`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PushData {
    pub(super) user_id: String,
    pub(super) message: Message,
}

impl PushData {
    pub(super) fn parse(job: &Job) -> Result<Self, Failure> {
        let fields = Fields::of(job)?;
        Ok(Self { user_id: fields.required_string("userId")?, message: fields.message()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web_push::Urgency;

    fn parse(data: &str) -> Result<PushData, Failure> {
        PushData::parse(&Job { data: data.into(), ..Job::default() })
    }

    #[test]
    fn the_payload_is_passed_on_as_it_was_written() {
        let data = parse(
            r#"{"userId":"u","payload":{"title":"a","z":1.0,"body":"b"},"urgency":"high","topic":"t-1","ttl":0}"#,
        );
        let message = data.unwrap().message;
        assert_eq!(message.payload, r#"{"title":"a","z":1.0,"body":"b"}"#);
        assert_eq!(
            (message.urgency, message.topic.as_deref(), message.ttl),
            (Some(Urgency::High), Some("t-1"), Some(0))
        );
    }

    #[test]
    fn invalid_data_is_unrecoverable_and_names_the_field() {
        let payload = r#""payload":{"title":"a","body":"b"}"#;
        for (data, field) in [
            ("[]".to_string(), "`data`"),
            ("not json".to_string(), "`data`"),
            (format!("{{{payload}}}"), "`data.userId`"),
            (format!(r#"{{"userId":7,{payload}}}"#), "`data.userId`"),
            (r#"{"userId":"u"}"#.to_string(), "`data.payload`"),
            (r#"{"userId":"u","payload":{"title":"a"}}"#.to_string(), "`data.payload.body`"),
            (r#"{"userId":"u","payload":{"title":"a","body":"b","icon":1}}"#.to_string(), "`data.payload.icon`"),
            (format!(r#"{{"userId":"u",{payload},"ttl":-1}}"#), "`data.ttl`"),
            (format!(r#"{{"userId":"u",{payload},"urgency":"urgent"}}"#), "`data.urgency`"),
            (format!(r#"{{"userId":"u",{payload},"topic":"a b"}}"#), "`data.topic`"),
        ] {
            let failure = parse(&data).unwrap_err();
            assert!(failure.is_unrecoverable() && failure.message.starts_with(field), "{data}: {}", failure.message);
            assert_eq!(failure.code.as_deref(), Some("INVALID_JOB_DATA"));
        }
    }

    #[test]
    fn a_payload_above_the_record_limit_is_unrecoverable() {
        let failure = parse(&format!(r#"{{"userId":"u","payload":{{"title":"a","body":"{}"}}}}"#, "x".repeat(4000)));
        let failure = failure.unwrap_err();
        assert!(failure.is_unrecoverable());
        assert_eq!(failure.code.as_deref(), Some("PAYLOAD_TOO_LARGE"));
    }
}
