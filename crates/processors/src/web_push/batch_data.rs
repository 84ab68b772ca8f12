//! Data of a `batch-push-notification` job.

use std::collections::HashSet;

use synapse_queue_engine::job::{Failure, Job};

use super::fields::Fields;
use super::message::Message;

/// `{users, payload: {title, body, url?, icon?}, urgency?, topic?, ttl?}`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BatchData {
    /// Every user once, in the order given.
    pub(super) users: Vec<String>,
    pub(super) message: Message,
}

impl BatchData {
    pub(super) fn parse(job: &Job) -> Result<Self, Failure> {
        let fields = Fields::of(job)?;
        let mut users = fields.required_strings("users")?;
        let mut seen = HashSet::new();
        users.retain(|user| seen.insert(user.clone()));
        Ok(Self { users, message: fields.message()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(users: &str) -> Result<BatchData, Failure> {
        let data = format!(r#"{{"users":{users},"payload":{{"title":"a","body":"b"}}}}"#);
        BatchData::parse(&Job { data, ..Job::default() })
    }

    #[test]
    fn a_user_named_twice_is_notified_once() {
        assert_eq!(parse(r#"["b","a","b"]"#).unwrap().users, ["b", "a"]);
    }

    #[test]
    fn users_must_be_a_list_of_ids() {
        for users in [r#""a""#, "[1]", r#"[""]"#, "null"] {
            assert!(parse(users).unwrap_err().message.starts_with("`data.users`"), "{users}");
        }
    }
}
