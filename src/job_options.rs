//! Job options between the form users write and the one that is stored.

use std::collections::HashMap;

use napi_derive::napi;
use synapse_queue_engine::job::{
    Backoff, BackoffKind, FailedAttempt, Failure, JobOptions, RetryDecision, retry_decision,
};
use synapse_queue_engine::queue::{
    MAX_PRIORITY, SHORT_OPTION_NAMES, pack_options, parent_of, show_options, unpack_options,
};

use crate::native_error::exception;

/// The options as users write them, from their stored form (both JSON text).
#[napi]
pub fn decode_job_options(stored: String) -> napi::Result<String, String> {
    unpack_options(&stored).map_err(exception)
}

/// The options of a stored job as users see them (both JSON text).
#[napi]
pub fn show_job_options(stored: String) -> napi::Result<String, String> {
    show_options(&stored).map_err(exception)
}

/// The stored form of options as users write them (both JSON text).
#[napi]
pub fn encode_job_options(options: String) -> napi::Result<String, String> {
    pack_options(&options).map_err(exception)
}

/// The parent of a job with these options (JSON text): its full key and what is stored of it, JSON text; `null` for most.
#[napi]
pub fn parent_of_options(options: String) -> napi::Result<Option<(String, String)>, String> {
    Ok(parent_of(&options).map_err(exception)?.map(|parent| (parent.key, parent.json)))
}

/// Largest priority a job can have.
#[napi]
pub const PRIORITY_LIMIT: u32 = MAX_PRIORITY;

/// Short names of options in their stored form, by the name users write.
#[napi]
pub fn short_option_names() -> HashMap<&'static str, &'static str> {
    SHORT_OPTION_NAMES.into_iter().collect()
}

/// The pause before the next attempt by a built-in strategy, ms; `null` for a type that is not built in.
///
/// `backoff`: JSON text as users write it; `attempts_made` counts the failed attempt; `random` is in [0, 1).
#[napi]
pub fn backoff_pause(backoff: String, attempts_made: u32, random: f64) -> Option<i64> {
    let backoff = serde_json::from_str(&backoff).ok().as_ref().and_then(Backoff::from_json)?;
    let is_built_in = matches!(backoff.kind, BackoffKind::Fixed | BackoffKind::Exponential);
    is_built_in.then(|| backoff.pause_ms(attempts_made, random))
}

/// The backoff type that only the user's strategy knows, if the job would be retried after this failure; otherwise `null`.
///
/// `attempts_made` counts the failed attempt; `options` is JSON text as users write it.
#[napi]
pub fn backoff_type_to_ask(options: String, attempts_made: u32, failure_name: String) -> Option<String> {
    let options = JobOptions::parse(&options);
    let failure = Failure { name: failure_name, ..Failure::default() };
    let attempt = FailedAttempt { attempts_made, failure: &failure, custom_delay_ms: Some(0), random: 0.0 };
    if retry_decision(attempt, &options) == RetryDecision::Fail {
        return None;
    }
    match options.backoff?.kind {
        BackoffKind::Custom(kind) => Some(kind),
        BackoffKind::Fixed | BackoffKind::Exponential => None,
    }
}
