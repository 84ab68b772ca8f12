//! Reading job data, with messages that name the field.

use serde_json::value::RawValue;
use serde_json::{Map, Value};
use synapse_queue_engine::job::{Failure, Job};

use super::encryption::PAYLOAD_MAX;
use super::message::{Message, Urgency};

/// RFC 8030, section 5.4.
const TOPIC_LEN_MAX: usize = 32;

/// Code of every failure about job data.
const INVALID_JOB_DATA: &str = "INVALID_JOB_DATA";

/// The data of a job as an object whose fields are checked one by one.
pub(super) struct Fields {
    fields: Map<String, Value>,
    /// `JSON.stringify(data.payload)` as the producer wrote it: numbers and key order stay as they were.
    payload: Option<String>,
}

impl Fields {
    pub(super) fn of(job: &Job) -> Result<Self, Failure> {
        #[derive(serde::Deserialize)]
        struct Payload<'a> {
            #[serde(borrow)]
            payload: Option<&'a RawValue>,
        }
        let fields: Map<String, Value> = serde_json::from_str(&job.data).map_err(|_| invalid("data", "an object"))?;
        let payload: Payload<'_> = serde_json::from_str(&job.data).map_err(|_| invalid("data", "an object"))?;
        Ok(Self { fields, payload: payload.payload.map(|text| text.get().to_string()) })
    }

    /// A string that must not be empty.
    pub(super) fn required_string(&self, name: &str) -> Result<String, Failure> {
        match self.fields.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
            _ => Err(invalid(&format!("data.{name}"), "a non-empty string")),
        }
    }

    /// A list of strings that must not be empty.
    pub(super) fn required_strings(&self, name: &str) -> Result<Vec<String>, Failure> {
        let expected = || invalid(&format!("data.{name}"), "an array of non-empty strings");
        let items = self.fields.get(name).and_then(Value::as_array).ok_or_else(expected)?;
        let strings = items.iter().map(|item| item.as_str().filter(|text| !text.is_empty()).map(String::from));
        strings.collect::<Option<_>>().ok_or_else(expected)
    }

    /// The notification and how it is to be delivered.
    pub(super) fn message(&self) -> Result<Message, Failure> {
        let payload = self.payload()?;
        Ok(Message { payload, ttl: self.ttl()?, urgency: self.urgency()?, topic: self.topic()? })
    }

    fn payload(&self) -> Result<String, Failure> {
        let object = self.fields.get("payload").and_then(Value::as_object);
        let (Some(object), Some(text)) = (object, &self.payload) else {
            return Err(invalid("data.payload", "an object"));
        };
        for (name, is_required) in [("title", true), ("body", true), ("url", false), ("icon", false)] {
            match object.get(name) {
                Some(Value::String(_)) => {}
                None | Some(Value::Null) if !is_required => {}
                _ => return Err(invalid(&format!("data.payload.{name}"), "a string")),
            }
        }
        if text.len() > PAYLOAD_MAX {
            let message = format!(
                "`data.payload` has {} bytes as JSON, at most {PAYLOAD_MAX} fit into a push message",
                text.len()
            );
            return Err(Failure::unrecoverable("PAYLOAD_TOO_LARGE", message));
        }
        Ok(text.clone())
    }

    fn ttl(&self) -> Result<Option<u32>, Failure> {
        self.optional("ttl", "a whole number of seconds from 0 to 4294967295", |value| {
            value.as_u64().and_then(|seconds| u32::try_from(seconds).ok())
        })
    }

    fn urgency(&self) -> Result<Option<Urgency>, Failure> {
        self.optional("urgency", "one of very-low, low, normal, high", |value| {
            let text = value.as_str()?;
            Urgency::ALL.into_iter().find(|urgency| urgency.as_str() == text)
        })
    }

    fn topic(&self) -> Result<Option<String>, Failure> {
        self.optional("topic", "1 to 32 characters of A-Z, a-z, 0-9, - and _", |value| {
            let text = value.as_str()?;
            let is_base64url = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
            (is_base64url && (1..=TOPIC_LEN_MAX).contains(&text.len())).then(|| text.to_string())
        })
    }

    fn optional<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| invalid(&format!("data.{name}"), expected)),
        }
    }
}

fn invalid(field: &str, expected: &str) -> Failure {
    Failure::unrecoverable(INVALID_JOB_DATA, format!("`{field}` must be {expected}"))
}
