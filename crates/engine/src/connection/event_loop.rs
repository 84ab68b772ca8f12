//! Event loops that wait for replies themselves, to save them the way over the engine's thread.
//!
//! While a thread with an event loop makes one call after another with short replies, what a reply costs most is to wake the engine's
//! thread, which wakes that of the loop. The socket then lets the loop wait for its replies. It takes that back as soon as the engine calls
//! for itself, replies are long, the loop does not turn, or nothing happens.

use std::cell::OnceCell;
use std::sync::Weak;

/// A socket that lends its replies to an event loop.
pub(super) trait Lender: Send + Sync {
    /// The socket, under a descriptor of its own.
    #[cfg(unix)]
    fn descriptor(&self) -> std::io::Result<std::os::fd::OwnedFd>;

    /// Reads what has arrived and hands it out, unless the loan has ended.
    fn read(&self, loan: u64) -> Watch;

    /// Nobody reads under this loan any more.
    fn end(&self, loan: u64);
}

/// Whom the reply of a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A thread with an event loop is told what comes of it.
    EventLoop,
    /// The engine goes on by itself: no event loop that may be blocked is to wait for it.
    Engine,
}

/// An event loop that can wait for replies.
pub trait EventLoop {
    /// Calls [`Replies::read`] whenever the socket is readable, until that says that it is over. Called on the thread of the loop.
    fn watch(&self, replies: Replies);
}

thread_local! {
    static EVENT_LOOP: OnceCell<Box<dyn EventLoop>> = const { OnceCell::new() };
}

/// Gives this thread's calls an event loop that may wait for their replies. Once per thread; later ones are not used.
pub fn set_event_loop(event_loop: Box<dyn EventLoop>) {
    EVENT_LOOP.with(|current| drop(current.set(event_loop)));
}

/// Whether this thread has an event loop.
pub(super) fn is_here() -> bool {
    EVENT_LOOP.with(|current| current.get().is_some())
}

/// Lets this thread's event loop wait for replies.
pub(super) fn watch(replies: Replies) {
    EVENT_LOOP.with(|current| {
        if let Some(event_loop) = current.get() {
            event_loop.watch(replies);
        }
    });
}

/// The replies of one socket, for as long as an event loop waits for them. Dropping it ends that.
pub struct Replies {
    lender: Weak<dyn Lender>,
    /// Which of the socket's loans to an event loop this is.
    loan: u64,
}

/// Whether an event loop should go on waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// More replies may come.
    Goes,
    /// Somebody else waits for them, or the socket has ended.
    Ends,
}

impl Replies {
    pub(super) fn new(lender: Weak<dyn Lender>, loan: u64) -> Self {
        Self { lender, loan }
    }

    /// The socket to wait for, under a descriptor of its own that is to be closed afterwards.
    ///
    /// # Errors
    /// The socket has ended, or the process has no descriptors left.
    #[cfg(unix)]
    pub fn descriptor(&self) -> std::io::Result<std::os::fd::OwnedFd> {
        self.lender.upgrade().ok_or(std::io::ErrorKind::NotConnected)?.descriptor()
    }

    /// Reads what has arrived, without waiting, and hands it out. Must be called within a tokio runtime.
    pub fn read(&self) -> Watch {
        self.lender.upgrade().map_or(Watch::Ends, |lender| lender.read(self.loan))
    }
}

impl Drop for Replies {
    fn drop(&mut self) {
        if let Some(lender) = self.lender.upgrade() {
            lender.end(self.loan);
        }
    }
}

impl std::fmt::Debug for Replies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replies").field("loan", &self.loan).finish_non_exhaustive()
    }
}
