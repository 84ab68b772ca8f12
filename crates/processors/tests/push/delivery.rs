//! What arrives at the push service, and what its answers lead to.

use std::sync::Arc;
use std::time::Duration;

use synapse_queue_engine::processor::Processor;
use synapse_queue_processors::stores::Subscription;
use synapse_queue_processors::web_push::{PushOptions, PushProcessor, VapidKeys};

use crate::browser::{Browser, verify_token};
use crate::fake_context::FakeContext;
use crate::memory_store::MemoryStore;
use crate::receiver::{Answer, Receiver};
use crate::setup::{PAYLOAD, SUBJECT, completed, failed, job, job_with, options, processor};

#[tokio::test]
async fn every_browser_of_the_user_gets_the_payload_encrypted_for_it() {
    let receiver = Receiver::start().await;
    let browsers = ["a", "b"].map(|id| Browser::new(&receiver, id, "ann"));
    let stranger = Browser::new(&receiver, "c", "bob").subscription;
    let subscriptions = browsers.iter().map(|browser| browser.subscription.clone()).chain([stranger]);
    let (store, context) = (Arc::new(MemoryStore::new(subscriptions)), FakeContext::default());

    let outcome = processor(&receiver, &store).process(&job("ann"), &context).await;

    assert_eq!(completed(outcome), r#"{"sent":2,"failed":0,"total":2}"#);
    assert_eq!(receiver.paths(), ["/a", "/b"]);
    for request in receiver.requests() {
        let browser = browsers.iter().find(|browser| browser.subscription.endpoint.ends_with(&request.path)).unwrap();
        assert_eq!(browser.decrypt(&request.body), PAYLOAD);
    }
    assert_eq!(
        context.lines(),
        [
            "📤 Processing push notification job 7 for user ann",
            "✅ Push notification job 7 completed: 2 sent, 0 failed"
        ]
    );
}

#[tokio::test]
async fn the_request_carries_the_headers_of_the_protocol() {
    let receiver = Receiver::start().await;
    let store = Arc::new(MemoryStore::new([Browser::new(&receiver, "a", "ann").subscription]));
    let options = options(&receiver);
    let processor = PushProcessor::new(store, &options).unwrap();
    let data = format!(r#"{{"userId":"ann","payload":{PAYLOAD},"ttl":60,"urgency":"high","topic":"chat_1"}}"#);

    processor.process(&job("ann"), &FakeContext::default()).await;
    processor.process(&job_with(&data), &FakeContext::default()).await;

    let [plain, chosen] = receiver.requests().try_into().ok().unwrap();
    assert_eq!((plain.header("content-encoding"), plain.header("ttl")), ("aes128gcm", "2419200"));
    assert!(plain.headers.get("urgency").is_none() && plain.headers.get("topic").is_none());
    assert_eq!((chosen.header("ttl"), chosen.header("urgency"), chosen.header("topic")), ("60", "high", "chat_1"));
    let claims = verify_token(&plain);
    assert_eq!((claims.audience, claims.subject.as_str()), (receiver.origin(), SUBJECT));
    assert_eq!(claims.public_key, options.vapid.public);
    assert!((11 * 3600..24 * 3600).contains(&claims.lifetime_s), "{}", claims.lifetime_s);
    assert_eq!(plain.header("authorization"), chosen.header("authorization"), "the token is signed once per origin");
}

#[tokio::test]
async fn a_burst_shares_one_http2_connection_and_later_jobs_reuse_it() {
    let receiver = Receiver::start().await;
    let subscriptions = (0..40).map(|n| Browser::new(&receiver, &format!("s{n}"), "ann").subscription);
    let store = Arc::new(MemoryStore::new(subscriptions));
    let processor = processor(&receiver, &store);

    for _ in 0..2 {
        let outcome = processor.process(&job("ann"), &FakeContext::default()).await;
        assert_eq!(completed(outcome), r#"{"sent":40,"failed":0,"total":40}"#);
    }

    assert_eq!((receiver.requests().len(), receiver.connections()), (80, 1));
}

#[tokio::test]
async fn a_user_without_subscriptions_is_not_a_failure() {
    let receiver = Receiver::start().await;
    let (store, context) = (Arc::new(MemoryStore::default()), FakeContext::default());

    let outcome = processor(&receiver, &store).process(&job("ann"), &context).await;

    assert_eq!(completed(outcome), r#"{"sent":0,"total":0}"#);
    assert_eq!(
        context.lines(),
        ["📤 Processing push notification job 7 for user ann", "No subscriptions found for user ann"]
    );
}

#[tokio::test]
async fn subscriptions_that_are_gone_are_removed_and_count_as_failed() {
    let receiver = Receiver::start().await;
    receiver.script("/gone", [Answer::status(410)]);
    receiver.script("/unknown", [Answer::status(404)]);
    let subscriptions = ["gone", "unknown", "alive"].map(|id| Browser::new(&receiver, id, "ann").subscription);
    let (store, context) = (Arc::new(MemoryStore::new(subscriptions)), FakeContext::default());

    let outcome = processor(&receiver, &store).process(&job("ann"), &context).await;

    assert_eq!(completed(outcome), r#"{"sent":1,"failed":2,"total":3}"#);
    assert_eq!(store.ids(), ["alive"]);
    let lines = context.lines();
    for id in ["gone", "unknown"] {
        assert!(lines.contains(&format!("Removed invalid subscription {id}")), "{lines:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_reported_once_with_the_servers_reason_and_without_secrets() {
    let receiver = Receiver::start().await;
    let endpoint_token = "very-secret-capability-token";
    let reason = format!("bad\n\u{1b}[31mJWT for /{endpoint_token} {}", "x".repeat(10_000));
    for (path, status) in [(endpoint_token, 403), ("b", 400), ("c", 401), ("d", 413)] {
        receiver.script(&format!("/{path}"), [Answer::status(status).body(reason.clone())]);
    }
    let mut subscriptions = ["b", "c", "d"].map(|id| Browser::new(&receiver, id, "ann").subscription).to_vec();
    let secret = Browser::new(&receiver, endpoint_token, "ann").subscription;
    subscriptions.push(Subscription { id: "a".into(), ..secret });
    let (store, context) = (Arc::new(MemoryStore::new(subscriptions)), FakeContext::default());

    let outcome = processor(&receiver, &store).process(&job("ann"), &context).await;

    assert_eq!(completed(outcome), r#"{"sent":0,"failed":4,"total":4}"#);
    assert_eq!((receiver.requests().len(), context.errors().len(), store.ids().len()), (4, 4, 4));
    let line = context.errors().into_iter().find(|line| line.contains("notification to a:")).unwrap();
    let expected = format!(
        "Error sending push notification to a: 403 Forbidden from {}: bad [31mJWT for /<redacted>",
        receiver.origin()
    );
    assert!(line.starts_with(&expected) && line.len() < 500, "{line}");
}

#[tokio::test]
async fn a_subscription_with_broken_keys_fails_alone() {
    let receiver = Receiver::start().await;
    let good = Browser::new(&receiver, "good", "ann").subscription;
    let short = Subscription { id: "short".into(), p256dh: "AAAA".into(), ..good.clone() };
    let no_url = Subscription { id: "no-url".into(), endpoint: "nonsense".into(), ..good.clone() };
    let (store, context) = (Arc::new(MemoryStore::new([good, short, no_url])), FakeContext::default());

    let outcome = processor(&receiver, &store).process(&job("ann"), &context).await;

    assert_eq!(completed(outcome), r#"{"sent":1,"failed":2,"total":3}"#);
    let mut errors = context.errors();
    errors.sort();
    assert_eq!(
        errors,
        [
            "Error sending push notification to no-url: the URL is not valid: relative URL without a base",
            "Error sending push notification to short: the subscription's `p256dh` must have 65 bytes, got 3",
        ]
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let receiver = Receiver::start().await;
    receiver.script("/a", [Answer::status(307).header("location", &format!("{}/elsewhere", receiver.origin()))]);
    let store = Arc::new(MemoryStore::new([Browser::new(&receiver, "a", "ann").subscription]));

    let outcome = processor(&receiver, &store).process(&job("ann"), &FakeContext::default()).await;

    assert_eq!(completed(outcome), r#"{"sent":0,"failed":1,"total":1}"#);
    assert_eq!(receiver.paths(), ["/a"]);
}

#[tokio::test]
async fn a_server_that_does_not_answer_fails_the_attempt_in_time() {
    let receiver = Receiver::start().await;
    receiver.script("/a", [Answer::never()]);
    let store = Arc::new(MemoryStore::new([Browser::new(&receiver, "a", "ann").subscription]));
    let options = PushOptions { timeout: Duration::from_millis(200), ..options(&receiver) };
    let context = FakeContext::default();

    let outcome = PushProcessor::new(store, &options).unwrap().process(&job("ann"), &context).await;

    let failure = failed(outcome);
    assert_eq!((failure.code.as_deref(), failure.is_unrecoverable()), (Some("PUSH_SERVICE_UNAVAILABLE"), false));
    let reason = format!("no answer from {} within 200ms", receiver.origin());
    assert!(context.errors().contains(&format!("Error sending push notification to a: {reason}")));
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_not_trusted() {
    let (receiver, other) = (Receiver::start().await, Receiver::start().await);
    let store = Arc::new(MemoryStore::new([Browser::new(&receiver, "a", "ann").subscription]));
    let mut options = options(&receiver);
    options.guard.extra_root_certificates = other.ca_pem.clone().into_bytes();

    let outcome = PushProcessor::new(store, &options).unwrap().process(&job("ann"), &FakeContext::default()).await;

    let message = failed(outcome).message;
    assert!(message.contains("certificate") && receiver.requests().is_empty(), "{message}");
}

#[tokio::test]
async fn invalid_data_fails_for_good_and_sends_nothing() {
    let receiver = Receiver::start().await;
    let store = Arc::new(MemoryStore::new([Browser::new(&receiver, "a", "ann").subscription]));
    let context = FakeContext::default();

    let failure = failed(processor(&receiver, &store).process(&job_with(r#"{"userId":"ann"}"#), &context).await);

    assert!(failure.is_unrecoverable());
    assert_eq!(failure.code.as_deref(), Some("INVALID_JOB_DATA"));
    assert_eq!(context.lines(), ["Error processing push notification job 7: `data.payload` must be an object"]);
    assert!(receiver.requests().is_empty());
}

#[tokio::test]
async fn a_store_that_fails_fails_the_attempt_with_its_code() {
    let receiver = Receiver::start().await;
    let store = Arc::new(MemoryStore::broken());
    let failure = failed(processor(&receiver, &store).process(&job("ann"), &FakeContext::default()).await);
    assert_eq!((failure.code.as_deref(), failure.is_unrecoverable()), (Some("STORE_ERROR"), false));
}

#[tokio::test]
async fn options_out_of_range_are_refused_by_name() {
    let receiver = Receiver::start().await;
    let code = |options: PushOptions| {
        let store = Arc::new(MemoryStore::default());
        PushProcessor::new(store, &options).err().map(|error| (error.code(), error.to_string()))
    };
    assert_eq!(code(options(&receiver)), None);
    let expect = |options: PushOptions, code_expected: &str, message: &str| {
        let (code, text) = code(options).unwrap();
        assert!(code == code_expected && text.contains(message), "{code}: {text}");
    };
    expect(
        PushOptions { concurrency: 0, ..options(&receiver) },
        "INVALID_OPTION",
        "`concurrency` must be between 1 and 1000, got 0",
    );
    expect(PushOptions { timeout: Duration::ZERO, ..options(&receiver) }, "INVALID_OPTION", "`timeout`");
    expect(PushOptions { default_ttl: Duration::MAX, ..options(&receiver) }, "INVALID_OPTION", "`defaultTtl`");
    let vapid = VapidKeys { public: "AAAA".into(), ..options(&receiver).vapid };
    expect(PushOptions { vapid, ..options(&receiver) }, "INVALID_VAPID_PUBLIC_KEY", "must have 65 bytes, got 3");
}
