use std::env;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::server_process::free_port;
use crate::watchdog::Watchdog;

/// Names the server binary; without it `redis-server`, then `valkey-server`, is taken from `PATH`.
const BINARY_VARIABLE: &str = "SYNAPSE_REDIS_SERVER";
const START_DEADLINE: Duration = Duration::from_secs(5);
const POLL_INTERVAL: Duration = Duration::from_millis(2);
const REPLY_TIMEOUT: Duration = Duration::from_secs(1);
/// Another process may take the free port between its choice and its use.
const START_ATTEMPTS: usize = 3;

/// What a server still knows after [`RedisServer::restart`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: no file is written.
    Volatile,
    /// Every acknowledged write (append-only file, `appendfsync always`).
    Always,
}

/// A Redis server of the test's own: loopback, free port, killed by pid when dropped or when the test process ends.
#[derive(Debug)]
pub struct RedisServer {
    binary: PathBuf,
    port: u16,
    durability: Durability,
    /// Further arguments on the command line.
    settings: Vec<String>,
    directory: Option<TempDir>,
    /// `None` between [`RedisServer::kill`] and [`RedisServer::restart`].
    process: Option<Watchdog>,
}

impl RedisServer {
    /// One volatile server for all tests of this process; use [`unique_prefix`](crate::unique_prefix) to stay apart.
    ///
    /// # Panics
    /// When the server cannot be started.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<RedisServer> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(Durability::Volatile))
    }

    /// Starts a server for one test.
    ///
    /// # Panics
    /// When no server binary is found or it does not answer within 5 s.
    pub fn start(durability: Durability) -> Self {
        Self::start_with(durability, &[])
    }

    /// Starts a server with further settings, as `--name value` pairs. Those of [`Durability::Always`] have a directory of their own.
    ///
    /// # Panics
    /// When no server binary is found or it does not answer within 5 s.
    pub fn start_with(durability: Durability, settings: &[&str]) -> Self {
        let directory = match durability {
            Durability::Volatile => None,
            Durability::Always => Some(TempDir::new().expect("a temporary directory can be made")),
        };
        let mut server = Self {
            binary: find_binary(),
            port: 0,
            durability,
            settings: settings.iter().map(ToString::to_string).collect(),
            directory,
            process: None,
        };
        let mut failure = None;
        for _ in 0..START_ATTEMPTS {
            server.port = free_port();
            match server.launch() {
                Ok(()) => return server,
                Err(error) => failure = Some(error),
            }
        }
        panic!("{} did not start in {START_ATTEMPTS} attempts: {failure:?}", server.binary.display());
    }

    /// `redis://127.0.0.1:<port>`
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The port it listens on; the same after a restart.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A client of this server, to look at keys beside the code under test.
    ///
    /// # Panics
    /// Never: the URL is well formed.
    pub fn client(&self) -> redis::Client {
        redis::Client::open(self.url()).expect("the server's own URL is well formed")
    }

    /// Kills the server with SIGKILL; clients see their connections break. Does nothing when it is down already.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts the server again on the same port, with the data its [`Durability`] kept; kills it first if it runs.
    ///
    /// # Panics
    /// When the server does not come back within 5 s.
    pub fn restart(&mut self) {
        self.kill();
        if let Err(error) = self.launch() {
            panic!("{} did not restart on port {}: {error}", self.binary.display(), self.port);
        }
    }

    fn launch(&mut self) -> io::Result<()> {
        let process = Watchdog::spawn(&self.binary, &self.arguments())?;
        wait_until_ready(self.port, process.pid())?;
        self.process = Some(process);
        Ok(())
    }

    fn arguments(&self) -> Vec<String> {
        let port = self.port.to_string();
        let directory = self.directory.as_ref().map_or_else(env::temp_dir, |it| it.path().to_owned());
        let directory = directory.to_string_lossy();
        let append_only = if self.durability == Durability::Always { "yes" } else { "no" };
        let pairs = [
            ("--port", port.as_str()),
            ("--bind", "127.0.0.1"),
            ("--dir", directory.as_ref()),
            ("--save", ""),
            ("--appendonly", append_only),
            ("--appendfsync", "always"),
        ];
        pairs
            .iter()
            .flat_map(|(name, value)| [(*name).to_owned(), (*value).to_owned()])
            .chain(self.settings.iter().cloned())
            .collect()
    }
}

pub(crate) fn find_binary() -> PathBuf {
    if let Some(named) = env::var_os(BINARY_VARIABLE) {
        return PathBuf::from(named);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = |name: &str| env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    ["redis-server", "valkey-server"]
        .into_iter()
        .find_map(on_path)
        .unwrap_or_else(|| panic!("no redis-server or valkey-server on PATH; name one in {BINARY_VARIABLE}"))
}

/// Returns once the server with this pid answers on `port`; `AddrInUse` if somebody else does.
fn wait_until_ready(port: u16, pid: u32) -> io::Result<()> {
    let deadline = Instant::now() + START_DEADLINE;
    let own_line = format!("process_id:{pid}");
    loop {
        match server_info(port) {
            Ok(info) if info.lines().all(|line| line != own_line) => return Err(io::ErrorKind::AddrInUse.into()),
            Ok(info) if info.lines().any(|line| line == "loading:0") => return Ok(()),
            Err(error) if Instant::now() >= deadline => return Err(error),
            Ok(_) if Instant::now() >= deadline => return Err(io::ErrorKind::TimedOut.into()),
            // Still loading its file, or refused because it does not listen yet.
            Ok(_) | Err(_) => thread::sleep(POLL_INTERVAL),
        }
    }
}

/// The reply to `INFO`, asked over a bare socket: a start must not cost more than the server itself.
fn server_info(port: u16) -> io::Result<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut socket = TcpStream::connect_timeout(&address, REPLY_TIMEOUT)?;
    socket.set_read_timeout(Some(REPLY_TIMEOUT))?;
    socket.write_all(b"INFO\r\nQUIT\r\n")?;
    let mut reply = String::new();
    socket.read_to_string(&mut reply)?;
    Ok(reply)
}
