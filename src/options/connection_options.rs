//! Where Redis is.

use std::time::Duration;

use serde::Deserialize;
use synapse_queue_engine::connection::{ConnectionOptions, Endpoint, Secret, TlsOptions};
use synapse_queue_engine::error::{Error, Result};

/// A connection as TypeScript reduces it; absent fields take the engine's defaults.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ConnectionJson {
    url: Option<String>,
    host: Option<String>,
    port: Option<f64>,
    path: Option<String>,
    username: Option<String>,
    password: Option<String>,
    db: Option<i64>,
    tls: Option<TlsJson>,
    connect_timeout_ms: Option<u64>,
    min_retry_delay_ms: Option<u64>,
    max_retry_delay_ms: Option<u64>,
    max_attempts: Option<u32>,
}

/// PEM texts.
#[derive(Deserialize, Default)]
#[serde(default)]
struct TlsJson {
    ca: Option<String>,
    cert: Option<String>,
    key: Option<String>,
}

impl TryFrom<ConnectionJson> for ConnectionOptions {
    type Error = Error;

    fn try_from(json: ConnectionJson) -> Result<Self> {
        let mut options = match &json.url {
            Some(url) => Self::from_url(url)?,
            None => Self { endpoint: endpoint(&json)?, ..Self::default() },
        };
        if let (Endpoint::Tcp { tls, .. }, Some(given)) = (&mut options.endpoint, json.tls) {
            let client_key = given.key.map(Secret);
            *tls = Some(TlsOptions { root_certificates: given.ca, client_certificate: given.cert, client_key });
        }
        options.username = options.username.or(json.username.filter(|name| !name.is_empty()));
        options.password = options.password.or(json.password.filter(|text| !text.is_empty()).map(Secret));
        if json.url.is_none() {
            options.database = json.db.unwrap_or(options.database);
        }
        let ms = |ms: Option<u64>, default: Duration| ms.map_or(default, Duration::from_millis);
        options.connect_timeout = ms(json.connect_timeout_ms, options.connect_timeout);
        options.reconnect.min_delay = ms(json.min_retry_delay_ms, options.reconnect.min_delay);
        options.reconnect.max_delay = ms(json.max_retry_delay_ms, options.reconnect.max_delay);
        options.reconnect.max_attempts = json.max_attempts;
        Ok(options)
    }
}

fn endpoint(json: &ConnectionJson) -> Result<Endpoint> {
    if let Some(path) = json.path.as_ref().filter(|path| !path.is_empty()) {
        return Ok(Endpoint::Unix { path: path.into() });
    }
    let Endpoint::Tcp { host, port, tls } = ConnectionOptions::default().endpoint else {
        return Err(Error::InvalidOption { message: "`host` is required".into() });
    };
    Ok(Endpoint::Tcp { host: json.host.clone().unwrap_or(host), port: json.port.map_or(Ok(port), whole_port)?, tls })
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
    fn a_retry_strategy_arrives_as_delays_and_attempts() {
        let options = read(r#"{"minRetryDelayMs":10,"maxRetryDelayMs":20,"maxAttempts":1}"#).unwrap();
        assert_eq!(options.reconnect.min_delay, Duration::from_millis(10));
        assert_eq!(options.reconnect.max_attempts, Some(1));
    }
}
