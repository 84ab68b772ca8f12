//! Reading job data, with messages that name the field.

use serde_json::{Map, Value};
use synapse_queue_engine::job::Failure;

/// The data of a job, if it is an object.
pub(crate) fn object(data: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(data).ok()
}

/// A failure that no retry can help.
pub(crate) fn invalid(message: impl Into<String>) -> Failure {
    Failure::unrecoverable("INVALID_JOB_DATA", message)
}

/// Typed access to the fields of a JSON object. `null` counts as absent.
pub(crate) struct Fields<'a> {
    fields: &'a Map<String, Value>,
    /// What stands before a field's name in messages.
    prefix: &'static str,
}

impl<'a> Fields<'a> {
    /// The fields of a job's data.
    pub(crate) fn of(fields: &'a Map<String, Value>) -> Self {
        Self { fields, prefix: "" }
    }

    /// The fields of an object inside of the data; `prefix` ends with a dot.
    pub(crate) fn nested(fields: &'a Map<String, Value>, prefix: &'static str) -> Self {
        Self { fields, prefix }
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn mismatch(&self, name: &str, expected: &str) -> Failure {
        let got = self.get(name).map_or_else(|| "nothing".to_owned(), Value::to_string);
        invalid(format!("`{}{name}` must be {expected}, got {got}", self.prefix))
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
            Some(_) => Err(self.mismatch(name, "a string that is not empty")),
        }
    }

    pub(crate) fn required_text(&self, name: &str) -> Result<String, Failure> {
        self.text(name)?.ok_or_else(|| self.mismatch(name, "a string that is not empty"))
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.mismatch(name, "a boolean")),
        }
    }

    /// A whole number from 1 to `max`.
    pub(crate) fn integer(&self, name: &str, max: u32) -> Result<Option<u32>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number =
            value.as_u64().and_then(|number| u32::try_from(number).ok()).filter(|number| (1..=max).contains(number));
        number.map(Some).ok_or_else(|| self.mismatch(name, &format!("a whole number from 1 to {max}")))
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<&'a Map<String, Value>>, Failure> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(self.mismatch(name, "an object")),
        }
    }
}
