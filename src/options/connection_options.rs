//! Where Redis is.

use std::time::Duration;

use serde::Deserialize;
use synapse_queue_engine::connection::{ConnectionOptions, Endpoint, Node, Secret, TlsOptions};
use synapse_queue_engine::error::{Error, Result};

/// Where servers listen unless the user says otherwise.
const REDIS_PORT: u16 = 6379;
/// Where sentinels do.
const SENTINEL_PORT: u16 = 26_379;

/// A connection as TypeScript reduces it; absent fields take the engine's defaults.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ConnectionJson {
    url: Option<String>,
    host: Option<String>,
    port: Option<f64>,
    path: Option<String>,
    sentinels: Option<Vec<NodeJson>>,
    /// What the sentinels call the primary.
    name: Option<String>,
    sentinel_username: Option<String>,
    sentinel_password: Option<String>,
    sentinel_tls: Option<TlsJson>,
    cluster_nodes: Option<Vec<NodeJson>>,
    /// `[announced, reachable]`
    nat_map: Option<Vec<(NodeJson, NodeJson)>>,
    username: Option<String>,
    password: Option<String>,
    db: Option<i64>,
    tls: Option<TlsJson>,
    connect_timeout_ms: Option<u64>,
    /// Failed attempts to connect that a call outlives.
    pub(super) max_retries_per_request: Option<u32>,
    /// Whether calls wait for a lost connection.
    pub(super) enable_offline_queue: Option<bool>,
}

/// PEM texts.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct TlsJson {
    ca: Option<String>,
    cert: Option<String>,
    key: Option<String>,
    accepts_any_certificate: bool,
}

#[derive(Deserialize)]
struct NodeJson {
    host: Option<String>,
    port: Option<f64>,
}

impl TryFrom<ConnectionJson> for ConnectionOptions {
    type Error = Error;

    fn try_from(json: ConnectionJson) -> Result<Self> {
        let mut options = match &json.url {
            Some(url) => Self::from_url(url)?,
            None => Self { endpoint: endpoint(&json)?, ..Self::default() },
        };
        if let Endpoint::Tcp { tls, .. } | Endpoint::Sentinel { tls, .. } | Endpoint::Cluster { tls, .. } =
            &mut options.endpoint
        {
            *tls = json.tls.as_ref().map(TlsOptions::from).or(tls.take());
        }
        options.username = options.username.or(given(json.username.as_ref()));
        options.password = options.password.or(given(json.password.as_ref()).map(Secret));
        if json.url.is_none() {
            options.database = json.db.unwrap_or(options.database);
        }
        options.connect_timeout = json.connect_timeout_ms.map_or(options.connect_timeout, Duration::from_millis);
        Ok(options)
    }
}

impl From<&TlsJson> for TlsOptions {
    fn from(json: &TlsJson) -> Self {
        Self {
            root_certificates: json.ca.clone(),
            client_certificate: json.cert.clone(),
            client_key: json.key.clone().map(Secret),
            accepts_any_certificate: json.accepts_any_certificate,
        }
    }
}

fn given(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

fn endpoint(json: &ConnectionJson) -> Result<Endpoint> {
    let nodes = |nodes: &[NodeJson], default| nodes.iter().map(|json| node(json, default)).collect::<Result<Vec<_>>>();
    if let Some(cluster) = json.cluster_nodes.as_ref().filter(|cluster| !cluster.is_empty()) {
        let pairs = json.nat_map.iter().flatten();
        let address_map = pairs.map(|(from, to)| Ok((node(from, REDIS_PORT)?, node(to, REDIS_PORT)?)));
        let address_map = address_map.collect::<Result<_>>()?;
        return Ok(Endpoint::Cluster { nodes: nodes(cluster, REDIS_PORT)?, address_map, tls: None });
    }
    if let Some(sentinels) = json.sentinels.as_ref().filter(|sentinels| !sentinels.is_empty()) {
        let missing = || Error::InvalidOption { message: "`name` of the primary is required with `sentinels`".into() };
        return Ok(Endpoint::Sentinel {
            sentinels: nodes(sentinels, SENTINEL_PORT)?,
            primary: given(json.name.as_ref()).ok_or_else(missing)?,
            sentinel_username: given(json.sentinel_username.as_ref()),
            sentinel_password: given(json.sentinel_password.as_ref()).map(Secret),
            sentinel_tls: json.sentinel_tls.as_ref().map(TlsOptions::from),
            tls: None,
        });
    }
    if let Some(path) = json.path.as_ref().filter(|path| !path.is_empty()) {
        return Ok(Endpoint::Unix { path: path.into() });
    }
    let Node { host, port } = node(&NodeJson { host: json.host.clone(), port: json.port }, REDIS_PORT)?;
    Ok(Endpoint::Tcp { host, port, tls: None })
}

fn node(json: &NodeJson, default_port: u16) -> Result<Node> {
    let host = given(json.host.as_ref()).unwrap_or_else(|| "127.0.0.1".into());
    Ok(Node { host, port: json.port.map_or(Ok(default_port), whole_port)? })
}

fn whole_port(port: f64) -> Result<u16> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with the original below")]
    let whole = port as u16;
    if f64::from(whole).to_bits() == port.to_bits() && whole > 0 {
        return Ok(whole);
    }
    Err(Error::InvalidOption { message: format!("`port` must be between 1 and 65535, got {port}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<ConnectionOptions> {
        serde_json::from_str::<ConnectionJson>(json).unwrap().try_into()
    }

    #[test]
    fn nothing_given_is_the_local_server() {
        assert_eq!(read("{}").unwrap(), ConnectionOptions::default());
    }

    #[test]
    fn a_url_wins_over_host_port_and_database() {
        let options = read(r#"{"url":"redis://a:1/2","host":"b","port":3,"db":4}"#).unwrap();
        assert_eq!(options.endpoint, Endpoint::Tcp { host: "a".into(), port: 1, tls: None });
        assert_eq!(options.database, 2);
    }

    #[test]
    fn a_socket_path_wins_over_host_and_port() {
        let options = read(r#"{"path":"/run/redis.sock","host":"b"}"#).unwrap();
        assert_eq!(options.endpoint, Endpoint::Unix { path: "/run/redis.sock".into() });
    }

    #[test]
    fn ports_that_do_not_exist_are_refused() {
        for port in ["0", "65536", "1.5", "-1"] {
            let error = read(&format!("{{\"port\":{port}}}")).unwrap_err().to_string();
            assert_eq!(error, format!("`port` must be between 1 and 65535, got {port}"));
        }
    }

    #[test]
    fn sentinels_are_asked_for_the_named_primary() {
        let options = read(
            r#"{"sentinels":[{"host":"a","port":1},{"host":"b"}],"name":"main","sentinelPassword":"x","password":"y"}"#,
        );
        let options = options.unwrap();
        let Endpoint::Sentinel { sentinels, primary, sentinel_password, .. } = options.endpoint else {
            panic!("{:?}", options.endpoint)
        };
        assert_eq!(sentinels, [Node { host: "a".into(), port: 1 }, Node { host: "b".into(), port: 26_379 }]);
        assert_eq!((primary.as_str(), sentinel_password), ("main", Some(Secret("x".into()))));
        assert_eq!(options.password, Some(Secret("y".into())));
    }

    #[test]
    fn sentinels_without_a_name_are_refused() {
        let error = read(r#"{"sentinels":[{"host":"a"}]}"#).unwrap_err().to_string();
        assert_eq!(error, "`name` of the primary is required with `sentinels`");
    }

    #[test]
    fn a_cluster_takes_credentials_and_certificates() {
        let json = r#"{"clusterNodes":[{"host":"a","port":1}],"username":"u","tls":{"acceptsAnyCertificate":true},
                       "natMap":[[{"host":"10.0.0.1","port":1},{"host":"a","port":2}]]}"#;
        let options = read(json).unwrap();
        let Endpoint::Cluster { nodes, address_map, tls } = options.endpoint else { panic!("{:?}", options.endpoint) };
        assert_eq!(nodes, [Node { host: "a".into(), port: 1 }]);
        assert_eq!(address_map[0].1, Node { host: "a".into(), port: 2 });
        assert!(tls.is_some_and(|tls| tls.accepts_any_certificate));
        assert_eq!(options.username.as_deref(), Some("u"));
    }
}
