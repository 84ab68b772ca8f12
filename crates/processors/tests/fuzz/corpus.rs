//! What once broke something here or elsewhere; tried every time.

/// Whole job data.
pub(crate) const JOB_DATA: &[&str] = &[
    "",
    "null",
    "[]",
    "{\"to\":",
    r#"{"to":{"to":{"to":{}}},"subject":"","body":""}"#,
    r#"{"to":"a@b.example","subject":"\u0000","body":""}"#,
    r#"{"to":"a@b.example","subject":"=?utf-8?b?=?=","body":"<p>"}"#,
    r#"{"to":"a@b.example","subject":"s","body":"<!--"}"#,
    r#"{"to":"a@b.example","subject":"s","body":"<table><tr><td colspan=4294967295>x</table>"}"#,
    r#"{"to":"a@b.example","subject":"s","body":"<ol start=-9223372036854775808><li>x"}"#,
    r#"{"to":"a@b.example","subject":"s","body":"b","attachments":[{"path":""}]}"#,
    r#"{"to":"a@b.example","subject":"s","body":"b","headers":{"":""}}"#,
    r#"{"userId":"u","payload":{"title":"\ud800","body":"b"}}"#,
    r#"{"users":[[]],"payload":{}}"#,
];

/// One address each.
pub(crate) const ADDRESSES: &[&str] = &[
    "",
    "@",
    "<>",
    "\"\" <@>",
    "a@[127.0.0.1]",
    "a@[IPv6:::1]",
    "\"a\\\"b\"@example.com",
    "a@xn--",
    "a@\u{ff0e}example.com",
    "=?utf-8?q?x?= <a@b.example>",
    "a@b.example,",
    ",a@b.example",
    "group: a@b.example;",
    "a@b.example\r\n",
];

/// One endpoint each.
pub(crate) const ENDPOINTS: &[&str] = &[
    "",
    "https:",
    "https://",
    "https://0",
    "https://0x7f.1",
    "https://0177.0.0.1",
    "https://2130706433",
    "https://[::ffff:7f00:1]",
    "https://[64:ff9b::7f00:1]",
    "https://１２７.0.0.1",
    "https://a@127.0.0.1",
    "https://127.0.0.1.",
    "https:\\\\127.0.0.1",
    "HTTPS://LOCALHOST",
];
