//! One notification, before it is encrypted for a browser.

/// How urgently a browser is woken for a message (RFC 8030, section 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// On power and Wi-Fi, e.g. advertisements.
    VeryLow,
    /// On power or Wi-Fi, e.g. topic updates.
    Low,
    /// Otherwise, e.g. chat messages. What push services assume.
    Normal,
    /// Even with a low battery, e.g. calls.
    High,
}

impl Urgency {
    /// Every value, in rising order.
    pub const ALL: [Self; 4] = [Self::VeryLow, Self::Low, Self::Normal, Self::High];

    /// As in the header and in job data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VeryLow => "very-low",
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// What is sent to every subscription of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// JSON text the service worker receives.
    pub(super) payload: String,
    /// Seconds; the sender's default if absent.
    pub(super) ttl: Option<u32>,
    pub(super) urgency: Option<Urgency>,
    /// Replaces a waiting message with the same topic.
    pub(super) topic: Option<String>,
}
