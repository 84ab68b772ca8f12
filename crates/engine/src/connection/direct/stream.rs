//! The open socket of a direct connection, used by several threads, and its place in the runtime while that waits for it.

use std::io;
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::{
    fd::{AsFd, OwnedFd},
    unix::net::UnixStream,
};

use redis::RedisResult;
use tokio::io::Interest;

use super::Endpoint;

/// An open socket that never blocks. Whoever waits for it does so elsewhere.
pub(super) enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

/// The socket as the runtime knows it: waits on the engine's thread until this is dropped.
pub(super) enum Registered {
    Tcp(tokio::net::TcpStream),
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
}

impl Stream {
    /// Connects; the caller bounds how long that may take.
    pub(super) async fn connect(endpoint: &Endpoint) -> RedisResult<Self> {
        Ok(match endpoint {
            Endpoint::Tcp { host, port, tls: None } => {
                let stream = tokio::net::TcpStream::connect((host.as_str(), *port)).await?;
                stream.set_nodelay(true)?;
                Self::Tcp(stream.into_std()?)
            }
            #[cfg(unix)]
            Endpoint::Unix { path } => Self::Unix(tokio::net::UnixStream::connect(path).await?.into_std()?),
            _ => return Err(io::Error::from(io::ErrorKind::Unsupported).into()),
        })
    }

    /// Lets the runtime wait for the socket.
    pub(super) fn register(&self) -> io::Result<Registered> {
        Ok(match self {
            Self::Tcp(stream) => Registered::Tcp(tokio::net::TcpStream::from_std(stream.try_clone()?)?),
            #[cfg(unix)]
            Self::Unix(stream) => Registered::Unix(tokio::net::UnixStream::from_std(stream.try_clone()?)?),
        })
    }

    /// A descriptor of the same socket that stays open when this is closed.
    #[cfg(unix)]
    pub(super) fn descriptor(&self) -> io::Result<OwnedFd> {
        match self {
            Self::Tcp(stream) => stream.as_fd().try_clone_to_owned(),
            Self::Unix(stream) => stream.as_fd().try_clone_to_owned(),
        }
    }

    /// Writes what the socket takes now.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => io::Write::write(&mut &*stream, bytes),
            #[cfg(unix)]
            Self::Unix(stream) => io::Write::write(&mut &*stream, bytes),
        }
    }

    /// Reads once what has arrived. 0 = the other side has closed.
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => io::Read::read(&mut &*stream, buffer),
            #[cfg(unix)]
            Self::Unix(stream) => io::Read::read(&mut &*stream, buffer),
        }
    }

    /// Ends the socket for everyone who holds it.
    pub(super) fn shut_down(&self) {
        // It may have ended already.
        drop(match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
            #[cfg(unix)]
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
        });
    }
}

impl Registered {
    pub(super) async fn readable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.readable().await,
            #[cfg(unix)]
            Self::Unix(stream) => stream.readable().await,
        }
    }

    pub(super) async fn writable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.writable().await,
            #[cfg(unix)]
            Self::Unix(stream) => stream.writable().await,
        }
    }

    /// Runs an operation of the socket. After one that answers `WouldBlock` the runtime waits for the socket again.
    pub(super) fn attempt<T>(&self, interest: Interest, operation: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self {
            Self::Tcp(stream) => stream.try_io(interest, operation),
            #[cfg(unix)]
            Self::Unix(stream) => stream.try_io(interest, operation),
        }
    }
}
