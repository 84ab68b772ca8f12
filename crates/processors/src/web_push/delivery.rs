//! How one delivery ended.

use std::time::Duration;

/// What became of one message for one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Delivery {
    /// The push service has accepted it.
    Delivered,
    /// The subscription does not exist any more.
    Gone,
    /// It will never be accepted as it is.
    Rejected {
        /// Fit for logs: no endpoint, no token.
        reason: String,
    },
    /// It may be accepted later.
    Unavailable {
        /// Fit for logs: no endpoint, no token.
        reason: String,
        /// What the server asked for.
        retry_after: Option<Duration>,
    },
    /// It was not sent because the push service has asked for a pause.
    Postponed {
        /// What is left of the pause.
        pause: Duration,
    },
}
