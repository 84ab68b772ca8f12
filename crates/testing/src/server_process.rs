//! What all servers but Redis have in common: a program, a port, and waiting for its first answer.

use std::env;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use crate::watchdog::Watchdog;

const START_DEADLINE: Duration = Duration::from_mins(1);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A port of the loopback interface that nothing listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("the loopback interface has a free port")
        .port()
}

/// Whether something listens on `port`.
pub(crate) fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// The first of `names` in `PATH` or in `folders`.
pub(crate) fn find_program(names: &[&str], folders: &[PathBuf]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let all: Vec<PathBuf> = env::split_paths(&path).chain(folders.iter().cloned()).collect();
    names.iter().find_map(|name| all.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}

/// Starts `program` and returns once `is_ready` says so.
pub(crate) fn start(program: &str, arguments: &[String], is_ready: impl Fn() -> bool) -> io::Result<Watchdog> {
    let process = Watchdog::spawn(program.as_ref(), arguments)?;
    let deadline = Instant::now() + START_DEADLINE;
    while !is_ready() {
        if Instant::now() >= deadline {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("{program} is not ready: {arguments:?}")));
        }
        thread::sleep(POLL_INTERVAL);
    }
    Ok(process)
}
