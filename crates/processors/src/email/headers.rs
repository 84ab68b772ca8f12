//! Headers that a job adds to its message.

use std::collections::BTreeMap;

use lettre::message::header::{HeaderName, HeaderValue};

use super::addresses::check_characters;

/// Headers that say who, what and when; they are made from the job's other fields.
const RESERVED: [&str; 14] = [
    "bcc",
    "cc",
    "date",
    "dkim-signature",
    "from",
    "message-id",
    "mime-version",
    "received",
    "reply-to",
    "return-path",
    "sender",
    "subject",
    "to",
    "resent-to",
];
const RESERVED_PREFIX: &str = "content-";

/// The headers, ready to be written.
///
/// # Errors
/// What is wrong; completes a sentence about the field.
pub(super) fn parse(headers: &BTreeMap<String, String>) -> Result<Vec<HeaderValue>, String> {
    headers.iter().map(|(name, value)| header(name, value)).collect()
}

fn header(name: &str, value: &str) -> Result<HeaderValue, String> {
    let lower_case = name.to_ascii_lowercase();
    if RESERVED.contains(&lower_case.as_str()) || lower_case.starts_with(RESERVED_PREFIX) {
        return Err(format!("must not contain `{name}`, which is made from other fields"));
    }
    check_characters(value).map_err(|reason| format!("{reason}, as `{}` does", name.escape_debug()))?;
    // RFC 5322, section 3.6.8: printable ASCII without the colon.
    let is_printable = name.bytes().all(|byte| byte.is_ascii_graphic());
    let parsed = HeaderName::new_from_ascii(name.to_owned()).ok().filter(|_| is_printable);
    let parsed =
        parsed.ok_or_else(|| format!("must have header names of printable ASCII, got `{}`", name.escape_debug()))?;
    Ok(HeaderValue::new(parsed, value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(name: &str, value: &str) -> String {
        header(name, value).unwrap_err()
    }

    #[test]
    fn headers_of_ones_own_are_taken() {
        assert!(header("List-Unsubscribe", "<https://example.com/stop>").is_ok());
        assert!(header("X-Campaign", "Grüße").is_ok());
    }

    #[test]
    fn headers_that_other_fields_make_are_refused_in_any_case() {
        for name in ["From", "BCC", "Content-Type", "content-transfer-encoding", "Message-Id"] {
            assert!(refusal(name, "x").contains("made from other fields"), "{name}");
        }
    }

    #[test]
    fn neither_name_nor_value_can_begin_another_header() {
        assert!(refusal("X-A", "x\r\nBcc: eve@example.com").contains("control characters"));
        for name in ["X-A: x\r\nBcc", "X-A\nBcc", "X A", "X-A:", "", "X-Ä"] {
            assert!(refusal(name, "x").contains("printable ASCII"), "{name}");
        }
    }
}
