//! A socket that every thread writes to by itself, so that a call leaves without waking another thread first.

mod reader;
mod reading;
mod stream;

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use bytes::BytesMut;
use redis::{Cmd, Pipeline, RedisError, RedisResult, Value};
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::Endpoint;
use super::event_loop::{self, Lender, Owner, Replies};
use super::reply_decoder::ReplyDecoder;
use reader::{Caller, Reader};
use stream::Stream;

/// How much is read at once.
const INPUT_CAPACITY: usize = 64 * 1024;

/// What is done with a reply, on the thread that reads the socket. Must not block.
pub(super) type ReplyTo = Box<dyn FnOnce(RedisResult<Value>) + Send>;

/// A handle on an open socket. Cheap to clone; the socket closes with the last handle.
#[derive(Clone)]
pub(super) struct DirectSocket {
    handle: Arc<Handle>,
}

/// Closes the socket when the last clone is dropped.
struct Handle {
    shared: Arc<Shared>,
}

struct Shared {
    stream: Stream,
    /// What came in. Held by whoever reads until it has handed the replies out, so that they are in order. Never held across an await.
    input: Mutex<Input>,
    /// How long the oldest call may wait for its reply; `None` = as long as it takes.
    response_timeout: Option<Duration>,
    /// Written by every caller and by the reader. Never held across an await; held while writing, which does not block.
    queue: Mutex<Queue>,
    /// Bytes are waiting to be written, or the socket was closed.
    changed: Notify,
}

struct Input {
    buffer: Box<[u8]>,
    /// Not decoded yet.
    received: BytesMut,
    decoder: ReplyDecoder,
}

struct Queue {
    /// Calls without a reply, in the order they were sent. Unbounded: its entries are callers that wait.
    waiting: VecDeque<Waiting>,
    /// When the last call was made.
    latest: Instant,
    /// Who waits for the replies.
    reader: Reader,
    /// What the socket did not take at once.
    unsent: BytesMut,
    /// Why nothing can be written or read any more. The engine's task ends with it: it may not have met the end of the socket by
    /// itself.
    failure: Option<RedisError>,
    is_closed: bool,
}

/// A call without a reply.
struct Waiting {
    /// Replies that make up the answer: one of a command, one for each command of a pipeline.
    expected: Expected,
    sent_at: Instant,
    reply_to: ReplyTo,
}

enum Expected {
    One,
    Many { count: usize, replies: Vec<Value> },
}

/// One command or several, as they go over the wire.
pub(super) struct Packed {
    pub(super) bytes: Vec<u8>,
    /// The number of commands, if they are a pipeline.
    pub(super) commands: Option<usize>,
}

impl From<&Cmd> for Packed {
    fn from(command: &Cmd) -> Self {
        Self { bytes: command.get_packed_command(), commands: None }
    }
}

impl From<&Pipeline> for Packed {
    fn from(pipeline: &Pipeline) -> Self {
        Self { bytes: pipeline.get_packed_pipeline(), commands: Some(pipeline.len()) }
    }
}

impl DirectSocket {
    /// Connects; the caller bounds how long that may take. Authentication is up to the caller too.
    pub(super) async fn connect(endpoint: &Endpoint, response_timeout: Option<Duration>) -> RedisResult<Self> {
        let shared = Arc::new(Shared {
            stream: Stream::connect(endpoint).await?,
            input: Mutex::new(Input {
                buffer: vec![0; INPUT_CAPACITY].into(),
                received: BytesMut::new(),
                decoder: ReplyDecoder::default(),
            }),
            response_timeout,
            queue: Mutex::new(Queue {
                waiting: VecDeque::new(),
                latest: Instant::now(),
                reader: Reader::default(),
                unsent: BytesMut::new(),
                failure: None,
                is_closed: false,
            }),
            changed: Notify::new(),
        });
        tokio::spawn(Arc::clone(&shared).read_replies());
        Ok(Self { handle: Arc::new(Handle { shared }) })
    }

    /// Sends and waits for the reply.
    pub(super) async fn request(&self, packed: Packed) -> RedisResult<Value> {
        let (sender, receiver) = oneshot::channel();
        self.send_as(Caller::Other, &packed, Box::new(move |reply| drop(sender.send(reply))));
        receiver.await.unwrap_or_else(|_| Err(dropped().into()))
    }

    /// Sends at once, on the calling thread. The reply, or the error that ended the socket, goes to `reply_to`, which runs on the
    /// engine's thread or, if `owner` allows that, on that of the event loop that makes the calls.
    pub(super) fn send(&self, owner: Owner, packed: &Packed, reply_to: ReplyTo) {
        let caller = match owner {
            Owner::Engine => Caller::Other,
            Owner::EventLoop if event_loop::is_here() => Caller::EventLoop,
            Owner::EventLoop => Caller::OnBehalf,
        };
        self.send_as(caller, packed, reply_to);
    }

    fn send_as(&self, caller: Caller, packed: &Packed, reply_to: ReplyTo) {
        let shared = &self.handle.shared;
        let expected = match packed.commands {
            None => Expected::One,
            Some(count) => Expected::Many { count, replies: Vec::with_capacity(count) },
        };
        let mut queue = shared.lock();
        let now = Instant::now();
        let was_on_loan = queue.reader.is_event_loop();
        let loan = queue.reader.call_made(caller);
        queue.latest = now;
        queue.waiting.push_back(Waiting { expected, sent_at: now, reply_to });
        let mut rest = &packed.bytes[..];
        if queue.unsent.is_empty() && !queue.is_closed {
            rest = shared.write_some(rest, &mut queue.failure);
        }
        if !rest.is_empty() || queue.is_closed {
            queue.unsent.extend_from_slice(rest);
            queue.reader.end_loan();
        }
        let needs_engine = !queue.unsent.is_empty() || queue.is_closed;
        let is_on_loan = queue.reader.is_event_loop();
        drop(queue);
        if needs_engine || is_on_loan != was_on_loan {
            shared.changed.notify_one();
        }
        if let Some(loan) = loan.filter(|_| is_on_loan) {
            event_loop::watch(Replies::new(Arc::downgrade(shared) as Weak<dyn Lender>, loan));
        }
    }
}

impl Shared {
    /// Writes what the socket takes now and returns the rest. Bytes remain after an error, so that the engine's task looks at it.
    fn write_some<'a>(&self, mut bytes: &'a [u8], failure: &mut Option<RedisError>) -> &'a [u8] {
        while !bytes.is_empty() && failure.is_none() {
            match self.stream.write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => *failure = Some(error.into()),
            }
        }
        bytes
    }

    fn hand_out(&self, reply: Value) -> RedisResult<()> {
        let mut queue = self.lock();
        let Some(first) = queue.waiting.front_mut() else {
            return Err((redis::ErrorKind::UnexpectedReturnType, "a reply that nothing was asked for").into());
        };
        let answer = match &mut first.expected {
            Expected::One => reply,
            Expected::Many { count, replies } => {
                replies.push(reply);
                if replies.len() < *count {
                    return Ok(());
                }
                Value::Array(std::mem::take(replies))
            }
        };
        let answered = queue.waiting.pop_front();
        drop(queue);
        if let Some(call) = answered {
            (call.reply_to)(Ok(answer));
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("no code panics while it holds this lock")
    }

    fn input(&self) -> MutexGuard<'_, Input> {
        self.input.lock().expect("no code panics while it holds this lock")
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.changed.notify_one();
    }
}

fn dropped() -> io::Error {
    io::Error::from(io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests;
