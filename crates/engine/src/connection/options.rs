//! How to reach one Redis server.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use redis::{ClientTlsConfig, ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo, TlsCertificates};

use crate::error::{Error, Result};

/// A server and how to talk to it. Equal options share one command connection per process.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConnectionOptions {
    /// Where the server listens. Defaults to 127.0.0.1:6379.
    pub endpoint: Endpoint,
    /// ACL user; the server's `default` user if absent.
    pub username: Option<String>,
    /// Password of the user.
    pub password: Option<Secret>,
    /// Logical database, 0 to 15 unless the server has more. Defaults to 0.
    pub database: i64,
    /// How long one attempt to connect may take. Defaults to 10 s.
    pub connect_timeout: Duration,
    /// How long one command may take before the connection counts as dead. Defaults to 30 s.
    pub response_timeout: Duration,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// A TCP address.
    Tcp {
        /// Host name or IP address.
        host: String,
        /// Port, 1 to 65535.
        port: u16,
        /// Encrypt with TLS.
        tls: Option<TlsOptions>,
    },
    /// A unix socket.
    Unix {
        /// Path of the socket.
        path: PathBuf,
    },
    /// The primary that sentinels agree on; found anew whenever the connection is opened.
    Sentinel {
        /// The sentinels, asked in turn.
        sentinels: Vec<Node>,
        /// The name the sentinels monitor the primary under.
        primary: String,
        /// ACL user at the sentinels themselves; their `default` user if absent.
        sentinel_username: Option<String>,
        /// Password of the sentinels themselves.
        sentinel_password: Option<Secret>,
        /// Encrypt with TLS, to the sentinels.
        sentinel_tls: Option<TlsOptions>,
        /// Encrypt with TLS, to the primary.
        tls: Option<TlsOptions>,
    },
    /// A Redis Cluster. Queue prefixes or names need a hash tag, so that a queue's keys share a slot.
    Cluster {
        /// Nodes to learn the others from.
        nodes: Vec<Node>,
        /// Where nodes are reached that announce an address of another network: announced, reachable.
        address_map: Vec<(Node, Node)>,
        /// Encrypt with TLS.
        tls: Option<TlsOptions>,
    },
}

/// A host and port of a sentinel or cluster node.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Node {
    /// Host name or IP address.
    pub host: String,
    /// Port, 1 to 65535.
    pub port: u16,
}

impl Node {
    pub(super) fn address(&self, tls: Option<&TlsOptions>) -> ConnectionAddr {
        let (host, port) = (self.host.clone(), self.port);
        if let Some(tls) = tls {
            ConnectionAddr::TcpTls { host, port, insecure: tls.accepts_any_certificate, tls_params: None }
        } else {
            ConnectionAddr::Tcp(host, port)
        }
    }
}

/// What to trust and what to show in a TLS handshake.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TlsOptions {
    /// PEM certificates to trust instead of the bundled web roots.
    pub root_certificates: Option<String>,
    /// PEM certificate chain of the client.
    pub client_certificate: Option<String>,
    /// PEM key of `client_certificate`.
    pub client_key: Option<Secret>,
    /// Encrypts without knowing to whom: neither names nor authorities of certificates are checked. Defaults to false.
    pub accepts_any_certificate: bool,
}

/// Text that never shows in logs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Default for ConnectionOptions {
    fn default() -> Self {
        Self {
            endpoint: Endpoint::Tcp { host: "127.0.0.1".into(), port: 6379, tls: None },
            username: None,
            password: None,
            database: 0,
            connect_timeout: Duration::from_secs(10),
            response_timeout: Duration::from_secs(30),
        }
    }
}

impl ConnectionOptions {
    /// Reads `redis://[user:password@]host[:port][/db]`, `rediss://` (TLS) or `unix:///path[?db=n]`.
    ///
    /// # Errors
    /// `InvalidOption` naming what is wrong; the URL itself is not repeated, it may hold a password.
    pub fn from_url(url: &str) -> Result<Self> {
        let invalid = |detail: &str| Error::InvalidOption {
            message: format!("the Redis URL is not valid ({detail}); expected redis://, rediss:// or unix://"),
        };
        // Node clients take the path of a unix socket with one to three slashes.
        let url = match url.strip_prefix("unix:") {
            Some(path) => format!("redis+unix:///{}", path.trim_start_matches('/')),
            None => url.to_owned(),
        };
        let info = url.as_str().into_connection_info().map_err(|error| invalid(error.category()))?;
        let endpoint = match info.addr() {
            ConnectionAddr::Tcp(host, port) => Endpoint::Tcp { host: host.clone(), port: *port, tls: None },
            ConnectionAddr::TcpTls { host, port, .. } => {
                Endpoint::Tcp { host: host.clone(), port: *port, tls: Some(TlsOptions::default()) }
            }
            ConnectionAddr::Unix(path) => Endpoint::Unix { path: path.clone() },
            _ => return Err(invalid("unknown kind of address")),
        };
        let settings = info.redis_settings();
        Ok(Self {
            endpoint,
            username: settings.username().map(Into::into),
            password: settings.password().map(|password| Secret(password.into())),
            database: settings.db(),
            ..Self::default()
        })
    }

    /// The client of the Redis library for a single server. Opens nothing.
    pub(super) fn client(&self) -> Result<redis::Client> {
        let mut settings = RedisConnectionInfo::default().set_db(self.database);
        if let Some(username) = &self.username {
            settings = settings.set_username(username);
        }
        if let Some(Secret(password)) = &self.password {
            settings = settings.set_password(password);
        }
        let (address, tls) = match &self.endpoint {
            Endpoint::Tcp { host, port, tls } => {
                (Node { host: host.clone(), port: *port }.address(tls.as_ref()), tls.as_ref())
            }
            Endpoint::Unix { path } => (ConnectionAddr::Unix(path.clone()), None),
            Endpoint::Sentinel { .. } | Endpoint::Cluster { .. } => {
                unreachable!("sentinels and clusters have clients of their own")
            }
        };
        let info = address.into_connection_info()?.set_redis_settings(settings).set_tcp_settings(tcp_settings());
        match tls {
            Some(tls) => Ok(redis::Client::build_with_tls(info, tls.certificates()?)?),
            None => Ok(redis::Client::open(info)?),
        }
    }

    /// How Node names the server in connection errors: `host:port`, or the path of the socket.
    pub(crate) fn display_address(&self) -> String {
        match &self.endpoint {
            // Node resolves before it connects, so its messages show the address.
            Endpoint::Tcp { host, port, .. } if host == "localhost" => format!("127.0.0.1:{port}"),
            Endpoint::Tcp { host, port, .. } => format!("{host}:{port}"),
            Endpoint::Unix { path } => path.display().to_string(),
            Endpoint::Sentinel { sentinels: nodes, .. } | Endpoint::Cluster { nodes, .. } => {
                let addresses: Vec<_> = nodes.iter().map(|node| format!("{}:{}", node.host, node.port)).collect();
                addresses.join(",")
            }
        }
    }
}

/// Every command leaves at once: Nagle's algorithm would hold back the second of two small ones.
pub(super) fn tcp_settings() -> redis::io::tcp::TcpSettings {
    redis::io::tcp::TcpSettings::default().set_nodelay(true)
}

impl TlsOptions {
    /// What the Redis library calls it.
    pub(super) fn mode(&self) -> redis::TlsMode {
        if self.accepts_any_certificate { redis::TlsMode::Insecure } else { redis::TlsMode::Secure }
    }

    /// The certificates as the Redis library takes them.
    ///
    /// # Errors
    /// `InvalidOption` if only one of client certificate and key is given.
    pub(super) fn certificates(&self) -> Result<TlsCertificates> {
        install_crypto_provider();
        let client_tls = match (&self.client_certificate, &self.client_key) {
            (Some(certificate), Some(Secret(key))) => {
                Some(ClientTlsConfig { client_cert: certificate.clone().into(), client_key: key.clone().into() })
            }
            (None, None) => None,
            _ => {
                let message = "`tls.cert` and `tls.key` must be given together".into();
                return Err(Error::InvalidOption { message });
            }
        };
        Ok(TlsCertificates { client_tls, root_cert: self.root_certificates.clone().map(Into::into) })
    }
}

/// Chooses `ring` for every TLS connection of the process. An application that chose before us keeps its choice.
fn install_crypto_provider() {
    let already_installed = rustls::crypto::ring::default_provider().install_default().is_err();
    tracing::trace!(already_installed, "TLS provider");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_urls_of_every_kind() {
        let options = ConnectionOptions::from_url("redis://ann:s3cret@queue.internal:6380/2").unwrap();
        assert_eq!(options.endpoint, Endpoint::Tcp { host: "queue.internal".into(), port: 6380, tls: None });
        assert_eq!((options.username.as_deref(), options.database), (Some("ann"), 2));
        let options = ConnectionOptions::from_url("rediss://queue.internal").unwrap();
        assert!(matches!(options.endpoint, Endpoint::Tcp { tls: Some(_), port: 6379, .. }));
        let options = ConnectionOptions::from_url("unix:/run/redis.sock").unwrap();
        assert_eq!(options.endpoint, Endpoint::Unix { path: "/run/redis.sock".into() });
    }

    #[test]
    fn a_bad_url_is_refused_without_repeating_it() {
        let error = ConnectionOptions::from_url("http://:pa55@host").unwrap_err().to_string();
        assert!(error.contains("expected redis://") && !error.contains("pa55"), "{error}");
    }

    #[test]
    fn debug_output_hides_passwords() {
        let options = ConnectionOptions::from_url("redis://:pa55@host").unwrap();
        assert!(!format!("{options:?}").contains("pa55"));
    }
}
