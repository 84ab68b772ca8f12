//! What the engine does per job without Redis: checking and encoding jobs, reading their hashes, deciding about retries and next times.
//!
//! `cargo bench -p synapse-queue-engine`

#![allow(missing_docs, reason = "the macros of criterion make undocumented functions")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use redis::Value;
use synapse_queue_engine::connection::{Connection, ConnectionOptions};
use synapse_queue_engine::job::{FailedAttempt, Failure, JobOptions, append_stacktrace, retry_decision};
use synapse_queue_engine::queue::{NewJob, Queue};
use synapse_queue_engine::scheduler::{CronPattern, Zone};
use synapse_queue_engine::wire::{QueueKeys, job_from_hash};

/// 2026-03-29 00:30 UTC, half an hour before summer time begins in Berlin.
const BEFORE_SUMMER_TIME_MS: i64 = 1_774_744_200_000;

const STORED_OPTIONS: &str = r#"{"attempts":3,"backoff":{"type":"exponential","delay":2000},"removeOnComplete":{"age":3600,"count":100},"priority":1}"#;

fn adding(criterion: &mut Criterion) {
    let options = ConnectionOptions::from_url("redis://127.0.0.1").expect("a valid URL");
    let connection = Connection::shared(&options).expect("valid options; nothing is opened");
    let keys = QueueKeys::new("bull", "bench").expect("a valid name");
    let queue = Queue::new(connection, keys, "").expect("valid options");
    for (name, options) in [("without options", ""), ("with options", STORED_OPTIONS)] {
        let job = NewJob { name: "send".into(), data: r#"{"userId":"user_456"}"#.into(), options: options.into() };
        criterion.bench_function(&format!("check and encode a job {name}"), |bencher| {
            bencher.iter(|| queue.prepare(black_box(job.clone()), BEFORE_SUMMER_TIME_MS));
        });
    }
}

fn reading(criterion: &mut Criterion) {
    let fields = [
        ("name", "send"),
        ("data", r#"{"userId":"user_456"}"#),
        ("opts", STORED_OPTIONS),
        ("timestamp", "1774744200000"),
        ("delay", "0"),
        ("priority", "1"),
        ("ats", "1"),
        ("processedOn", "1774744200100"),
    ];
    let bulk = |text: &str| Value::BulkString(text.into());
    let hash = Value::Array(fields.iter().flat_map(|(field, value)| [bulk(field), bulk(value)]).collect());
    criterion.bench_function("read a job's hash", |bencher| {
        bencher.iter(|| job_from_hash("1", black_box(hash.clone())));
    });
    criterion.bench_function("read a job's options", |bencher| {
        bencher.iter(|| JobOptions::parse(black_box(STORED_OPTIONS)));
    });
}

fn deciding(criterion: &mut Criterion) {
    let options = JobOptions::parse(STORED_OPTIONS);
    let failure = Failure::new("Error", "the receiver does not answer");
    criterion.bench_function("decide about a retry", |bencher| {
        bencher.iter(|| {
            let attempt = FailedAttempt { attempts_made: 1, failure: &failure, custom_delay_ms: None, random: 0.5 };
            retry_decision(black_box(attempt), &options)
        });
    });
    criterion.bench_function("append a stack trace to ten", |bencher| {
        let ten = (0..10).fold(String::from("[]"), |traces, _| append_stacktrace(Some(&traces), &failure, None));
        bencher.iter(|| append_stacktrace(black_box(Some(&ten)), &failure, Some(10)));
    });
    let zone = Zone::parse("Europe/Berlin").expect("a zone of the database");
    for text in ["*/10 * * * * *", "0 30 2 * * *", "0 0 12 L 2 *"] {
        let pattern = CronPattern::parse(text).expect("a valid pattern");
        criterion.bench_function(&format!("next time of {text}"), |bencher| {
            bencher.iter(|| pattern.next_after(black_box(BEFORE_SUMMER_TIME_MS), zone));
        });
    }
}

criterion_group!(benches, adding, reading, deciding);
criterion_main!(benches);
