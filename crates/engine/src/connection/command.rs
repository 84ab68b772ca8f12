//! The connection for commands: multiplexed, shared, repeated over reconnects.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, Pipeline, RedisError, Value};
use tokio::time::{Instant, sleep, timeout_at};

use super::failure::{Recovery, connect_error, recovery};
use super::{BlockingConnection, ConnectionOptions, Reconnect, registry};
use crate::error::{Error, Result};
use crate::wire::Reply;

/// How long after a lost reply a call may be repeated. Scripts remember their answers in Redis for 60 s; a repetition after that
/// could take effect a second time, so the caller is told instead.
const REPEAT_WINDOW: Duration = Duration::from_secs(50);

/// A handle on the process's connection to one server. Cheap to clone; the socket closes with the last handle.
#[derive(Clone)]
pub struct Connection {
    shared: Arc<CommandConnection>,
    /// How long a call may wait for the server; `None` waits as long as it takes.
    deadline: Option<Duration>,
}

/// The shared part: at most one open socket, replaced when it breaks.
pub(super) struct CommandConnection {
    options: ConnectionOptions,
    client: redis::Client,
    /// The open socket, if any. Written by whoever connects, read by every call. Never held across an await.
    live: Mutex<Option<Live>>,
    /// Held while connecting, so that callers wait for one attempt instead of making their own.
    connecting: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Live {
    /// Tells a broken socket from the one that has replaced it meanwhile.
    generation: u64,
    socket: MultiplexedConnection,
}

/// What is sent, as often as it takes.
#[derive(Clone, Copy)]
enum Request<'a> {
    One(&'a Cmd),
    Many(&'a Pipeline),
}

impl Request<'_> {
    async fn send(self, mut socket: MultiplexedConnection) -> redis::RedisResult<Value> {
        match self {
            Self::One(command) => socket.send_packed_command(command).await?.extract_error(),
            Self::Many(pipeline) => Value::Array(socket.send_packed_commands(pipeline, 0, pipeline.len()).await?).extract_error(),
        }
    }
}

impl Connection {
    /// The process's connection for `options`. Opens nothing yet: the first call does.
    ///
    /// # Errors
    /// `InvalidOption` if the options cannot work, e.g. unreadable certificates.
    pub fn shared(options: &ConnectionOptions) -> Result<Self> {
        Ok(Self { shared: registry::shared(options)?, deadline: None })
    }

    /// The same connection, on which calls give up with `Unavailable` when the server has not answered in time.
    #[must_use]
    pub fn with_deadline(&self, deadline: Option<Duration>) -> Self {
        Self { shared: Arc::clone(&self.shared), deadline }
    }

    /// How long a call may wait for the server; `None` waits as long as it takes.
    pub fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// How the server is reached.
    pub fn options(&self) -> &ConnectionOptions {
        &self.shared.options
    }

    /// Whether a socket is open right now, as far as the last call could tell.
    pub fn is_connected(&self) -> bool {
        self.shared.current().is_some()
    }

    /// A separate socket for blocking commands, visible as `client_name` in CLIENT LIST. Opened by its first use.
    pub fn blocking(&self, client_name: &str) -> BlockingConnection {
        BlockingConnection::new(self.shared.options.clone(), self.shared.client.clone(), client_name)
    }

    /// Waits until the server answers.
    pub async fn ready(&self) -> Result<()> {
        self.call(&redis::cmd("PING")).await.map(|_| ())
    }

    /// Runs a command and repeats it over reconnects until it is answered or the deadline passes.
    ///
    /// The outcome of a call whose reply was lost is unknown, so `command` must be safe to repeat within a minute; a later
    /// repetition is refused.
    ///
    /// # Errors
    /// `Unavailable` after the deadline, or when a lost reply can no longer be asked for again.
    pub async fn call(&self, command: &Cmd) -> Result<Value> {
        self.repeat(Request::One(command)).await
    }

    /// Runs commands in one round trip, like [`Connection::call`]; all keys must share a hash slot.
    pub async fn call_all(&self, pipeline: &Pipeline) -> Result<Vec<Value>> {
        Reply::new("reply of a pipeline", self.repeat(Request::Many(pipeline)).await?).into_items()
    }

    async fn repeat(&self, request: Request<'_>) -> Result<Value> {
        let started = Instant::now();
        let mut last_error: Option<RedisError> = None;
        let attempts = async {
            let mut first_loss = None;
            loop {
                let live = self.shared.open().await?;
                if first_loss.is_some_and(|lost: Instant| lost.elapsed() > REPEAT_WINDOW) {
                    return Err(Error::Unavailable { deadline: REPEAT_WINDOW, source: last_error.take() });
                }
                let error = match request.send(live.socket).await {
                    Ok(reply) => return Ok(reply),
                    Err(error) => error,
                };
                match recovery(&error) {
                    Recovery::Report => return Err(Error::Redis(error)),
                    Recovery::Reconnect => {
                        first_loss.get_or_insert_with(Instant::now);
                        self.shared.discard(live.generation);
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
}

impl CommandConnection {
    pub(super) fn new(options: ConnectionOptions) -> Result<Self> {
        let client = options.client()?;
        Ok(Self { options, client, live: Mutex::new(None), connecting: tokio::sync::Mutex::new(()) })
    }

    fn current(&self) -> Option<Live> {
        self.live.lock().expect("no code panics while it holds this lock").clone()
    }

    /// The open socket, opened first if need be.
    async fn open(&self) -> Result<Live> {
        if let Some(live) = self.current() {
            return Ok(live);
        }
        let _one_at_a_time = self.connecting.lock().await;
        if let Some(live) = self.current() {
            return Ok(live);
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.options.connect_timeout))
            .set_response_timeout(Some(self.options.response_timeout));
        let socket = connect(&self.options, &self.client, &config).await?;
        let mut live = self.live.lock().expect("no code panics while it holds this lock");
        Ok(live.insert(Live { generation: next_generation(), socket }).clone())
    }

    /// Forgets a broken socket, unless it has been replaced already.
    fn discard(&self, generation: u64) {
        let mut live = self.live.lock().expect("no code panics while it holds this lock");
        if live.as_ref().is_some_and(|live| live.generation == generation) {
            *live = None;
        }
    }
}

fn next_generation() -> u64 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

/// Opens a socket, trying again with growing delays as the options say.
pub(super) async fn connect(
    options: &ConnectionOptions,
    client: &redis::Client,
    config: &AsyncConnectionConfig,
) -> Result<MultiplexedConnection> {
    let Reconnect { min_delay, max_delay, max_attempts } = options.reconnect;
    let mut delay = min_delay;
    let mut attempts = 0;
    loop {
        let error: RedisError = match client.get_multiplexed_async_connection_with_config(config).await {
            Ok(socket) => return Ok(socket),
            Err(error) => error,
        };
        attempts += 1;
        let gives_up = max_attempts.is_some_and(|max| attempts >= max);
        if gives_up || recovery(&error) == Recovery::Report {
            return Err(connect_error(options, error));
        }
        tracing::debug!(%error, attempts, "could not connect to Redis");
        sleep(delay).await;
        delay = (delay * 2).min(max_delay);
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("server", &self.shared.options.display_address()).finish_non_exhaustive()
    }
}
