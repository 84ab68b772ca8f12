//! A byte-level proxy before a server, for faults of the wire that no server can be asked for.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Forwards connections on a loopback port of its own to a server, until it is told to misbehave.
pub struct Proxy {
    port: u16,
    faults: Arc<Faults>,
    accepting: JoinHandle<()>,
}

#[derive(Default)]
struct Faults {
    /// How many further replies are swallowed: the server has executed the request, the client never learns of it.
    replies_to_swallow: AtomicU32,
    sever: Notify,
    connections: AtomicU32,
}

impl Proxy {
    /// Starts a proxy for the server on this loopback port.
    ///
    /// # Errors
    /// If no port can be bound.
    pub async fn start(server_port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let faults = Arc::new(Faults::default());
        let accepting = tokio::spawn(accept(listener, server_port, Arc::clone(&faults)));
        Ok(Self { port, faults, accepting })
    }

    /// `redis://127.0.0.1:<port>`
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Lets the server execute the next `count` requests but cuts the connection instead of handing on the reply.
    pub fn swallow_replies(&self, count: u32) {
        self.faults.replies_to_swallow.store(count, Ordering::SeqCst);
    }

    /// How many replies are still to be swallowed.
    pub fn replies_to_swallow(&self) -> u32 {
        self.faults.replies_to_swallow.load(Ordering::SeqCst)
    }

    /// Cuts every open connection.
    pub fn sever(&self) {
        self.faults.sever.notify_waiters();
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> u32 {
        self.faults.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, server_port: u16, faults: Arc<Faults>) {
    while let Ok((client, _)) = listener.accept().await {
        faults.connections.fetch_add(1, Ordering::SeqCst);
        let faults = Arc::clone(&faults);
        tokio::spawn(async move {
            let severed = faults.sever.notified();
            // Either way both sockets close here, which is all a client is to see.
            tokio::select! {
                _ = forward(client, server_port, &faults) => {}
                () = severed => {}
            }
        });
    }
}

async fn forward(client: TcpStream, server_port: u16, faults: &Faults) -> io::Result<()> {
    let server = TcpStream::connect(("127.0.0.1", server_port)).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let requests = async { copy(&mut from_client, &mut to_server).await.map(|_| ()) };
    let replies = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = from_server.read(&mut buffer).await?;
            let swallows = faults
                .replies_to_swallow
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
                .is_ok();
            if count == 0 || swallows {
                return Ok(());
            }
            to_client.write_all(&buffer[..count]).await?;
        }
    };
    tokio::select! {
        result = requests => result,
        result = replies => result,
    }
}
