//! Engine errors on their way to JavaScript.

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use synapse_queue_engine::error::{Error, Result};

/// What JavaScript builds its error from.
#[napi(object, object_from_js = false)]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NativeError {
    /// Stable name of the error, e.g. `JOB_MISSING`.
    pub code: String,
    /// The full message.
    pub message: String,
    /// The job it is about, where there is one.
    #[serde(rename = "jobId", skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
}

/// A failed call: a rejected promise would lose the code.
#[napi(object, object_from_js = false)]
pub struct TaggedError {
    /// The failure.
    pub error: NativeError,
}

/// What an async method resolves to.
pub(crate) type Answer<T> = Either<T, TaggedError>;

impl From<&Error> for NativeError {
    fn from(error: &Error) -> Self {
        Self { code: error.code().into(), message: error.to_string(), job_id: error.job_id().map(Into::into) }
    }
}

/// The answer of a finished call.
pub(crate) fn answer<T>(result: Result<T>) -> Answer<T> {
    match result {
        Ok(value) => Either::A(value),
        Err(error) => Either::B(TaggedError { error: NativeError::from(&error) }),
    }
}

/// The exception of a synchronous call; its `code` is the error's.
#[expect(clippy::needless_pass_by_value, reason = "used as `map_err(exception)`")]
pub(crate) fn exception(error: Error) -> napi::Error<String> {
    napi::Error::new(error.code().to_owned(), error.to_string())
}

/// The exception of an error that is not the engine's.
pub(crate) fn coded_exception(code: &str, error: &impl std::fmt::Display) -> napi::Error<String> {
    napi::Error::new(code.to_owned(), error.to_string())
}

/// The answer of a call whose errors are not the engine's: their code and message.
pub(crate) fn answer_coded<T>(result: std::result::Result<T, (&'static str, String)>) -> Answer<T> {
    result.map_or_else(
        |(code, message)| Either::B(TaggedError { error: NativeError { code: code.into(), message, job_id: None } }),
        Either::A,
    )
}
