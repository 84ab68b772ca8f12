//! Calls from Rust into JavaScript. All but one are weak: they do not keep the process alive.

use napi::Status;
use napi::bindgen_prelude::{FnArgs, Promise, spawn};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use synapse_queue_engine::connection::Connection;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::native_error::NativeError;

/// Tells JavaScript something and waits for nothing: a kind and a text.
pub(crate) type NoticeCallback =
    ThreadsafeFunction<FnArgs<(String, String)>, (), FnArgs<(String, String)>, Status, false, true>;

/// Asks a store that the user wrote: an action and its arguments as JSON text; the answer is JSON text.
pub(crate) type StoreCallback =
    ThreadsafeFunction<FnArgs<(String, String)>, Promise<String>, FnArgs<(String, String)>, Status, false, true>;

/// Asks for the pause before the next attempt to connect, ms, by the number of attempts that failed; `None` gives up.
pub(crate) type RetryCallback = ThreadsafeFunction<u32, Option<f64>, u32, Status, false, true>;

/// Answers an add: its ticket, then lines or an error.
pub(crate) type AddedCallback = ThreadsafeFunction<
    FnArgs<(u32, Option<String>, Option<NativeError>)>,
    (),
    FnArgs<(u32, Option<String>, Option<NativeError>)>,
    Status,
    false,
    true,
>;

/// Tells JavaScript that a worker has events. Strong: a worker keeps the process alive until it has closed.
pub(crate) type EventsCallback = ThreadsafeFunction<(), (), (), Status, false>;

/// Tells `notify` about failed attempts to connect, each by its code and message, until `closed` fires.
pub(crate) fn watch_connection(connection: &Connection, closed: CancellationToken, notify: NoticeCallback) {
    let mut failures = connection.failures();
    spawn(async move {
        while let Some(received) = closed.run_until_cancelled(failures.recv()).await {
            let is_heard = match received {
                Ok(failure) => {
                    let notice = FnArgs::from((failure.code().to_owned(), failure.to_string()));
                    notify.call(notice, ThreadsafeFunctionCallMode::NonBlocking) == Status::Ok
                }
                // Older ones are gone; those that follow say the same.
                Err(RecvError::Lagged(_)) => true,
                Err(RecvError::Closed) => false,
            };
            if !is_heard {
                return;
            }
        }
    });
}
