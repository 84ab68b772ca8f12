//! A socket that every thread writes to by itself, so that a call leaves without waking another thread first.

use std::collections::VecDeque;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use redis::{Cmd, Pipeline, RedisError, RedisResult, Value};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::{TcpStream, UnixStream, tcp, unix};
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep};

use super::Endpoint;
use super::reply_decoder::ReplyDecoder;

/// Room for replies before the buffer grows.
const INPUT_CAPACITY: usize = 64 * 1024;

/// An idle socket looks this seldom whether a reply is overdue.
const IDLE_CHECK: Duration = Duration::from_hours(1);

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
    output: Output,
    /// How long the oldest call may wait for its reply; `None` = as long as it takes.
    response_timeout: Option<Duration>,
    /// Written by every caller and by the reader. Never held across an await; held while writing, which does not block.
    queue: Mutex<Queue>,
    /// Bytes are waiting to be written, or the socket was closed.
    changed: Notify,
}

enum Output {
    Tcp(tcp::OwnedWriteHalf),
    Unix(unix::OwnedWriteHalf),
}

type Input = Box<dyn AsyncRead + Send + Unpin>;

#[derive(Default)]
struct Queue {
    /// Calls without a reply, in the order they were sent. Unbounded: its entries are callers that wait.
    waiting: VecDeque<Waiting>,
    /// What the socket did not take at once.
    unsent: BytesMut,
    /// Why nothing can be written any more. The reader ends with it: it may not have met the end of the socket by itself, and would
    /// try to write for ever.
    write_error: Option<io::Error>,
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
        let (input, output): (Input, _) = match endpoint {
            Endpoint::Tcp { host, port, tls: None } => {
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                stream.set_nodelay(true)?;
                let (input, output) = stream.into_split();
                (Box::new(input), Output::Tcp(output))
            }
            Endpoint::Unix { path } => {
                let (input, output) = UnixStream::connect(path).await?.into_split();
                (Box::new(input), Output::Unix(output))
            }
            _ => return Err(io::Error::from(io::ErrorKind::Unsupported).into()),
        };
        let shared = Arc::new(Shared { output, response_timeout, queue: Mutex::default(), changed: Notify::new() });
        tokio::spawn(Arc::clone(&shared).read_replies(input));
        Ok(Self { handle: Arc::new(Handle { shared }) })
    }

    /// Sends and waits for the reply.
    pub(super) async fn request(&self, packed: Packed) -> RedisResult<Value> {
        let (sender, receiver) = oneshot::channel();
        self.send(&packed, Box::new(move |reply| drop(sender.send(reply))));
        receiver.await.unwrap_or_else(|_| Err(dropped().into()))
    }

    /// Sends at once, on the calling thread. The reply, or the error that ended the socket, goes to `reply_to`.
    pub(super) fn send(&self, packed: &Packed, reply_to: ReplyTo) {
        let shared = &self.handle.shared;
        let expected = match packed.commands {
            None => Expected::One,
            Some(count) => Expected::Many { count, replies: Vec::with_capacity(count) },
        };
        let mut queue = shared.lock();
        queue.waiting.push_back(Waiting { expected, sent_at: Instant::now(), reply_to });
        let mut rest = &packed.bytes[..];
        if queue.unsent.is_empty() && !queue.is_closed {
            rest = shared.write_some(rest, &mut queue.write_error);
        }
        if !rest.is_empty() || queue.is_closed {
            queue.unsent.extend_from_slice(rest);
            drop(queue);
            shared.changed.notify_one();
        }
    }
}

impl Shared {
    /// Writes what the socket takes now and returns the rest. Bytes remain after an error, so that the reader looks at it.
    fn write_some<'a>(&self, mut bytes: &'a [u8], failure: &mut Option<io::Error>) -> &'a [u8] {
        while !bytes.is_empty() && failure.is_none() {
            match self.output.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => *failure = Some(error),
            }
        }
        bytes
    }

    /// Reads replies, and writes what did not fit, until the socket ends; then every waiting call is told why.
    async fn read_replies(self: Arc<Self>, input: Input) {
        let error = self.read_until_end(input).await;
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

    async fn read_until_end(&self, mut input: Input) -> RedisError {
        let (mut received, mut decoder) = (BytesMut::with_capacity(INPUT_CAPACITY), ReplyDecoder::default());
        let mut overdue_check = pin!(sleep(self.response_timeout.unwrap_or(IDLE_CHECK)));
        loop {
            let (is_closed, has_unsent, write_error) = {
                let mut queue = self.lock();
                (queue.is_closed, !queue.unsent.is_empty(), queue.write_error.take())
            };
            if let Some(error) = write_error.or_else(|| is_closed.then(dropped)) {
                return error.into();
            }
            received.reserve(1);
            tokio::select! {
                read = input.read_buf(&mut received) => match read {
                    Ok(0) => return io::Error::from(io::ErrorKind::UnexpectedEof).into(),
                    Ok(_) => {
                        if let Err(error) = self.hand_out_all(&mut received, &mut decoder) {
                            return error;
                        }
                    }
                    Err(error) => return error.into(),
                },
                writable = self.output.writable(), if has_unsent => match writable {
                    Ok(()) => self.write_unsent(),
                    Err(error) => return error.into(),
                },
                () = self.changed.notified() => {}
                () = overdue_check.as_mut() => match self.next_overdue_check() {
                    Some(at) => overdue_check.as_mut().reset(at),
                    None => return io::Error::from(io::ErrorKind::TimedOut).into(),
                },
            }
        }
    }

    fn write_unsent(&self) {
        let mut queue = self.lock();
        let Queue { unsent, write_error, .. } = &mut *queue;
        let left = self.write_some(unsent, write_error).len();
        unsent.advance(unsent.len() - left);
    }

    fn hand_out_all(&self, received: &mut BytesMut, decoder: &mut ReplyDecoder) -> RedisResult<()> {
        while let Some(reply) = decoder.decode(received)? {
            self.hand_out(reply)?;
        }
        Ok(())
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

    /// When the oldest call will be overdue, or `None` if it is.
    fn next_overdue_check(&self) -> Option<Instant> {
        let now = Instant::now();
        let Some(timeout) = self.response_timeout else { return Some(now + IDLE_CHECK) };
        let oldest = self.lock().waiting.front().map_or(now, |call| call.sent_at);
        Some(oldest + timeout).filter(|due| *due > now)
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("no code panics while it holds this lock")
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.changed.notify_one();
    }
}

impl Output {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(half) => half.try_write(bytes),
            Self::Unix(half) => half.try_write(bytes),
        }
    }

    async fn writable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(half) => half.writable().await,
            Self::Unix(half) => half.writable().await,
        }
    }
}

fn dropped() -> io::Error {
    io::Error::from(io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
#[path = "direct_tests.rs"]
mod tests;
