//! Reading the URL of the relay.

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use url::Url;

use super::error::EmailError;

/// Message submission (RFC 6409).
const SUBMISSION_PORT: u16 = 587;
/// Message submission over TLS (RFC 8314).
const SUBMISSIONS_PORT: u16 = 465;

/// When a connection becomes encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// From its first byte.
    Wrapped,
    /// By STARTTLS; without, nothing is sent.
    Required,
    /// By STARTTLS where the relay offers it.
    Opportunistic,
    /// Never.
    None,
}

/// Where messages are handed over.
pub(super) struct Relay {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) credentials: Option<Credentials>,
}

impl Relay {
    pub(super) fn parse(text: &str) -> Result<Self, EmailError> {
        let invalid = |reason: &str| EmailError::InvalidUrl { reason: reason.into() };
        let url =
            Url::parse(text).map_err(|error| EmailError::InvalidUrl { reason: format!("is not valid: {error}") })?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| invalid("names no host"))?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(invalid("has a path"));
        }
        let credentials = credentials(&url)?;
        let encryption = match (url.scheme(), tls_parameter(&url)?.as_deref()) {
            ("smtps", None) => Encryption::Wrapped,
            ("smtps", Some(_)) => return Err(invalid("has `tls`, which only smtp:// takes")),
            ("smtp", Some("required")) => Encryption::Required,
            ("smtp", Some("opportunistic")) => Encryption::Opportunistic,
            ("smtp", Some("none")) => Encryption::None,
            ("smtp", Some(_)) => return Err(invalid("has a `tls` other than required, opportunistic or none")),
            // A password must not depend on what somebody between here and the relay lets through.
            ("smtp", None) if credentials.is_some() => Encryption::Required,
            ("smtp", None) => Encryption::Opportunistic,
            _ => return Err(invalid("begins with neither smtp:// nor smtps://")),
        };
        let default_port = if encryption == Encryption::Wrapped { SUBMISSIONS_PORT } else { SUBMISSION_PORT };
        // An IPv6 address is bracketed in a URL only.
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { host, port: url.port().unwrap_or(default_port), encryption, credentials })
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, EmailError> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(String::from)
            .map_err(|_| EmailError::InvalidUrl { reason: "has credentials that are not UTF-8".into() })
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (_, None) => Err(EmailError::InvalidUrl { reason: "has a user but no password".into() }),
        (user, Some(password)) => Ok(Some(Credentials::new(decoded(user)?, decoded(password)?))),
    }
}

/// The value of `tls`; a misspelt parameter is refused rather than ignored.
fn tls_parameter(url: &Url) -> Result<Option<String>, EmailError> {
    let mut tls = None;
    for (name, value) in url.query_pairs() {
        if name != "tls" {
            return Err(EmailError::InvalidUrl { reason: format!("has the unknown parameter `{name}`") });
        }
        tls = Some(value.into_owned());
    }
    Ok(tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> (String, u16, Encryption, bool) {
        let Relay { host, port, encryption, credentials } = Relay::parse(url).unwrap();
        (host, port, encryption, credentials.is_some())
    }

    #[test]
    fn the_scheme_chooses_port_and_encryption() {
        assert_eq!(parse("smtps://mail.example.com"), ("mail.example.com".into(), 465, Encryption::Wrapped, false));
        assert_eq!(
            parse("smtp://mail.example.com"),
            ("mail.example.com".into(), 587, Encryption::Opportunistic, false)
        );
        assert_eq!(parse("smtp://[::1]:1025?tls=none"), ("::1".into(), 1025, Encryption::None, false));
    }

    #[test]
    fn a_password_requires_encryption_unless_the_url_says_otherwise() {
        assert_eq!(parse("smtp://u:p@host").2, Encryption::Required);
        assert_eq!(parse("smtp://u:p@host?tls=opportunistic").2, Encryption::Opportunistic);
        assert_eq!(parse("smtp://u:p@host/?tls=none").2, Encryption::None);
    }

    #[test]
    fn credentials_are_percent_decoded() {
        let relay = Relay::parse("smtp://ann%40example.com:p%C3%A4ss%2Fword@host").unwrap();
        let expected = Credentials::new("ann@example.com".into(), "päss/word".into());
        assert_eq!(relay.credentials, Some(expected));
    }

    #[test]
    fn what_cannot_work_is_refused_without_repeating_the_password() {
        for url in [
            "mail.example.com",
            "http://u:secret@host",
            "smtp://u@host",
            "smtp://u:secret@host/path",
            "smtp://u:secret@host?tls=maybe",
            "smtp://u:secret@host?ssl=true",
            "smtps://u:secret@host?tls=none",
            "smtp://u:secret%ff@host",
            "smtp:",
        ] {
            let error = Relay::parse(url).err().unwrap();
            assert_eq!(error.code(), "INVALID_SMTP_URL", "{url}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
