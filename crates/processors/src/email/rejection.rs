//! What a relay's refusal means for the job.

use lettre::transport::smtp::Error;
use synapse_queue_engine::job::Failure;

/// How much of the relay's reason is reported, in characters.
const REASON_MAX: usize = 300;
/// Replies about credentials (RFC 4954, section 6).
const AUTHENTICATION_CODES: [u16; 4] = [530, 534, 535, 538];

/// A permanent reply (5xx) is final; everything else may go away.
pub(super) fn failure(error: &Error) -> Failure {
    let reason = reason(error);
    if error.is_permanent() {
        let is_about_credentials = error.status().is_some_and(|status| AUTHENTICATION_CODES.contains(&status.into()));
        let code = if is_about_credentials { "SMTP_AUTHENTICATION_FAILED" } else { "EMAIL_REJECTED" };
        return Failure::unrecoverable(code, format!("the relay refused the message: {reason}"));
    }
    if error.is_transient() {
        return Failure::new("EMAIL_DEFERRED", format!("the relay did not take the message yet: {reason}"));
    }
    if error.is_timeout() {
        return Failure::new("SMTP_TIMEOUT", format!("the relay did not answer in time: {reason}"));
    }
    Failure::new("SMTP_UNAVAILABLE", format!("the message could not be handed to the relay: {reason}"))
}

/// The error and its causes in one line: a relay may quote anything.
fn reason(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        let next_text = next.to_string();
        if !text.contains(&next_text) {
            text = format!("{text}: {next_text}");
        }
        cause = next.source();
    }
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(REASON_MAX).collect()
}
