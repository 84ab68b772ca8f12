//! Health and metrics of the process's workers.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};

use napi_derive::napi;
use synapse_queue_monitoring::{HealthServer, Monitor};
use tokio::sync::Mutex;

use crate::native_error::{Answer, answer_coded};
use crate::runtime;

/// Where the endpoints are served unless the user says otherwise: nobody but this machine.
const DEFAULT_HOST: &str = "127.0.0.1";

/// The process's one monitor: every worker reports to it, whoever loaded the addon.
pub(crate) fn monitor() -> &'static Arc<Monitor> {
    static MONITOR: LazyLock<Arc<Monitor>> = LazyLock::new(Arc::default);
    &MONITOR
}

/// `/healthz`, `/readyz` and `/metrics` of all workers of the process. Does not keep the process alive.
#[napi]
pub struct NativeHealthServer {
    /// Set while it listens.
    server: Mutex<Option<HealthServer>>,
}

/// Where it listens.
#[napi(object, object_from_js = false)]
pub struct NativeHealthAddress {
    /// IP address.
    pub host: String,
    /// Port.
    pub port: u32,
}

#[napi]
impl NativeHealthServer {
    /// A server that does not listen yet.
    #[napi(constructor)]
    #[allow(clippy::new_without_default, reason = "JavaScript makes it")]
    pub fn new() -> Self {
        Self { server: Mutex::default() }
    }

    /// Listens. `host`: an IP address or `localhost`; default 127.0.0.1. `port`: 0 takes a free one.
    #[napi]
    pub async fn listen(&self, port: f64, host: Option<String>) -> Answer<NativeHealthAddress> {
        answer_coded(self.start(port, host.as_deref().unwrap_or(DEFAULT_HOST)).await)
    }

    /// Stops listening.
    #[napi]
    pub async fn close(&self) {
        if let Some(server) = self.server.lock().await.take() {
            server.stop().await;
        }
    }

    async fn start(&self, port: f64, host: &str) -> Result<NativeHealthAddress, (&'static str, String)> {
        let address = SocketAddr::new(ip_address(host)?, whole_port(port)?);
        let mut current = self.server.lock().await;
        if let Some(server) = current.take() {
            server.stop().await;
        }
        let started = HealthServer::start(address, Arc::clone(monitor()), Arc::clone(runtime::clock())).await;
        let server = started.map_err(|error| (error.code(), error.to_string()))?;
        let address = server.address();
        *current = Some(server);
        Ok(NativeHealthAddress { host: address.ip().to_string(), port: address.port().into() })
    }
}

fn ip_address(host: &str) -> Result<IpAddr, (&'static str, String)> {
    let host = if host == "localhost" { DEFAULT_HOST } else { host };
    let unknown = |_| ("INVALID_HEALTH_HOST", format!("host must be an IP address or localhost, got `{host}`"));
    host.parse().map_err(unknown)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
fn whole_port(port: f64) -> Result<u16, (&'static str, String)> {
    if port.fract() == 0.0 && (0.0..=f64::from(u16::MAX)).contains(&port) {
        return Ok(port as u16);
    }
    Err(("INVALID_HEALTH_PORT", format!("port must be a whole number from 0 to {}, got `{port}`", u16::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_cannot_work_are_refused() {
        assert_eq!(ip_address("localhost").unwrap(), ip_address("127.0.0.1").unwrap());
        assert_eq!(ip_address("example.com").unwrap_err().0, "INVALID_HEALTH_HOST");
        assert_eq!(whole_port(9_090.0).unwrap(), 9_090);
        for port in [-1.0, 65_536.0, 1.5, f64::NAN] {
            assert_eq!(whole_port(port).unwrap_err().0, "INVALID_HEALTH_PORT");
        }
    }
}
