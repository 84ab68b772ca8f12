//! What a failed call means for the connection it was made on (pure).

use std::error::Error as _;
use std::io;
use std::time::Duration;

use redis::{ErrorKind, RedisError, ServerErrorKind};

use super::server::Socket;
use crate::connection::ConnectionOptions;
use crate::error::Error;

/// What to do after a call failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Recovery {
    /// The server refused the call itself: repeating it changes nothing.
    Report,
    /// The connection is dead: open it anew and repeat.
    Reconnect,
    /// The connection leads to a server that may not be written to: after this long, open it anew and repeat.
    Replace(Duration),
    /// The server cannot answer yet: repeat on the same connection after this long.
    Wait(Duration),
}

/// A busy server is asked again after this long.
const BUSY_DELAY: Duration = Duration::from_millis(100);

/// Decides from the error alone.
pub(super) fn recovery(error: &RedisError) -> Recovery {
    match error.kind() {
        ErrorKind::Server(
            ServerErrorKind::BusyLoading
            | ServerErrorKind::TryAgain
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::MasterDown,
        ) => Recovery::Wait(BUSY_DELAY),
        // Whoever takes over may not be known yet.
        ErrorKind::Server(ServerErrorKind::ReadOnly) => Recovery::Replace(BUSY_DELAY),
        ErrorKind::MasterNameNotFoundBySentinel
        | ErrorKind::NoValidReplicasFoundBySentinel
        | ErrorKind::ClusterConnectionNotFound
        // The reply ended in the middle of a value.
        | ErrorKind::Parse => Recovery::Reconnect,
        // A blocked call on a primary that was demoted.
        _ if error.code() == Some("UNBLOCKED") => Recovery::Replace(BUSY_DELAY),
        _ if error.is_io_error() || error.is_connection_dropped() || error.is_timeout() => Recovery::Reconnect,
        _ => Recovery::Report,
    }
}

/// What to do after a call on this socket failed.
pub(super) fn recovery_on(socket: &Socket, error: &RedisError) -> Recovery {
    match error.kind() {
        // Redirections were followed in vain: they lead to a node that has died, and nobody has taken over from it yet.
        ErrorKind::Server(ServerErrorKind::Moved | ServerErrorKind::Ask) if socket.is_cluster() => {
            Recovery::Wait(BUSY_DELAY)
        }
        _ => recovery(error),
    }
}

/// What to do after an attempt to connect failed.
pub(super) fn recovery_of(failure: &Error) -> Recovery {
    match failure {
        Error::ConnectionFailed { source, .. } => recovery(source),
        _ => Recovery::Report,
    }
}

/// The error of a connection attempt; those of the network in the words and with the code of Node's net module, as users' code
/// compares them.
pub(super) fn connect_error(options: &ConnectionOptions, error: RedisError) -> Error {
    let address = options.display_address();
    let code = match io_kind(&error) {
        Some(io::ErrorKind::ConnectionRefused) => "ECONNREFUSED",
        Some(io::ErrorKind::ConnectionReset) => "ECONNRESET",
        Some(io::ErrorKind::NotFound) => "ENOENT",
        Some(io::ErrorKind::TimedOut) => "ETIMEDOUT",
        _ => {
            let code = error.code().unwrap_or("REDIS_ERROR").to_owned();
            return Error::ConnectionFailed { message: error.to_string(), code, source: error };
        }
    };
    Error::ConnectionFailed { message: format!("connect {code} {address}"), code: code.into(), source: error }
}

fn io_kind(error: &RedisError) -> Option<io::ErrorKind> {
    if error.is_connection_refusal() && error.is_io_error() {
        let not_found = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        return Some(not_found.map_or(io::ErrorKind::ConnectionRefused, io::Error::kind));
    }
    if error.is_timeout() {
        return Some(io::ErrorKind::TimedOut);
    }
    error.source().and_then(|source| source.downcast_ref::<io::Error>()).map(io::Error::kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn io_error(kind: io::ErrorKind) -> RedisError {
        RedisError::from(io::Error::from(kind))
    }

    #[test]
    fn a_broken_socket_leads_to_a_new_connection() {
        assert_eq!(recovery(&io_error(io::ErrorKind::BrokenPipe)), Recovery::Reconnect);
        assert_eq!(recovery(&io_error(io::ErrorKind::UnexpectedEof)), Recovery::Reconnect);
    }

    #[test]
    fn a_refused_connection_is_told_in_nodes_words() {
        let error = connect_error(&ConnectionOptions::default(), io_error(io::ErrorKind::ConnectionRefused));
        assert_eq!(error.to_string(), "connect ECONNREFUSED 127.0.0.1:6379");
        assert_eq!(error.code(), "ECONNREFUSED");
    }
}
