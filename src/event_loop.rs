//! Lets Node's event loop wait for replies of Redis itself, by `uv_poll` of libuv, which Node exports to addons.
//!
//! Every call of libuv is made on the thread of the loop. A handle lives from [`UvEventLoop::watch`] until libuv has closed it.

#![allow(unsafe_code, reason = "libuv is a C library; each use says why it is sound")]

use std::ffi::{c_int, c_void};
use std::os::fd::{AsRawFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use libloading::os::unix::Library;
use napi::Env;
use napi::bindgen_prelude::within_runtime_if_available;
use napi::sys::uv_loop_s;
use synapse_queue_engine::connection::{EventLoop, Replies, Watch, set_event_loop};

/// `UV_READABLE` of `enum uv_poll_event`.
const READABLE: c_int = 1;

/// `UV_POLL` of `enum uv_handle_type`.
const POLL_HANDLE: c_int = 8;

/// A `uv_poll_t`, whose first field is for the owner to use (`void* data`).
type Handle = *mut *mut c_void;

/// The functions used, with the signatures of `uv.h`, the same in all versions 1.x.
#[derive(Clone, Copy)]
struct Uv {
    handle_size: unsafe extern "C" fn(c_int) -> usize,
    poll_init: unsafe extern "C" fn(*mut uv_loop_s, Handle, c_int) -> c_int,
    poll_start: unsafe extern "C" fn(Handle, c_int, unsafe extern "C" fn(Handle, c_int, c_int)) -> c_int,
    close: unsafe extern "C" fn(Handle, unsafe extern "C" fn(Handle)),
    unref: unsafe extern "C" fn(Handle),
}

impl Uv {
    /// The libuv that is part of the process; `None` where that exports none.
    fn of_process() -> Option<Self> {
        let process = Library::this();
        // SAFETY: the signatures are those of libuv 1, and the process is never unloaded.
        unsafe {
            Some(Self {
                handle_size: *process.get(b"uv_handle_size\0").ok()?,
                poll_init: *process.get(b"uv_poll_init\0").ok()?,
                poll_start: *process.get(b"uv_poll_start\0").ok()?,
                close: *process.get(b"uv_close\0").ok()?,
                unref: *process.get(b"uv_unref\0").ok()?,
            })
        }
    }
}

/// The event loop of the thread it was made on.
struct UvEventLoop {
    uv: Uv,
    uv_loop: *mut uv_loop_s,
}

/// What the handle of a watched socket owns.
struct Watched {
    uv: Uv,
    /// Taken out when the watch ends.
    replies: Option<Replies>,
    /// Closed after libuv has let go of it.
    _socket: OwnedFd,
    /// The `uv_poll_t`.
    _memory: Box<[u64]>,
}

/// Lets replies be waited for by the event loop of this thread.
pub(crate) fn install(env: Env) -> napi::Result<()> {
    if let Some(uv) = Uv::of_process() {
        set_event_loop(Box::new(UvEventLoop { uv, uv_loop: env.get_uv_event_loop()? }));
    }
    Ok(())
}

impl EventLoop for UvEventLoop {
    fn watch(&self, replies: Replies) {
        let uv = self.uv;
        // Without a descriptor the engine waits, as it does for everyone else.
        let Ok(socket) = replies.descriptor() else { return };
        // SAFETY: asks for a number.
        let size = unsafe { (uv.handle_size)(POLL_HANDLE) };
        let mut memory = vec![0_u64; size.div_ceil(size_of::<u64>())].into_boxed_slice();
        let handle: Handle = memory.as_mut_ptr().cast();
        // SAFETY: the loop runs on this thread; the memory is as large as libuv says, aligned for pointers, and moves nowhere; the
        // descriptor is open and of a socket.
        if unsafe { (uv.poll_init)(self.uv_loop, handle, socket.as_raw_fd()) } != 0 {
            return;
        }
        let watched = Box::new(Watched { uv, replies: Some(replies), _socket: socket, _memory: memory });
        // SAFETY: the handle is initialised, and its owner lives until `closed`. It must not keep the process alive: the caller does.
        unsafe {
            *handle = Box::into_raw(watched).cast();
            (uv.unref)(handle);
            if (uv.poll_start)(handle, READABLE, readable) != 0 {
                end(handle);
            }
        }
    }
}

/// The socket of `handle` can be read, or has failed, which reading tells.
unsafe extern "C" fn readable(handle: Handle, status: c_int, _events: c_int) {
    // SAFETY: set by `watch`, and freed by `closed` only, after which libuv calls nothing any more.
    let watched = unsafe { &*(*handle).cast::<Watched>() };
    let Some(replies) = &watched.replies else { return };
    // A panic must not reach libuv. Whoever waits for that reply hears of it as the engine's tasks do: their reply is gone.
    let watch = catch_unwind(AssertUnwindSafe(|| within_runtime_if_available(|| replies.read())));
    // After a failure libuv has stopped to wait.
    if status < 0 || watch.unwrap_or(Watch::Ends) == Watch::Ends {
        // SAFETY: it is open: only this function closes it, once, for it has replies until then.
        unsafe { end(handle) };
    }
}

/// Ends the watch.
///
/// # Safety
/// `handle` is open, and this is called once.
unsafe fn end(handle: Handle) {
    // SAFETY: see above; nothing else refers to the owner meanwhile, for all of this happens on one thread.
    unsafe {
        let watched = &mut *(*handle).cast::<Watched>();
        watched.replies = None;
        (watched.uv.close)(handle, closed);
    }
}

/// libuv has let go of the handle.
unsafe extern "C" fn closed(handle: Handle) {
    // SAFETY: made by `Box::into_raw`, and this is called once.
    drop(unsafe { Box::from_raw((*handle).cast::<Watched>()) });
}
