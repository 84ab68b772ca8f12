//! A processor wired to a receiver.

use std::sync::Arc;
use std::time::Duration;

use synapse_queue_engine::job::{Failure, Job};
use synapse_queue_engine::processor::Outcome;
use synapse_queue_processors::net::NetGuardOptions;
use synapse_queue_processors::stores::SubscriptionStore;
use synapse_queue_processors::web_push::{PushOptions, PushProcessor, VapidKeys, vapid};

use crate::receiver::Receiver;

pub(crate) const PAYLOAD: &str = r#"{"title":"Hello","body":"Grüße 👋","url":"/chat/1"}"#;
pub(crate) const SUBJECT: &str = "mailto:ops@example.com";

pub(crate) fn options(receiver: &Receiver) -> PushOptions {
    let (public, private) = vapid::generate().unwrap();
    let guard = NetGuardOptions {
        allowed_origins: vec![receiver.origin()],
        extra_root_certificates: receiver.ca_pem.clone().into_bytes(),
        ..NetGuardOptions::default()
    };
    let vapid = VapidKeys { public, private, subject: SUBJECT.into() };
    PushOptions { guard, timeout: Duration::from_secs(5), ..PushOptions::new(vapid) }
}

pub(crate) fn processor(receiver: &Receiver, store: &Arc<impl SubscriptionStore>) -> PushProcessor {
    let store: Arc<dyn SubscriptionStore> = store.clone();
    PushProcessor::new(store, &options(receiver)).unwrap()
}

pub(crate) fn job(user_id: &str) -> Job {
    job_with(&format!(r#"{{"userId":"{user_id}","payload":{PAYLOAD}}}"#))
}

pub(crate) fn job_with(data: &str) -> Job {
    Job { id: "7".into(), name: "push-notification".into(), data: data.into(), ..Job::default() }
}

pub(crate) fn completed(outcome: Outcome) -> String {
    match outcome {
        Outcome::Completed(result) => result,
        other => panic!("not completed: {other:?}"),
    }
}

pub(crate) fn failed(outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("not failed: {other:?}"),
    }
}
