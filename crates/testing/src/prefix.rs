use uuid::Uuid;

/// A queue prefix that no other test uses, so that tests can share one server.
///
/// Contains no `:`, which separates prefix, queue and key in Redis.
pub fn unique_prefix() -> String {
    format!("test-{}", Uuid::new_v4().simple())
}
