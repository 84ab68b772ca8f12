//! Opening sockets to a server, whichever way it is reached.

use std::io;
use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::{ClusterClient, NodeAddress};
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo};
use redis::sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType};
use redis::{AsyncConnectionConfig, Cmd, ConnectionAddr, IntoConnectionInfo, Pipeline, RedisResult, Value};

use super::direct::DirectSocket;
use super::options::{Node, Secret, TlsOptions, tcp_settings};
use super::{ConnectionOptions, Endpoint};
use crate::error::Result;

/// Redirections and busy answers that a cluster connection follows by itself before it reports them.
const CLUSTER_RETRIES: u32 = 8;
/// Longest pause between those, ms.
const CLUSTER_RETRY_WAIT_MS: u64 = 200;

/// Knows how to open sockets for one set of options.
pub(super) enum Server {
    /// Reached without TLS at an address that is known.
    Plain,
    /// Reached over TLS.
    Tls(Box<redis::Client>),
    /// Asks the sentinels for the primary anew for every socket.
    Sentinel(Box<tokio::sync::Mutex<SentinelClient>>),
    Cluster(Box<ClusterClients>),
}

/// One client per kind of socket, for the response timeout is part of it.
pub(super) struct ClusterClients {
    commands: ClusterClient,
    blocking: ClusterClient,
}

/// What a socket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Many short commands at once.
    Commands,
    /// One command at a time that may take as long as it likes.
    Blocking,
}

/// An open connection. Cheap to clone; all clones share it.
#[derive(Clone)]
pub(super) enum Socket {
    Direct(DirectSocket),
    Single(MultiplexedConnection),
    Cluster(ClusterConnection),
}

/// What is sent, as often as it takes.
#[derive(Clone, Copy)]
pub(super) enum Request<'a> {
    One(&'a Cmd),
    /// One command to all nodes of a cluster; answered with a list of replies.
    EachNode(&'a Cmd),
    Many(&'a Pipeline),
}

impl Server {
    pub(super) fn new(options: &ConnectionOptions) -> Result<Self> {
        match &options.endpoint {
            Endpoint::Tcp { tls: None, .. } | Endpoint::Unix { .. } => Ok(Self::Plain),
            Endpoint::Tcp { .. } => options.client().map(|client| Self::Tls(Box::new(client))),
            Endpoint::Sentinel { .. } => {
                let client = sentinel_client(options)?;
                Ok(Self::Sentinel(Box::new(tokio::sync::Mutex::new(client))))
            }
            Endpoint::Cluster { .. } => Ok(Self::Cluster(Box::new(ClusterClients {
                commands: cluster_client(options, options.response_timeout)?,
                blocking: cluster_client(options, Duration::MAX)?,
            }))),
        }
    }

    /// Opens one socket; a single attempt.
    pub(super) async fn open(&self, options: &ConnectionOptions, purpose: Purpose) -> RedisResult<Socket> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(options.connect_timeout))
            .set_response_timeout((purpose == Purpose::Commands).then_some(options.response_timeout));
        match (self, purpose) {
            (Self::Plain, _) => {
                let response_timeout = (purpose == Purpose::Commands).then_some(options.response_timeout);
                let opening = open_direct(options, response_timeout);
                let opened = tokio::time::timeout(options.connect_timeout, opening).await;
                opened.unwrap_or_else(|_elapsed| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
            }
            (Self::Tls(client), _) => {
                client.get_multiplexed_async_connection_with_config(&config).await.map(Socket::Single)
            }
            (Self::Sentinel(client), _) => {
                client.lock().await.get_async_connection_with_config(&config).await.map(Socket::Single)
            }
            (Self::Cluster(clients), Purpose::Commands) => {
                clients.commands.get_async_connection().await.map(Socket::Cluster)
            }
            (Self::Cluster(clients), Purpose::Blocking) => {
                clients.blocking.get_async_connection().await.map(Socket::Cluster)
            }
        }
    }
}

async fn open_direct(options: &ConnectionOptions, response_timeout: Option<Duration>) -> RedisResult<Socket> {
    let mut socket = Socket::Direct(DirectSocket::connect(&options.endpoint, response_timeout).await?);
    if let Some(Secret(password)) = &options.password {
        let mut auth = redis::cmd("AUTH");
        auth.arg(options.username.as_deref()).arg(password);
        socket.send(Request::One(&auth)).await?;
    }
    if options.database != 0 {
        socket.send(Request::One(redis::cmd("SELECT").arg(options.database))).await?;
    }
    Ok(socket)
}

impl Socket {
    /// Whether it stands for many sockets, which are opened and closed by themselves.
    pub(super) fn is_cluster(&self) -> bool {
        matches!(self, Self::Cluster(_))
    }

    /// Sends once. An error reply is an error, also inside a pipeline.
    pub(super) async fn send(&mut self, request: Request<'_>) -> RedisResult<Value> {
        match request {
            Request::One(command) => match self {
                Self::Direct(socket) => socket.request(command.into()).await?,
                Self::Single(socket) => socket.req_packed_command(command).await?,
                Self::Cluster(socket) => socket.req_packed_command(command).await?,
            },
            Request::EachNode(command) => Value::Array(match self {
                Self::Direct(socket) => vec![socket.request(command.into()).await?],
                Self::Single(socket) => vec![socket.req_packed_command(command).await?],
                Self::Cluster(socket) => {
                    let everywhere = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllNodes, None));
                    match socket.route_command(command.clone(), everywhere).await? {
                        Value::Map(replies) => replies.into_iter().map(|(_node, reply)| reply).collect(),
                        reply => vec![reply],
                    }
                }
            }),
            Request::Many(pipeline) => {
                let count = pipeline.len();
                Value::Array(match self {
                    Self::Direct(socket) => return socket.request(pipeline.into()).await?.extract_error(),
                    Self::Single(socket) => socket.req_packed_commands(pipeline, 0, count).await?,
                    Self::Cluster(socket) => socket.req_packed_commands(pipeline, 0, count).await?,
                })
            }
        }
        .extract_error()
    }
}

fn addresses(nodes: &[Node], tls: Option<&TlsOptions>) -> Vec<ConnectionAddr> {
    nodes.iter().map(|node| node.address(tls)).collect()
}

fn sentinel_client(options: &ConnectionOptions) -> Result<SentinelClient> {
    let Endpoint::Sentinel { sentinels, primary, sentinel_username, sentinel_password, sentinel_tls, tls } =
        &options.endpoint
    else {
        unreachable!("called for sentinels only");
    };
    let addresses = addresses(sentinels, sentinel_tls.as_ref());
    let mut builder = SentinelClientBuilder::new(addresses, primary, SentinelServerType::Master)?
        .set_client_to_sentinel_tcp_settings(tcp_settings());
    if let Some(username) = sentinel_username {
        builder = builder.set_client_to_sentinel_username(username);
    }
    if let Some(Secret(password)) = sentinel_password {
        builder = builder.set_client_to_sentinel_password(password);
    }
    if let Some(tls) = sentinel_tls {
        builder = builder
            .set_client_to_sentinel_tls_mode(tls.mode())
            .set_client_to_sentinel_certificates(tls.certificates()?);
    }
    if let Some(tls) = tls {
        builder =
            builder.set_client_to_redis_tls_mode(tls.mode()).set_client_to_redis_certificates(tls.certificates()?);
    }
    Ok(primary_settings(builder, options).build()?)
}

fn primary_settings(mut builder: SentinelClientBuilder, options: &ConnectionOptions) -> SentinelClientBuilder {
    builder = builder.set_client_to_redis_db(options.database).set_client_to_redis_tcp_settings(tcp_settings());
    if let Some(username) = &options.username {
        builder = builder.set_client_to_redis_username(username);
    }
    if let Some(Secret(password)) = &options.password {
        builder = builder.set_client_to_redis_password(password);
    }
    builder
}

fn cluster_client(options: &ConnectionOptions, response_timeout: Duration) -> Result<ClusterClient> {
    let Endpoint::Cluster { nodes, address_map, tls } = &options.endpoint else {
        unreachable!("called for clusters only");
    };
    let infos = addresses(nodes, tls.as_ref()).into_iter().map(IntoConnectionInfo::into_connection_info);
    let mut builder = ClusterClient::builder(infos.collect::<RedisResult<Vec<_>>>()?)
        .connection_timeout(options.connect_timeout)
        .response_timeout(response_timeout)
        .tcp_settings(tcp_settings())
        .retries(CLUSTER_RETRIES)
        .max_retry_wait(CLUSTER_RETRY_WAIT_MS);
    if !address_map.is_empty() {
        let address = |node: &Node| NodeAddress::new(node.host.as_str(), node.port);
        let pairs = address_map.iter().map(|(announced, reachable)| (address(announced), address(reachable)));
        builder = builder.node_address_map(pairs.collect());
    }
    if let Some(username) = &options.username {
        builder = builder.username(username);
    }
    if let Some(Secret(password)) = &options.password {
        builder = builder.password(password);
    }
    if let Some(tls) = tls {
        builder = builder.tls(tls.mode()).certs(tls.certificates()?);
    }
    Ok(builder.build()?)
}
