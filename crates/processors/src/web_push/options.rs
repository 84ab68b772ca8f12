//! Options of the push processors.

use std::time::Duration;

use super::error::PushError;
use super::vapid::VapidKeys;
use crate::net::NetGuardOptions;

/// How long a push service keeps a message for an absent browser unless the job says otherwise: four weeks.
pub const DEFAULT_TTL: Duration = Duration::from_hours(4 * 7 * 24);
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
const DEFAULT_CONCURRENCY: usize = 100;
const CONCURRENCY_MAX: usize = 1000;

/// How push messages are sent.
#[derive(Debug, Clone)]
pub struct PushOptions {
    /// Identity of the sender. No default.
    pub vapid: VapidKeys,
    /// How long a push service keeps a message for an absent browser; whole seconds, 0 = deliver now or never. Defaults to [`DEFAULT_TTL`].
    pub default_ttl: Duration,
    /// How long one request may take, connecting included. More than 0, defaults to 10 s.
    pub timeout: Duration,
    /// Requests in flight at once, over all jobs. 1-1000, defaults to 100.
    pub concurrency: usize,
    /// What endpoints may be reached besides public ones. Defaults to none.
    pub guard: NetGuardOptions,
}

impl PushOptions {
    /// Defaults for everything but the identity.
    pub fn new(vapid: VapidKeys) -> Self {
        Self {
            vapid,
            default_ttl: DEFAULT_TTL,
            timeout: DEFAULT_TIMEOUT,
            concurrency: DEFAULT_CONCURRENCY,
            guard: NetGuardOptions::default(),
        }
    }

    pub(super) fn validate(&self) -> Result<(), PushError> {
        if !(1..=CONCURRENCY_MAX).contains(&self.concurrency) {
            return Err(PushError::InvalidOption {
                option: "concurrency",
                expected: format!("between 1 and {CONCURRENCY_MAX}"),
                got: self.concurrency.to_string(),
            });
        }
        if self.timeout.is_zero() {
            let (expected, got) = ("more than 0".into(), "0".into());
            return Err(PushError::InvalidOption { option: "timeout", expected, got });
        }
        if u32::try_from(self.default_ttl.as_secs()).is_err() {
            let (expected, got) = (format!("at most {} s", u32::MAX), format!("{:?}", self.default_ttl));
            return Err(PushError::InvalidOption { option: "defaultTtl", expected, got });
        }
        Ok(())
    }
}
