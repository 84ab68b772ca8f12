//! Calls from Rust into JavaScript. All are weak: none keeps the process alive.

use napi::Status;
use napi::bindgen_prelude::{FnArgs, Promise};
use napi::threadsafe_function::ThreadsafeFunction;

/// Tells JavaScript something and waits for nothing: a kind and a text.
pub(crate) type NoticeCallback =
    ThreadsafeFunction<FnArgs<(String, String)>, (), FnArgs<(String, String)>, Status, false, true>;

/// Asks a store that the user wrote: an action and its arguments as JSON text; the answer is JSON text.
pub(crate) type StoreCallback =
    ThreadsafeFunction<FnArgs<(String, String)>, Promise<String>, FnArgs<(String, String)>, Status, false, true>;

/// Asks for the pause before the next attempt to connect, ms, by the number of attempts that failed; `None` gives up.
pub(crate) type RetryCallback = ThreadsafeFunction<u32, Option<f64>, u32, Status, false, true>;
