//! Addresses as job data holds them.

use lettre::message::{Mailbox, Mailboxes};
use lettre::{Address, address::AddressError};
use serde::Deserialize;
use url::Host;

/// What a relay must accept at least (RFC 5321, section 4.5.3.1.8); more would fail with some of them.
pub(super) const RECIPIENTS_MAX: usize = 100;

/// One address or several, as people write them: `"Ann <ann@example.com>, bob@example.com"`, a list of such texts, or `{name, address}`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum AddressField {
    Text(String),
    Named(NamedAddress),
    List(Vec<AddressField>),
}

/// An address whose name needs no quoting.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedAddress {
    #[serde(default)]
    name: String,
    address: String,
}

impl AddressField {
    /// Every address of the field.
    ///
    /// # Errors
    /// What is wrong with it; completes a sentence about the field.
    pub(super) fn mailboxes(&self) -> Result<Vec<Mailbox>, String> {
        match self {
            Self::Text(text) => parse_list(text),
            Self::Named(NamedAddress { name, address }) => {
                check_characters(name)?;
                check_characters(address)?;
                let address = address.parse::<Address>().map_err(|error| not_an_address(address, error))?;
                let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
                Ok(vec![deliverable(Mailbox::new(name, address))?])
            }
            Self::List(fields) => {
                let lists = fields.iter().map(|field| match field {
                    Self::List(_) => Err("must not be a list of lists".into()),
                    field => field.mailboxes(),
                });
                Ok(lists.collect::<Result<Vec<_>, String>>()?.concat())
            }
        }
    }
}

/// Reads addresses between commas.
pub(super) fn parse_list(text: &str) -> Result<Vec<Mailbox>, String> {
    check_characters(text)?;
    if text.trim().is_empty() {
        return Err("must not be empty".into());
    }
    let mailboxes: Mailboxes = text.parse().map_err(|error| not_an_address(text, error))?;
    mailboxes.into_iter().map(deliverable).collect()
}

/// A line break would begin a header of the attacker's own; no control character belongs into one.
pub(super) fn check_characters(text: &str) -> Result<(), String> {
    if text.contains(char::is_control) {
        return Err("must not contain line breaks or other control characters".into());
    }
    Ok(())
}

fn not_an_address(text: &str, error: AddressError) -> String {
    let shown: String = text.chars().take(80).collect();
    format!("must hold addresses such as `Ann <ann@example.com>`, got `{shown}` ({error})")
}

/// The mailbox with its domain as DNS knows it.
fn deliverable(mailbox: Mailbox) -> Result<Mailbox, String> {
    let Mailbox { name, email } = mailbox;
    if !email.user().is_ascii() {
        return Err(format!("must have addresses whose part before the `@` is ASCII, got `{email}`"));
    }
    if email.domain().is_ascii() {
        return Ok(Mailbox::new(name, email));
    }
    let ascii = match Host::parse(email.domain()) {
        Ok(Host::Domain(domain)) => Address::new(email.user(), domain),
        _ => Err(AddressError::InvalidDomain),
    };
    ascii.map(|email| Mailbox::new(name, email)).map_err(|error| not_an_address(email.as_ref(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Vec<(Option<String>, String)>, String> {
        let field: AddressField = serde_json::from_str(json).unwrap();
        let mailboxes = field.mailboxes()?;
        Ok(mailboxes.into_iter().map(|mailbox| (mailbox.name, mailbox.email.to_string())).collect())
    }

    fn named(name: &str, address: &str) -> (Option<String>, String) {
        (Some(name.into()), address.into())
    }

    #[test]
    fn addresses_are_read_as_people_write_them() {
        assert_eq!(read(r#""ann@example.com""#).unwrap(), [(None, "ann@example.com".into())]);
        assert_eq!(
            read(r#""Ann Lee <ann@example.com>, \"Lee, Bob\" <bob@example.com>""#).unwrap(),
            [named("Ann Lee", "ann@example.com"), named("Lee, Bob", "bob@example.com")]
        );
        assert_eq!(
            read(r#"["Jürgen Groß <j@example.com>", {"name": "李, \"四\"", "address": "li@example.com"}]"#).unwrap(),
            [named("Jürgen Groß", "j@example.com"), named("李, \"四\"", "li@example.com")]
        );
    }

    #[test]
    fn an_international_domain_is_sent_in_its_ascii_form() {
        assert_eq!(read(r#""ann@bücher.example""#).unwrap(), [(None, "ann@xn--bcher-kva.example".into())]);
    }

    #[test]
    fn what_could_begin_another_header_is_refused() {
        for json in [
            r#""ann@example.com\r\nBcc: eve@example.com""#,
            r#""ann@example.com\nBcc: eve@example.com""#,
            r#""\"Ann\r\nBcc: eve@example.com\" <ann@example.com>""#,
            r#"{"name": "Ann\r\nBcc: eve@example.com", "address": "ann@example.com"}"#,
            r#"{"name": "Ann", "address": "ann@example.com>\r\nRCPT TO:<eve@example.com"}"#,
            r#""ann\u0000@example.com""#,
        ] {
            assert!(read(json).unwrap_err().contains("control characters"), "{json}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for json in [
            r#""""#,
            r#""ann""#,
            r#""ann@""#,
            r#""<ann@example.com""#,
            r#""ann@exa mple.com""#,
            r#"[["a@b.c"]]"#,
            r#""jürgen@example.com""#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
