//! The connection for commands: multiplexed, shared, repeated over reconnects.

use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, Pipeline, RedisError, RedisResult, Value};
use tokio::sync::broadcast;
use tokio::time::{Instant, sleep, timeout_at};

use super::event_loop::Owner;
use super::failure::{Recovery, recovery, recovery_on};
use super::retry::Answers;
use super::server::{Purpose, Request, Socket};
use super::shared_socket::{Live, SharedSocket};
use super::{BlockingConnection, ConnectionOptions, Patience, registry};
use crate::error::{Error, Result};
use crate::wire::Reply;

/// How long after a lost reply a call may be repeated. Scripts remember their answers in Redis for 60 s; a repetition after that
/// could take effect a second time, so the caller is told instead.
const REPEAT_WINDOW: Duration = Duration::from_secs(50);

/// A call that was sent once and did not succeed; [`Connection::call_again`] goes on from there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unanswered {
    /// When the reply was lost, if the call may have taken effect.
    pub(crate) lost_at: Option<Instant>,
}

/// What is done with the reply of a call sent by [`Connection::send_now`].
pub(crate) type SentReplyTo = Box<dyn FnOnce(std::result::Result<Value, Unanswered>) + Send>;

/// A handle on the process's connection to one server. Cheap to clone; the socket closes with the last handle.
#[derive(Clone)]
pub struct Connection {
    shared: Arc<SharedSocket>,
    /// How long a call may wait for the server; `None` waits as long as it takes.
    deadline: Option<Duration>,
    patience: Patience,
    answers: Arc<Answers>,
    /// Whom the replies of its calls are for.
    owner: Owner,
}

/// Somebody's need of the connection: the socket closes with the last lease, although handles may still be held.
///
/// Handles in JavaScript are held until they are collected, long after they were closed.
#[derive(Debug)]
pub struct Lease {
    connection: Connection,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.connection.shared.end_lease();
    }
}

impl Connection {
    /// The process's connection for `options`. Opens nothing yet: the first call does.
    ///
    /// # Errors
    /// `InvalidOption` if the options cannot work, e.g. unreadable certificates.
    pub fn shared(options: &ConnectionOptions) -> Result<Self> {
        Ok(Self {
            shared: registry::shared(options)?,
            deadline: None,
            patience: Patience::default(),
            answers: Arc::default(),
            owner: Owner::EventLoop,
        })
    }

    /// Keeps the socket open until the lease, and all others, are dropped.
    #[must_use]
    pub fn lease(&self) -> Lease {
        self.shared.begin_lease();
        Lease { connection: self.clone() }
    }

    /// The same connection with another way to bear that the server cannot be reached.
    #[must_use]
    pub fn with_patience(&self, patience: Patience) -> Self {
        Self { patience, answers: Arc::default(), ..self.clone() }
    }

    /// The same connection, on which calls give up with `Unavailable` when the server has not answered in time.
    #[must_use]
    pub fn with_deadline(&self, deadline: Option<Duration>) -> Self {
        Self { deadline, ..self.clone() }
    }

    /// The same connection for an owner that goes on by itself when replies come, as jobs in Rust do however long JavaScript blocks: no
    /// event loop waits for them.
    #[must_use]
    pub(crate) fn for_engine(&self) -> Self {
        Self { owner: Owner::Engine, ..self.clone() }
    }

    /// How long a call may wait for the server; `None` waits as long as it takes.
    pub fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// How the server is reached.
    pub fn options(&self) -> &ConnectionOptions {
        &self.shared.connector.options
    }

    /// Whether a socket is open right now, as far as the last call could tell.
    pub fn is_connected(&self) -> bool {
        self.shared.current().is_some()
    }

    /// Tells the open socket from those before and after it. `None` while there is none, and where sockets are replaced unseen.
    pub(crate) fn socket(&self) -> Option<u64> {
        self.shared.current().filter(|live| !live.socket.is_cluster()).map(|live| live.generation)
    }

    /// A separate socket for blocking commands, visible as `client_name` in CLIENT LIST. Opened by its first use.
    pub fn blocking(&self, client_name: &str) -> BlockingConnection {
        BlockingConnection::new(Arc::clone(&self.shared.connector), self.patience.unbounded(), client_name)
    }

    /// Failed attempts to open this connection or a blocking one beside it, from now on; calls meanwhile wait and try again.
    pub fn failures(&self) -> broadcast::Receiver<Arc<Error>> {
        self.shared.connector.failures()
    }

    /// Waits until the server answers, as long as the retry strategy and the deadline allow.
    pub async fn ready(&self) -> Result<()> {
        let unbounded = Self { patience: self.patience.unbounded(), ..self.clone() };
        unbounded.call(&redis::cmd("PING")).await.map(|_| ())
    }

    /// Runs a command and repeats it over reconnects until it is answered or the deadline passes.
    ///
    /// The outcome of a call whose reply was lost is unknown, so `command` must be safe to repeat within a minute; a later
    /// repetition is refused.
    ///
    /// # Errors
    /// `Unavailable` after the deadline, or when a lost reply can no longer be asked for again; `Offline`, `RetriesExhausted` or
    /// `ConnectionFailed` when the handle's patience ends.
    pub async fn call(&self, command: &Cmd) -> Result<Value> {
        self.repeat(Request::One(command), None).await
    }

    /// Like [`Connection::call`] for a call that was sent before and, if `lost_at` is given, whose reply was lost then.
    pub(crate) async fn call_again(&self, command: &Cmd, lost_at: Option<Instant>) -> Result<Value> {
        self.repeat(Request::One(command), lost_at).await
    }

    /// Runs commands in one round trip, like [`Connection::call`]; all keys must share a hash slot.
    pub async fn call_all(&self, pipeline: &Pipeline) -> Result<Vec<Value>> {
        Reply::new("reply of a pipeline", self.repeat(Request::Many(pipeline), None).await?).into_items()
    }

    /// Runs a read-only command on every node of a cluster, or on the one server; the replies in no particular order.
    pub async fn call_each_node(&self, command: &Cmd) -> Result<Vec<Value>> {
        Reply::new("reply of all nodes", self.repeat(Request::EachNode(command), None).await?).into_items()
    }

    /// Sends `command` at once, on the calling thread, and hands its reply to `reply_to` on a thread that must not be blocked.
    ///
    /// Answers `reply_to` if that is not possible now: nothing was sent, and [`Connection::call`] is the way. A call that fails is not
    /// repeated; [`Connection::call`] with the same command does that.
    pub(crate) fn send_now(&self, command: &Cmd, reply_to: SentReplyTo) -> Option<SentReplyTo> {
        let Some(Live { socket: Socket::Direct(socket), .. }) = self.shared.current() else { return Some(reply_to) };
        let take_apart =
            |reply: RedisResult<Value>| {
                reply_to(reply.and_then(Value::extract_error).map_err(|error| Unanswered {
                    lost_at: (recovery(&error) == Recovery::Reconnect).then(Instant::now),
                }));
            };
        socket.send(self.owner, &command.into(), Box::new(take_apart));
        None
    }

    async fn repeat(&self, request: Request<'_>, mut first_loss: Option<Instant>) -> Result<Value> {
        let started = Instant::now();
        let mut last_error: Option<RedisError> = None;
        let attempts = async {
            loop {
                let mut live = self.open(first_loss.is_none()).await?;
                if first_loss.is_some_and(|lost: Instant| lost.elapsed() > REPEAT_WINDOW) {
                    return Err(Error::Unavailable { deadline: REPEAT_WINDOW, source: last_error.take() });
                }
                let error = match live.socket.send(request).await {
                    Ok(reply) => return Ok(reply),
                    Err(error) => error,
                };
                match recovery_on(&live.socket, &error) {
                    Recovery::Report => return Err(Error::Redis(error)),
                    Recovery::Reconnect => {
                        first_loss.get_or_insert_with(Instant::now);
                        self.shared.discard(live.generation);
                    }
                    Recovery::Replace(delay) => {
                        self.shared.discard(live.generation);
                        sleep(delay).await;
                    }
                    Recovery::Wait(delay) => sleep(delay).await,
                }
                last_error = Some(error);
            }
        };
        match self.deadline {
            None => attempts.await,
            Some(deadline) => match timeout_at(started + deadline, attempts).await {
                Ok(result) => result,
                Err(_) => Err(Error::Unavailable { deadline, source: last_error }),
            },
        }
    }

    /// The open socket, opened first if need be. `is_new`: the call has not been sent yet.
    async fn open(&self, is_new: bool) -> Result<Live> {
        if let Some(live) = self.shared.current() {
            return Ok(live);
        }
        if is_new && !self.patience.queues_while_offline && self.shared.was_open() {
            self.shared.reopen(Arc::clone(&self.patience.retry));
            return Err(Error::Offline);
        }
        let _one_at_a_time = self.turn().await?;
        if let Some(live) = self.shared.current() {
            return Ok(live);
        }
        let socket = self.shared.connector.open(Purpose::Commands, &self.patience, &self.answers).await?;
        Ok(self.shared.adopt(socket))
    }

    /// Waits until nobody else is connecting. The failed attempts of others count as this call's.
    async fn turn(&self) -> Result<tokio::sync::MutexGuard<'_, ()>> {
        let mut failures = self.shared.connector.failures();
        let turn = self.shared.connecting();
        tokio::pin!(turn);
        let mut outlived = 0;
        loop {
            tokio::select! {
                biased;
                turn = &mut turn => return Ok(turn),
                Ok(failure) = failures.recv() => {
                    outlived += 1;
                    self.patience.after(&self.shared.connector.attempt(failure), outlived, &self.answers).await?;
                }
            }
        }
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("server", &self.shared.connector.options.display_address())
            .finish_non_exhaustive()
    }
}
