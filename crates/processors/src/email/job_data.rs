//! Data of a `send-email` job.

use std::collections::BTreeMap;

use lettre::message::Mailbox;
use lettre::message::header::HeaderValue;
use serde::Deserialize;
use serde_json::{Map, Value};
use synapse_queue_engine::job::{Failure, Job};

use super::addresses::{AddressField, RECIPIENTS_MAX, check_characters};
use super::attachments::AttachmentRequest;
use super::headers;

/// Code of every failure about job data.
pub(super) const INVALID_JOB_DATA: &str = "INVALID_JOB_DATA";

/// `{to, subject, body, text?, from?, cc?, bcc?, replyTo?, headers?, attachments?}`.
#[derive(Debug)]
pub(super) struct EmailData {
    pub(super) to: Vec<Mailbox>,
    pub(super) cc: Vec<Mailbox>,
    pub(super) bcc: Vec<Mailbox>,
    pub(super) reply_to: Vec<Mailbox>,
    /// The processor's sender if absent.
    pub(super) from: Option<Mailbox>,
    pub(super) subject: String,
    pub(super) content: Content,
    pub(super) headers: Vec<HeaderValue>,
    pub(super) attachments: Vec<AttachmentRequest>,
}

/// What the recipient reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// The text part is made from the HTML.
    Html(String),
    /// Plain text alone.
    Text(String),
    /// Both as given.
    Both { html: String, text: String },
}

impl EmailData {
    pub(super) fn parse(job: &Job) -> Result<Self, Failure> {
        let fields: Map<String, Value> =
            serde_json::from_str(&job.data).map_err(|_| invalid("data", "must be an object"))?;
        let fields = Fields(fields);
        let data = Self {
            to: fields.mailboxes("to")?,
            cc: fields.mailboxes("cc")?,
            bcc: fields.mailboxes("bcc")?,
            reply_to: fields.mailboxes("replyTo")?,
            from: fields.sender()?,
            subject: fields.subject()?,
            content: fields.content()?,
            headers: fields.headers()?,
            attachments: fields.read("attachments", "a list of `{path, filename?, contentType?}`")?.unwrap_or_default(),
        };
        data.check_recipients()?;
        for (index, attachment) in data.attachments.iter().enumerate() {
            attachment.check().map_err(|reason| invalid(&format!("data.attachments[{index}]"), &reason))?;
        }
        Ok(data)
    }

    /// The recipients as the log names them: addresses without names.
    pub(super) fn recipients_label(&self) -> String {
        let recipients = self.to.iter().chain(&self.cc).chain(&self.bcc);
        recipients.map(|mailbox| mailbox.email.as_ref()).collect::<Vec<&str>>().join(", ")
    }

    fn check_recipients(&self) -> Result<(), Failure> {
        let count = self.to.len() + self.cc.len() + self.bcc.len();
        if self.to.is_empty() {
            return Err(invalid("data.to", "must name at least one recipient"));
        }
        if count > RECIPIENTS_MAX {
            let reason = format!("and `cc` and `bcc` must name at most {RECIPIENTS_MAX} recipients, got {count}");
            return Err(invalid("data.to", &reason));
        }
        Ok(())
    }
}

/// The job's fields, checked one by one.
struct Fields(Map<String, Value>);

impl Fields {
    /// A field of any shape; absent and null are the same.
    fn read<T: for<'de> Deserialize<'de>>(&self, name: &str, expected: &str) -> Result<Option<T>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => T::deserialize(value)
                .map(Some)
                .map_err(|_| invalid(&format!("data.{name}"), &format!("must be {expected}"))),
        }
    }

    fn mailboxes(&self, name: &str) -> Result<Vec<Mailbox>, Failure> {
        let field: Option<AddressField> = self.read(name, "an address, a list of addresses or `{name, address}`")?;
        let mailboxes = field.map(|field| field.mailboxes()).transpose();
        mailboxes.map(Option::unwrap_or_default).map_err(|reason| invalid(&format!("data.{name}"), &reason))
    }

    fn sender(&self) -> Result<Option<Mailbox>, Failure> {
        let mut senders = self.mailboxes("from")?;
        match senders.len() {
            0 | 1 => Ok(senders.pop()),
            _ => Err(invalid("data.from", "must be one address")),
        }
    }

    fn subject(&self) -> Result<String, Failure> {
        let subject: String =
            self.read("subject", "a string")?.ok_or_else(|| invalid("data.subject", "must be a string"))?;
        check_characters(&subject).map_err(|reason| invalid("data.subject", &reason))?;
        Ok(subject)
    }

    fn content(&self) -> Result<Content, Failure> {
        let (html, text) = (self.read("body", "a string")?, self.read("text", "a string")?);
        match (html, text) {
            (Some(html), Some(text)) => Ok(Content::Both { html, text }),
            (Some(html), None) => Ok(Content::Html(html)),
            (None, Some(text)) => Ok(Content::Text(text)),
            (None, None) => Err(invalid("data.body", "must be a string")),
        }
    }

    fn headers(&self) -> Result<Vec<HeaderValue>, Failure> {
        let headers: BTreeMap<String, String> = self.read("headers", "an object of strings")?.unwrap_or_default();
        headers::parse(&headers).map_err(|reason| invalid("data.headers", &reason))
    }
}

/// `reason` completes a sentence about the field.
fn invalid(field: &str, reason: &str) -> Failure {
    Failure::unrecoverable(INVALID_JOB_DATA, format!("`{field}` {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(data: &str) -> Result<EmailData, Failure> {
        EmailData::parse(&Job { data: data.into(), ..Job::default() })
    }

    #[test]
    fn the_data_of_the_documentation_is_enough() {
        let data = parse(r#"{"to":"ann@example.com","subject":"Welcome","body":"<p>Hello</p>"}"#).unwrap();
        assert_eq!((data.subject.as_str(), data.content), ("Welcome", Content::Html("<p>Hello</p>".into())));
        assert!(data.from.is_none() && data.cc.is_empty() && data.attachments.is_empty());
    }

    #[test]
    fn the_label_names_every_recipient_by_address() {
        let data = parse(r#"{"to":"Ann <ann@a.example>","bcc":["bob@b.example"],"subject":"","text":"x"}"#).unwrap();
        assert_eq!(data.recipients_label(), "ann@a.example, bob@b.example");
    }

    #[test]
    fn invalid_data_is_unrecoverable_and_names_the_field() {
        let recipients: Vec<String> = (0..101).map(|n| format!("u{n}@example.com")).collect();
        let many = serde_json::to_string(&recipients).unwrap();
        let with = |extra: &str| format!(r#"{{"to":"a@b.example","subject":"s","body":"b",{extra}}}"#);
        for (data, field) in [
            ("[]".to_owned(), "`data` "),
            (r#"{"subject":"s","body":"b"}"#.to_owned(), "`data.to` "),
            (r#"{"to":7,"subject":"s","body":"b"}"#.to_owned(), "`data.to` "),
            (r#"{"to":[],"subject":"s","body":"b"}"#.to_owned(), "`data.to` "),
            (format!(r#"{{"to":{many},"subject":"s","body":"b"}}"#), "`data.to` and `cc` and `bcc` must"),
            (r#"{"to":"a@b.example","body":"b"}"#.to_owned(), "`data.subject` "),
            (r#"{"to":"a@b.example","subject":"s\nBcc: eve@b.example","body":"b"}"#.to_owned(), "`data.subject` "),
            (r#"{"to":"a@b.example","subject":"s"}"#.to_owned(), "`data.body` "),
            (with(r#""cc":"nobody""#), "`data.cc` "),
            (with(r#""from":"a@b.example, c@d.example""#), "`data.from` "),
            (with(r#""headers":{"Bcc":"x"}"#), "`data.headers` "),
            (with(r#""headers":["x"]"#), "`data.headers` "),
            (with(r#""attachments":{"path":"a"}"#), "`data.attachments` "),
            (with(r#""attachments":[{"path":"a","filename":"a\r\nb"}]"#), "`data.attachments[0]` "),
            (with(r#""attachments":[{"path":"a","contentType":"nonsense"}]"#), "`data.attachments[0]` "),
        ] {
            let failure = parse(&data).unwrap_err();
            assert!(failure.is_unrecoverable() && failure.message.starts_with(field), "{data}: {}", failure.message);
            assert_eq!(failure.code.as_deref(), Some(INVALID_JOB_DATA));
        }
    }
}
