//! Taking script replies apart, with errors that name what was being read.

use redis::Value;

use crate::error::{Error, Result};

/// One value of a reply, and what it should be.
#[derive(Debug)]
pub(crate) struct Reply {
    subject: &'static str,
    value: Value,
}

/// The error for a reply that is not what its script documents.
pub(crate) fn malformed(subject: &'static str, detail: impl Into<String>) -> Error {
    Error::MalformedState { subject, detail: detail.into() }
}

impl Reply {
    pub(crate) fn new(subject: &'static str, value: Value) -> Self {
        Self { subject, value }
    }

    /// A list; RESP3 maps and nil count as lists too.
    pub(crate) fn into_items(self) -> Result<Vec<Value>> {
        match self.value {
            Value::Array(items) | Value::Set(items) => Ok(items),
            Value::Map(pairs) => Ok(pairs.into_iter().flat_map(|(field, value)| [field, value]).collect()),
            Value::Nil => Ok(Vec::new()),
            other => Err(malformed(self.subject, format!("{other:?}"))),
        }
    }

    /// A list of texts.
    pub(crate) fn into_texts(self) -> Result<Vec<String>> {
        let subject = self.subject;
        self.into_items()?.into_iter().map(|item| Self::new(subject, item).into_text()).collect()
    }

    /// A flat list of two texts each, or a list of such pairs.
    pub(crate) fn into_pairs(self) -> Result<Vec<(String, String)>> {
        let subject = self.subject;
        let mut texts = Vec::new();
        for item in self.into_items()? {
            match item {
                Value::Array(pair) => texts.extend(Self::new(subject, Value::Array(pair)).into_texts()?),
                item => texts.push(Self::new(subject, item).into_text()?),
            }
        }
        let mut texts = texts.into_iter();
        Ok(std::iter::from_fn(|| Some((texts.next()?, texts.next()?))).collect())
    }

    /// Text; bytes that are not UTF-8 are replaced, for they can only come from outside.
    pub(crate) fn into_text(self) -> Result<String> {
        match self.value {
            Value::BulkString(bytes) => {
                Ok(String::from_utf8(bytes)
                    .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
            }
            Value::SimpleString(text) | Value::VerbatimString { text, .. } => Ok(text),
            Value::Okay => Ok("OK".into()),
            Value::Int(number) => Ok(number.to_string()),
            other => Err(malformed(self.subject, format!("{other:?}"))),
        }
    }

    /// Text, or `None` for nil (and Lua's false).
    pub(crate) fn into_optional_text(self) -> Result<Option<String>> {
        if self.value == Value::Nil { Ok(None) } else { self.into_text().map(Some) }
    }

    /// A whole number, also one that came as text.
    pub(crate) fn into_integer(self) -> Result<i64> {
        let subject = self.subject;
        if let Value::Int(number) = self.value {
            return Ok(number);
        }
        let text = self.into_text()?;
        text.parse().map_err(|_| malformed(subject, text))
    }

    /// A whole number that counts something.
    pub(crate) fn into_count(self) -> Result<u64> {
        let subject = self.subject;
        let number = self.into_integer()?;
        u64::try_from(number).map_err(|_| malformed(subject, number.to_string()))
    }
}
