//! Endpoints that point into the network are never connected to.

use std::sync::Arc;

use synapse_queue_engine::processor::Processor;
use synapse_queue_processors::net::NetGuardOptions;
use synapse_queue_processors::stores::Subscription;
use synapse_queue_processors::web_push::{PushOptions, PushProcessor};

use crate::browser::Browser;
use crate::fake_context::FakeContext;
use crate::memory_store::MemoryStore;
use crate::receiver::Receiver;
use crate::setup::{completed, job, options};

fn endpoints(port: u16) -> Vec<String> {
    let hosts = [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "0.0.0.0",
        "0",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.168.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "１２７.0.0.1",
        "127.0.0.1.",
        "0x7f000001",
        "017700000001",
        "127.0.1",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::10.0.0.1]",
        "[64:ff9b:1::10.0.0.1]",
        "[::ffff:0:127.0.0.1]",
        "[2001:0:7f00:1::]",
        "[2002:a9fe:a9fe::]",
    ];
    let mut endpoints: Vec<String> = hosts.iter().map(|host| format!("https://{host}:{port}/x")).collect();
    endpoints.extend([
        format!("http://127.0.0.1:{port}/x"),
        format!("https://user:pass@127.0.0.1:{port}/x"),
        format!("https://push.example@127.0.0.1:{port}/x"),
        format!("file:///etc/passwd?{port}"),
        format!("unix://127.0.0.1:{port}/x"),
    ]);
    endpoints
}

/// First and last address of every range that is not global, IPv4 also as IPv6 would wrap it.
fn range_ends() -> Vec<String> {
    let v4 = [
        ("0.0.0.0", "0.255.255.255"),
        ("10.0.0.0", "10.255.255.255"),
        ("100.64.0.0", "100.127.255.255"),
        ("127.0.0.0", "127.255.255.255"),
        ("169.254.0.0", "169.254.255.255"),
        ("172.16.0.0", "172.31.255.255"),
        ("192.0.0.0", "192.0.0.255"),
        ("192.0.2.0", "192.0.2.255"),
        ("192.31.196.0", "192.31.196.255"),
        ("192.52.193.0", "192.52.193.255"),
        ("192.88.99.0", "192.88.99.255"),
        ("192.168.0.0", "192.168.255.255"),
        ("192.175.48.0", "192.175.48.255"),
        ("198.18.0.0", "198.19.255.255"),
        ("198.51.100.0", "198.51.100.255"),
        ("203.0.113.0", "203.0.113.255"),
        ("224.0.0.0", "239.255.255.255"),
        ("240.0.0.0", "255.255.255.255"),
    ];
    let v6 = [
        ("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("100::", "100::ffff:ffff:ffff:ffff"),
        ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ];
    let v4 = v4.into_iter().flat_map(|(first, last)| [first, last]);
    let wrapped = v4.flat_map(|address| {
        let wrappers = [format!("[::ffff:{address}]"), format!("[::{address}]"), format!("[64:ff9b::{address}]")];
        [address.to_owned()].into_iter().chain(wrappers)
    });
    let v6 = v6.into_iter().flat_map(|(first, last)| [format!("[{first}]"), format!("[{last}]")]);
    wrapped.chain(v6).collect()
}

#[tokio::test]
async fn endpoints_inside_the_network_fail_without_a_connection() {
    let receiver = Receiver::start().await;
    let template = Browser::new(&receiver, "x", "ann").subscription;
    let mut endpoints = endpoints(receiver.port);
    endpoints.extend(range_ends().into_iter().map(|host| format!("https://{host}:{}/x", receiver.port)));
    endpoints.sort();
    endpoints.dedup();
    let count = endpoints.len();
    let subscriptions =
        endpoints.into_iter().map(|endpoint| Subscription { id: endpoint.clone(), endpoint, ..template.clone() });
    let guard = NetGuardOptions { allowed_origins: Vec::new(), ..options(&receiver).guard };
    let options = PushOptions { guard, ..options(&receiver) };
    let (store, context) = (Arc::new(MemoryStore::new(subscriptions)), FakeContext::default());

    let outcome = PushProcessor::new(store, &options).unwrap().process(&job("ann"), &context).await;

    assert_eq!(completed(outcome), format!(r#"{{"sent":0,"failed":{count},"total":{count}}}"#));
    assert_eq!(receiver.connections(), 0);
    for line in context.errors() {
        let reasons = ["is not a public address", "only https is allowed", "user name or password"];
        assert!(reasons.iter().any(|reason| line.contains(reason)), "{line}");
    }
}

#[tokio::test]
async fn an_allowed_origin_opens_its_own_port_only() {
    let (allowed, neighbour) = (Receiver::start().await, Receiver::start().await);
    let subscriptions =
        [Browser::new(&allowed, "a", "ann").subscription, Browser::new(&neighbour, "b", "ann").subscription];
    let store = Arc::new(MemoryStore::new(subscriptions));

    let outcome =
        PushProcessor::new(store, &options(&allowed)).unwrap().process(&job("ann"), &FakeContext::default()).await;

    assert_eq!(completed(outcome), r#"{"sent":1,"failed":1,"total":2}"#);
    assert_eq!(neighbour.connections(), 0);
}

#[tokio::test]
async fn a_private_network_can_be_allowed_as_a_whole() {
    let receiver = Receiver::start().await;
    let mut subscription = Browser::new(&receiver, "a", "ann").subscription;
    subscription.endpoint = format!("https://localhost:{}/a", receiver.port);
    let mut options = options(&receiver);
    options.guard.allowed_origins.clear();
    options.guard.allow_private_network = true;
    let store = Arc::new(MemoryStore::new([subscription]));

    let outcome = PushProcessor::new(store, &options).unwrap().process(&job("ann"), &FakeContext::default()).await;

    assert_eq!(completed(outcome), r#"{"sent":1,"failed":0,"total":1}"#);
}

#[tokio::test]
async fn guard_options_that_cannot_work_are_refused() {
    let receiver = Receiver::start().await;
    let code = |guard: NetGuardOptions| {
        let options = PushOptions { guard, ..options(&receiver) };
        PushProcessor::new(Arc::new(MemoryStore::default()), &options).err().unwrap().code()
    };
    for origin in ["push.internal", "http://push.internal", "https://push.internal/path", "https://user:secret@host"] {
        let guard = NetGuardOptions { allowed_origins: vec![origin.into()], ..NetGuardOptions::default() };
        assert_eq!(code(guard), "INVALID_ALLOWED_ORIGIN", "{origin}");
    }
    let guard = NetGuardOptions { extra_root_certificates: b"not PEM".to_vec(), ..NetGuardOptions::default() };
    assert_eq!(code(guard), "INVALID_CERTIFICATES");
}
