//! Reading replies, on the engine's thread or on that of an event loop.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Buf;
use redis::{RedisError, RedisResult};
use tokio::io::Interest;
use tokio::time::{Instant, sleep};

use super::reader::LOOK_EVERY;
use super::stream::Registered;
use super::{INPUT_CAPACITY, Input, Queue, Shared, dropped};
use crate::connection::event_loop::{Lender, Watch};

/// An idle socket looks this seldom whether a reply is overdue.
const IDLE_CHECK: Duration = Duration::from_hours(1);

impl Shared {
    /// Reads replies, and writes what did not fit, until the socket ends; then every waiting call is told why.
    pub(super) async fn read_replies(self: Arc<Self>) {
        let error = self.read_until_end().await;
        self.stream.shut_down();
        let waiting = {
            let mut queue = self.lock();
            queue.is_closed = true;
            std::mem::take(&mut queue.waiting)
        };
        for call in waiting {
            (call.reply_to)(Err(error.clone()));
        }
        // A call that came too late for that is told by the next turn.
        loop {
            let late = std::mem::take(&mut self.lock().waiting);
            if late.is_empty() && Arc::strong_count(&self) == 1 {
                return;
            }
            for call in late {
                (call.reply_to)(Err(error.clone()));
            }
            self.changed.notified().await;
        }
    }

    async fn read_until_end(&self) -> RedisError {
        let mut overdue_check = pin!(sleep(self.response_timeout.unwrap_or(IDLE_CHECK)));
        let mut registered = None;
        loop {
            let (failure, has_unsent, is_on_loan) = {
                let mut queue = self.lock();
                let failure = queue.failure.take().or_else(|| queue.is_closed.then(|| dropped().into()));
                (failure, !queue.unsent.is_empty(), queue.reader.is_event_loop())
            };
            if let Some(error) = failure {
                return error;
            }
            if is_on_loan {
                registered = None;
                tokio::select! {
                    () = self.changed.notified() => {}
                    () = sleep(LOOK_EVERY) => self.look_after_loan(),
                }
                continue;
            }
            let socket = match registered.take().map_or_else(|| self.stream.register(), Ok) {
                Ok(socket) => registered.insert(socket),
                Err(error) => return error.into(),
            };
            tokio::select! {
                readable = socket.readable() => {
                    if let Err(error) = readable.map_err(RedisError::from).and_then(|()| self.read_registered(socket)) {
                        return error;
                    }
                },
                writable = socket.writable(), if has_unsent => {
                    if let Err(error) = writable.and_then(|()| self.write_unsent(socket)) {
                        return error.into();
                    }
                },
                () = self.changed.notified() => {}
                () = overdue_check.as_mut() => match self.next_overdue_check() {
                    Some(at) => overdue_check.as_mut().reset(at),
                    None => return io::Error::from(io::ErrorKind::TimedOut).into(),
                },
            }
        }
    }

    /// Whoever waits for replies on loan may not turn any more, or may have nothing to do.
    fn look_after_loan(&self) {
        let mut queue = self.lock();
        let oldest = queue.waiting.front().map(|call| call.sent_at);
        let latest = queue.latest;
        queue.reader.look_after(Instant::now(), oldest, latest);
    }

    fn write_unsent(&self, socket: &Registered) -> io::Result<()> {
        let mut queue = self.lock();
        let Queue { unsent, failure, .. } = &mut *queue;
        let written = socket.attempt(Interest::WRITABLE, || {
            let left = self.write_some(unsent, failure).len();
            unsent.advance(unsent.len() - left);
            if unsent.is_empty() || failure.is_some() { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) }
        });
        written.or_else(ignore_would_block)
    }

    /// Reads once, on the engine's thread.
    fn read_registered(&self, socket: &Registered) -> RedisResult<()> {
        let mut input = self.input();
        let mut read = Ok(0);
        let attempted = socket.attempt(Interest::READABLE, || {
            read = self.stream.read(&mut input.buffer);
            // A socket that had less than asked for is empty: to ask again would only confirm it.
            let is_empty = read.as_ref().map_or_else(
                |error| error.kind() == io::ErrorKind::WouldBlock,
                |count| (1..INPUT_CAPACITY).contains(count),
            );
            if is_empty { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
        });
        attempted.or_else(ignore_would_block)?;
        self.take_in(&mut input, read)
    }

    /// Hands out the replies in what was read.
    fn take_in(&self, input: &mut Input, read: io::Result<usize>) -> RedisResult<()> {
        match read {
            Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            Ok(count) => {
                input.received.extend_from_slice(&input.buffer[..count]);
                self.lock().reader.has_read(count);
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
        while let Some(reply) = input.decoder.decode(&mut input.received)? {
            self.hand_out(reply)?;
        }
        Ok(())
    }

    /// When the oldest call will be overdue, or `None` if it is.
    fn next_overdue_check(&self) -> Option<Instant> {
        let now = Instant::now();
        let Some(timeout) = self.response_timeout else { return Some(now + IDLE_CHECK) };
        let oldest = self.lock().waiting.front().map_or(now, |call| call.sent_at);
        Some(oldest + timeout).filter(|due| *due > now)
    }
}

impl Lender for Shared {
    #[cfg(unix)]
    fn descriptor(&self) -> io::Result<std::os::fd::OwnedFd> {
        self.stream.descriptor()
    }

    fn read(&self, loan: u64) -> Watch {
        let mut input = self.input();
        let is_over = {
            let queue = self.lock();
            queue.is_closed || queue.failure.is_some() || !queue.reader.is_on_loan(loan)
        };
        if is_over {
            return Watch::Ends;
        }
        let read = self.stream.read(&mut input.buffer);
        match self.take_in(&mut input, read) {
            Ok(()) if self.lock().reader.is_on_loan(loan) => Watch::Goes,
            Ok(()) => {
                self.changed.notify_one();
                Watch::Ends
            }
            Err(error) => {
                self.lock().failure = Some(error);
                self.changed.notify_one();
                Watch::Ends
            }
        }
    }

    fn end(&self, loan: u64) {
        let mut queue = self.lock();
        if queue.reader.is_on_loan(loan) {
            queue.reader.end_loan();
            drop(queue);
            self.changed.notify_one();
        }
    }
}

fn ignore_would_block(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::WouldBlock { Ok(()) } else { Err(error) }
}
