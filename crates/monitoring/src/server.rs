//! The endpoints over HTTP.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use synapse_queue_engine::clock::Clock;
use synapse_queue_engine::service::Service;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::monitor::Monitor;
use crate::{exposition, readiness, snapshot};

/// Connections served at once; more wait in the system's backlog.
const CONNECTIONS_MAX: usize = 32;

/// How long a client may take to send its request.
const HEADER_PATIENCE: Duration = Duration::from_secs(5);

/// Pause after the system refused a connection, for example because no file descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the endpoints cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum HealthServerError {
    /// The address is taken, not this machine's or not allowed.
    #[error("cannot listen on {address}: {source}")]
    AddressUnavailable {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
}

impl HealthServerError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AddressUnavailable { .. } => "HEALTH_ADDRESS_UNAVAILABLE",
        }
    }
}

/// Serves `/healthz`, `/readyz` and `/metrics` on the runtime's own threads, whatever JavaScript does meanwhile.
#[derive(Debug)]
pub struct HealthServer {
    address: SocketAddr,
    service: Service,
}

/// What a request is answered from.
#[derive(Debug)]
struct Sources {
    monitor: Arc<Monitor>,
    clock: Arc<Clock>,
}

impl HealthServer {
    /// Listens on `address`; port 0 takes a free one. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// `AddressUnavailable`
    pub async fn start(
        address: SocketAddr,
        monitor: Arc<Monitor>,
        clock: Arc<Clock>,
    ) -> Result<Self, HealthServerError> {
        let unavailable = |source| HealthServerError::AddressUnavailable { address, source };
        let listener = TcpListener::bind(address).await.map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        let service = Service::new();
        let sources = Arc::new(Sources { monitor, clock });
        service.start(|stopping| accept(listener, sources, stopping));
        Ok(Self { address, service })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening and ends open connections.
    pub async fn stop(&self) {
        self.service.stop().await;
    }
}

async fn accept(listener: TcpListener, sources: Arc<Sources>, stopping: CancellationToken) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let next = async {
            let slot = Arc::clone(&slots).acquire_owned().await.expect("nobody closes the semaphore");
            listener.accept().await.map(|(stream, _)| (stream, slot))
        };
        let accepted = tokio::select! {
            () = stopping.cancelled() => return,
            accepted = next => accepted,
        };
        match accepted {
            Ok((stream, slot)) => {
                let (sources, stopping) = (Arc::clone(&sources), stopping.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        () = stopping.cancelled() => {}
                        () = serve(stream, sources) => {}
                    }
                    drop(slot);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection to the health endpoints was not accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, sources: Arc<Sources>) {
    let respond = service_fn(|request: Request<Incoming>| {
        let sources = Arc::clone(&sources);
        async move { Ok::<_, Infallible>(answer(&request, &sources).await) }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_PATIENCE)
        .serve_connection(TokioIo::new(stream), respond)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the health endpoints ended early");
    }
}

async fn answer(request: &Request<Incoming>, sources: &Sources) -> Response<Full<Bytes>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut refusal = json_response(StatusCode::METHOD_NOT_ALLOWED, &json!({ "error": "only GET and HEAD" }));
        refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refusal;
    }
    match request.uri().path() {
        "/healthz" => alive(sources),
        "/readyz" => ready(sources).await,
        "/metrics" => metrics(sources).await,
        _ => {
            let body = json!({ "error": "not found", "paths": ["/healthz", "/readyz", "/metrics"] });
            json_response(StatusCode::NOT_FOUND, &body)
        }
    }
}

/// The process answers, so it lives. A blocked event loop shows in the body and does not make it a failure: killing a process
/// because a job computes would lose the job.
fn alive(sources: &Sources) -> Response<Full<Bytes>> {
    let workers = readiness::worker_states(&sources.monitor, &sources.clock);
    json_response(StatusCode::OK, &json!({ "status": "ok", "workers": workers }))
}

async fn ready(sources: &Sources) -> Response<Full<Bytes>> {
    let reasons = readiness::reasons_against(&sources.monitor).await;
    if reasons.is_empty() {
        return json_response(StatusCode::OK, &json!({ "status": "ready" }));
    }
    json_response(StatusCode::SERVICE_UNAVAILABLE, &json!({ "status": "not ready", "reasons": reasons }))
}

async fn metrics(sources: &Sources) -> Response<Full<Bytes>> {
    let queues = snapshot::take(&sources.monitor, &sources.clock).await;
    match exposition::text(&queues) {
        Ok(text) => response(StatusCode::OK, exposition::CONTENT_TYPE, text),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            json_response(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "error": "the metrics cannot be written" }))
        }
    }
}

fn json_response(status: StatusCode, body: &serde_json::Value) -> Response<Full<Bytes>> {
    response(status, "application/json", format!("{body}\n"))
}

fn response(status: StatusCode, content_type: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
