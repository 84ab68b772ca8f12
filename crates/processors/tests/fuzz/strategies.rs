//! Where the input comes from.

use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};
use serde_json::Value;

/// Pieces that grammars give a meaning to: random text alone would hardly ever hit two of them.
const PIECES: &[&str] = &[
    "@",
    "<",
    ">",
    "\"",
    "\\",
    ",",
    ";",
    ":",
    "(",
    ")",
    "[",
    "]",
    ".",
    "..",
    " ",
    "\r\n",
    "\n",
    "\0",
    "\t",
    "a",
    "ann",
    "example.com",
    "=?utf-8?b?",
    "?=",
    "ü",
    "\u{202e}",
    "xn--",
    "127.0.0.1",
    "::ffff:127.0.0.1",
    "https://",
    "http://",
    "//",
    "%00",
    "%0d%0a",
    "{",
    "}",
    "null",
    "true",
    "1e999",
    "-1",
    "\"to\":",
    "\"payload\":",
    "\"subject\":",
    "Bcc: eve@example.com",
    "A",
    "=",
    "-",
    "_",
    "+",
    "/",
    "\u{1F44B}",
    "0x7f",
    "0177",
];

/// Names of fields that processors look for.
const FIELDS: &[&str] = &[
    "to",
    "cc",
    "bcc",
    "from",
    "replyTo",
    "subject",
    "body",
    "text",
    "headers",
    "attachments",
    "path",
    "filename",
    "contentType",
    "name",
    "address",
    "userId",
    "users",
    "payload",
    "title",
    "url",
    "icon",
    "ttl",
    "urgency",
    "topic",
];

/// Text made of meaningful pieces and of anything.
pub(crate) fn text() -> BoxedStrategy<String> {
    let piece = prop_oneof![4 => select(PIECES).prop_map(String::from), 1 => any::<String>()];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat()).boxed()
}

/// Any JSON value, with the names of fields among its keys.
pub(crate) fn json() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    let inside = leaf
        .prop_recursive(4, 64, 12, |inner| prop_oneof![vec(inner.clone(), 0..6).prop_map(Value::from), object(inner)]);
    inside.boxed()
}

/// A JSON object, with the names of fields among its keys.
pub(crate) fn object(values: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let key = prop_oneof![9 => select(FIELDS).prop_map(String::from), 1 => text()];
    vec((key, values), 0..16).prop_map(|fields| Value::Object(fields.into_iter().collect())).boxed()
}

/// Tries a property until its cases, or the configured time, are over.
pub(crate) fn holds<S: Strategy>(strategy: &S, property: impl Fn(S::Value) -> TestCaseResult) {
    let seconds = std::env::var("SYNAPSE_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(0));
    let mut cases = 0;
    loop {
        let config = Config { failure_persistence: None, ..Config::default() };
        cases += config.cases;
        TestRunner::new(config).run(strategy, &property).unwrap();
        if Instant::now() >= end {
            break println!("{cases} cases");
        }
    }
}
