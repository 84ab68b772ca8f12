//! Options of the e-mail processor.

use std::fmt;
use std::time::Duration;

use super::error::EmailError;

const DEFAULT_CONNECTIONS: usize = 5;
const CONNECTIONS_MAX: usize = 100;
/// RFC 5321 asks for minutes, but a worker that waits for them on every dead connection sends nothing.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);
/// What large providers accept.
const DEFAULT_ATTACHMENT_BYTES: u64 = 25 << 20;

/// How e-mail is sent.
#[derive(Clone)]
pub struct EmailOptions {
    /// The relay: `smtp://user:password@host:587` or `smtps://…:465`. No default.
    ///
    /// With a user, `smtp:` requires STARTTLS; without one it uses STARTTLS where the relay offers it. `?tls=required`, `?tls=opportunistic`
    /// and `?tls=none` say otherwise.
    pub url: String,
    /// Sender of messages that name none, e.g. `Synapse <no-reply@example.com>`. No default: such jobs fail.
    pub from: Option<String>,
    /// Connections to the relay, and so messages under way at once. 1-100, defaults to 5.
    pub connections: usize,
    /// How long the relay may take for one answer, and for connecting. More than 0, defaults to 60 s.
    pub timeout: Duration,
    /// What the attachments of one message may have together, bytes. Defaults to 25 MiB.
    pub max_attachment_bytes: u64,
    /// PEM certificates of authorities to trust besides the system's. Defaults to none.
    pub extra_root_certificates: Vec<u8>,
}

impl EmailOptions {
    /// Defaults for everything but the relay.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            from: None,
            connections: DEFAULT_CONNECTIONS,
            timeout: DEFAULT_TIMEOUT,
            max_attachment_bytes: DEFAULT_ATTACHMENT_BYTES,
            extra_root_certificates: Vec::new(),
        }
    }

    pub(super) fn validate(&self) -> Result<(), EmailError> {
        if !(1..=CONNECTIONS_MAX).contains(&self.connections) {
            return Err(EmailError::InvalidOption {
                option: "connections",
                expected: format!("between 1 and {CONNECTIONS_MAX}"),
                got: self.connections.to_string(),
            });
        }
        if self.timeout.is_zero() {
            let (expected, got) = ("more than 0".into(), "0".into());
            return Err(EmailError::InvalidOption { option: "timeout", expected, got });
        }
        Ok(())
    }
}

impl fmt::Debug for EmailOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("EmailOptions")
            .field("from", &self.from)
            .field("connections", &self.connections)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
