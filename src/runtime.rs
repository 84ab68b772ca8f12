//! The process's one runtime and one clock, whatever number of threads and contexts load the addon.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use synapse_queue_engine::clock::Clock;

/// A call passes through several tasks, and waking another thread for each costs more than their work (docs/benchmarks.md).
/// CPU-bound work runs on the blocking pool.
const IO_THREADS: usize = 1;

/// An idle thread of the blocking pool ends after this long.
const BLOCKING_KEEP_ALIVE: Duration = Duration::from_secs(10);

/// Installs the runtime that every async method runs on, before the first of them is called.
#[napi_derive::module_init]
fn install_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(IO_THREADS)
        .thread_name("synapse-queue")
        .thread_keep_alive(BLOCKING_KEEP_ALIVE)
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => napi::bindgen_prelude::create_custom_tokio_runtime(runtime),
        // The library then builds a runtime with its own settings on first use.
        Err(error) => tracing::error!(%error, "could not start the runtime"),
    }
}

/// Lets the event loop of this thread wait for replies of Redis where that is faster, on systems that can.
///
/// Only for Node's main thread: its loop outlives all environments, so that nothing has to be closed before one of them.
#[napi_derive::napi]
#[cfg_attr(
    not(unix),
    expect(unused_variables, clippy::unnecessary_wraps, reason = "sockets are not waited for that way there")
)]
pub fn wait_on_event_loop(env: napi::Env) -> napi::Result<()> {
    #[cfg(unix)]
    crate::event_loop::install(env)?;
    Ok(())
}

/// Time for everything that reaches Redis, told by JavaScript with each call.
pub(crate) fn clock() -> &'static Arc<Clock> {
    static CLOCK: LazyLock<Arc<Clock>> = LazyLock::new(Arc::default);
    &CLOCK
}
