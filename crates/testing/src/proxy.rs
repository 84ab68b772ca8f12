//! A byte-level proxy before a server, for faults of the wire that no server can be asked for.

use std::io;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Forwards connections on a loopback port of its own to a server, until it is told to misbehave.
pub struct Proxy {
    port: u16,
    faults: Arc<Faults>,
    accepting: JoinHandle<()>,
}

/// No cut is planned.
const NEVER: i64 = -1;
const BUFFER_BYTES: usize = 64 * 1024;

struct Faults {
    /// How many further replies are swallowed: the server has executed the request, the client never learns of it.
    replies_to_swallow: AtomicU32,
    /// Bytes of requests that still pass before the connection is cut, or `NEVER`.
    request_bytes_left: AtomicI64,
    /// The same of replies.
    reply_bytes_left: AtomicI64,
    sever: Notify,
    /// Replies with these bytes are held.
    held_bytes: OnceLock<Vec<u8>>,
    is_holding: Notify,
    release: Notify,
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
        let faults = Arc::new(Faults {
            replies_to_swallow: AtomicU32::new(0),
            request_bytes_left: AtomicI64::new(NEVER),
            reply_bytes_left: AtomicI64::new(NEVER),
            sever: Notify::new(),
            held_bytes: OnceLock::new(),
            is_holding: Notify::new(),
            release: Notify::new(),
            connections: AtomicU32::new(0),
        });
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

    /// Cuts the connection when `bytes` more bytes of requests have passed.
    pub fn cut_request_after(&self, bytes: u32) {
        self.faults.request_bytes_left.store(bytes.into(), Ordering::SeqCst);
    }

    /// Cuts the connection when `bytes` more bytes of replies have passed.
    pub fn cut_reply_after(&self, bytes: u32) {
        self.faults.reply_bytes_left.store(bytes.into(), Ordering::SeqCst);
    }

    /// Whether a planned cut has not happened yet; it is called off.
    pub fn call_off_cut(&self) -> bool {
        let call_off = |left: &AtomicI64| left.swap(NEVER, Ordering::SeqCst) != NEVER;
        let (request, reply) = (call_off(&self.faults.request_bytes_left), call_off(&self.faults.reply_bytes_left));
        request || reply
    }

    /// Cuts every open connection.
    pub fn sever(&self) {
        self.faults.sever.notify_waiters();
    }

    /// Holds the next reply with these bytes in it, and all behind it, until [`Proxy::release_reply`]. Once per proxy.
    ///
    /// # Panics
    /// If it was asked before.
    pub fn hold_reply_with(&self, bytes: &[u8]) {
        self.faults.held_bytes.set(bytes.to_vec()).expect("one reply per proxy");
    }

    /// Waits until the reply asked for is held: the server has executed the request.
    pub async fn reply_held(&self) {
        self.faults.is_holding.notified().await;
    }

    /// Hands the held reply on.
    pub fn release_reply(&self) {
        self.faults.release.notify_one();
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
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let requests = pump(from_client, to_server, &faults.request_bytes_left, None);
    let replies = pump(from_server, to_client, &faults.reply_bytes_left, Some(faults));
    tokio::select! {
        result = requests => result,
        result = replies => result,
    }
}

/// Hands bytes on until either side closes or a fault cuts the connection.
async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    bytes_left: &AtomicI64,
    reply_faults: Option<&Faults>,
) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        if let Some(faults) = reply_faults {
            faults.hold(&buffer[..count]).await;
            if faults.swallows_reply() {
                return Ok(());
            }
        }
        let left = bytes_left.load(Ordering::SeqCst);
        let passing = usize::try_from(left).map_or(count, |left| left.min(count));
        to.write_all(&buffer[..passing]).await?;
        if left != NEVER {
            let passed = i64::try_from(passing).expect("a buffer is smaller than that");
            if passed == left {
                bytes_left.store(NEVER, Ordering::SeqCst);
                return Ok(());
            }
            bytes_left.store(left - passed, Ordering::SeqCst);
        }
    }
}

impl Faults {
    async fn hold(&self, reply: &[u8]) {
        let is_meant = self.held_bytes.get().is_some_and(|held| reply.windows(held.len()).any(|bytes| bytes == held));
        if is_meant {
            self.is_holding.notify_one();
            self.release.notified().await;
        }
    }

    fn swallows_reply(&self) -> bool {
        let left = &self.replies_to_swallow;
        left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }
}
