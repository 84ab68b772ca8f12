//! Rows for tests.

use synapse_queue_processors::stores::{FileUpdate, Subscription};

/// Ends a string or an identifier in every dialect, and begins a statement.
pub(crate) const INJECTION: &str = "x'); DROP TABLE \"PushSubscription\"; -- \"]`\\";

pub(crate) fn subscription(id: &str, user_id: &str) -> Subscription {
    Subscription {
        id: id.into(),
        user_id: user_id.into(),
        endpoint: format!("https://push.example/{id}"),
        p256dh: "key".into(),
        auth: "secret".into(),
    }
}

pub(crate) fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

pub(crate) fn ids(subscriptions: &[Subscription]) -> Vec<&str> {
    subscriptions.iter().map(|subscription| subscription.id.as_str()).collect()
}

pub(crate) fn file_update() -> FileUpdate {
    FileUpdate { compressed_url: "/c.jpg".into(), thumbnail_url: "/t.jpg".into(), processed: true }
}
