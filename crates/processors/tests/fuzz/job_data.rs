//! Whatever stands in a job, a processor answers with an outcome: it neither panics nor hangs.

use std::sync::Arc;

use async_trait::async_trait;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use synapse_queue_engine::job::Job;
use synapse_queue_engine::processor::{Outcome, Processor};
use synapse_queue_processors::email::{EmailOptions, EmailProcessor};
use synapse_queue_processors::storage::open;
use synapse_queue_processors::stores::{StoreError, Subscription, SubscriptionStore};
use synapse_queue_processors::web_push::{PushOptions, PushProcessor, VapidKeys, vapid};
use tokio::runtime::Runtime;

use crate::corpus;
use crate::job_context::CancelledContext;
use crate::strategies::{holds, json, object, text};

/// Codes that anybody's job data may lead to; `CANCELLED` stands for a job that would have been done.
const EXPECTED: [&str; 6] =
    ["INVALID_JOB_DATA", "CANCELLED", "FILE_NOT_FOUND", "FILE_UNREADABLE", "PATH_OUTSIDE_STORAGE", "PAYLOAD_TOO_LARGE"];

struct Subject {
    runtime: Runtime,
    processors: Vec<Arc<dyn Processor>>,
    _directory: tempfile::TempDir,
}

struct NoSubscriptions;

#[async_trait]
impl SubscriptionStore for NoSubscriptions {
    async fn find_by_user(&self, _user_ids: &[String]) -> Result<Vec<Subscription>, StoreError> {
        Ok(Vec::new())
    }

    async fn remove(&self, _ids: &[String]) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Subject {
    fn email() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let storage = open(&format!("file:{}", directory.path().display()), "").unwrap();
        let options =
            EmailOptions { from: Some("a@example.com".into()), ..EmailOptions::new("smtp://127.0.0.1:9?tls=none") };
        let email = EmailProcessor::new(storage, &options).unwrap();
        Self { runtime: runtime(), processors: vec![Arc::new(email)], _directory: directory }
    }

    fn push() -> Self {
        let (public, private) = vapid::generate().unwrap();
        let options = PushOptions::new(VapidKeys { public, private, subject: "mailto:ops@example.com".into() });
        let single = PushProcessor::new(Arc::new(NoSubscriptions), &options).unwrap();
        let processors: Vec<Arc<dyn Processor>> = vec![Arc::new(single.batch()), Arc::new(single)];
        Self { runtime: runtime(), processors, _directory: tempfile::tempdir().unwrap() }
    }

    fn survives(&self, data: &str) -> Result<(), TestCaseError> {
        let job = Job { id: "1".into(), data: data.into(), ..Job::default() };
        for processor in &self.processors {
            let outcome = self.runtime.block_on(processor.process(&job, &CancelledContext::new()));
            if let Outcome::Failed(failure) = outcome {
                let code = failure.code.unwrap_or_default();
                prop_assert!(EXPECTED.contains(&code.as_str()), "{code}: {}", failure.message);
            }
        }
        Ok(())
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// What a producer could have meant, with one field of anything.
fn nearly_an_email() -> impl Strategy<Value = String> {
    let base = json!({"to": "ann@example.com", "subject": "Hello", "body": "<p>Hello</p>"});
    (prop_oneof![json(), text().prop_map(Value::from)], object(json()), 0..12_usize).prop_map(
        move |(value, all, field)| {
            let names = ["to", "cc", "bcc", "from", "replyTo", "subject", "body", "text", "headers", "attachments"];
            let mut data = base.clone();
            match names.get(field) {
                Some(name) => data[name] = value,
                None => data = all,
            }
            data.to_string()
        },
    )
}

#[test]
fn job_data_of_emails_leads_to_an_outcome() {
    let email = Subject::email();
    for data in corpus::JOB_DATA {
        email.survives(data).unwrap();
    }
    holds(&prop_oneof![nearly_an_email(), text()], |data| email.survives(&data));
}

#[test]
fn job_data_of_notifications_leads_to_an_outcome() {
    let push = Subject::push();
    for data in corpus::JOB_DATA {
        push.survives(data).unwrap();
    }
    let strategy = prop_oneof![object(json()).prop_map(|data| data.to_string()), text()];
    holds(&strategy, |data| push.survives(&data));
}

#[test]
fn an_address_of_anything_is_refused_or_sent_as_one_line() {
    let email = Subject::email();
    let data = |address: &str| json!({"to": address, "subject": "s", "text": "t"}).to_string();
    for address in corpus::ADDRESSES {
        email.survives(&data(address)).unwrap();
    }
    holds(&text(), |address| email.survives(&data(&address)));
}
