//! Connections to the relay, shared by all jobs.

use std::sync::{Arc, OnceLock};

use lettre::message::Message;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::error::EmailError;
use super::options::EmailOptions;
use super::relay_url::{Encryption, Relay};

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// A bounded pool. Cheap to clone; clones share it.
#[derive(Clone)]
pub(super) struct Connections {
    shared: Arc<Shared>,
}

struct Shared {
    builder: lettre::transport::smtp::AsyncSmtpTransportBuilder,
    pool: PoolConfig,
    /// Made by the first message: the pool's housekeeping needs a runtime, which there is none of when the processor is made.
    transport: OnceLock<(Transport, Handle)>,
    /// The pool itself bounds only what it keeps, not what is open.
    slots: Semaphore,
}

impl Connections {
    /// Prepares TLS; connects to nothing.
    pub(super) fn new(options: &EmailOptions) -> Result<Self, EmailError> {
        let relay = Relay::parse(&options.url)?;
        let tls = tls(&relay, &options.extra_root_certificates)?;
        let mut builder =
            Transport::builder_dangerous(relay.host).port(relay.port).tls(tls).timeout(Some(options.timeout));
        if let Some(credentials) = relay.credentials {
            builder = builder.credentials(credentials);
        }
        let size = u32::try_from(options.connections).expect("validated: at most 100");
        let (pool, slots) = (PoolConfig::new().min_idle(0).max_size(size), Semaphore::new(options.connections));
        Ok(Self { shared: Arc::new(Shared { builder, pool, transport: OnceLock::new(), slots }) })
    }

    /// Hands one message over; waits for a free connection first.
    pub(super) async fn send(&self, message: Message) -> Result<(), Error> {
        let shared = Arc::clone(&self.shared);
        // A task of its own: a caller that goes away must not leave a conversation half finished in the pool.
        let sending = tokio::spawn(async move {
            let _slot = shared.slots.acquire().await.expect("the semaphore is never closed");
            let (transport, _) = shared
                .transport
                .get_or_init(|| (shared.builder.clone().pool_config(shared.pool.clone()).build(), Handle::current()));
            transport.send(message).await.map(drop)
        });
        match sending.await {
            Ok(result) => result,
            // A panic of the sending is one of the job, which the engine turns into a failure.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

impl Drop for Shared {
    /// The pool says goodbye to the relay in a task of its own, for which it needs its runtime: JavaScript lets go of processors on a
    /// thread that has none, and a panic there would end the process.
    fn drop(&mut self) {
        if let Some((transport, runtime)) = self.transport.take() {
            let _entered = runtime.enter();
            drop(transport);
        }
    }
}

fn tls(relay: &Relay, extra_pem: &[u8]) -> Result<Tls, EmailError> {
    let parameters = || parameters(&relay.host, extra_pem);
    Ok(match relay.encryption {
        Encryption::Wrapped => Tls::Wrapper(parameters()?),
        Encryption::Required => Tls::Required(parameters()?),
        Encryption::Opportunistic => Tls::Opportunistic(parameters()?),
        Encryption::None => Tls::None,
    })
}

/// Trusts the system's authorities, or Mozilla's where the system has none, and those the operator adds.
fn parameters(host: &str, extra_pem: &[u8]) -> Result<TlsParameters, EmailError> {
    let invalid = |reason: String| EmailError::InvalidCertificates { reason };
    let extra = Some(extra_pem).filter(|pem| !pem.is_empty()).map(Certificate::from_pem).transpose();
    let extra = extra.map_err(|error| invalid(error.to_string()))?;
    if extra.is_some() && CertificateDer::pem_slice_iter(extra_pem).next().is_none() {
        return Err(invalid("no certificate found in the extra ones".into()));
    }
    let build = |store: CertificateStore| {
        let mut builder = TlsParameters::builder(host.to_owned()).certificate_store(store);
        if let Some(certificate) = &extra {
            builder = builder.add_root_certificate(certificate.clone());
        }
        builder.build_rustls()
    };
    build(CertificateStore::Default)
        .or_else(|_| build(CertificateStore::WebpkiRoots))
        .map_err(|error| invalid(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_can_be_let_go_of_outside_of_the_runtime_and_after_it() {
        for is_over_first in [false, true] {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            // Nothing listens on the discard port of a test machine.
            let connections = Connections::new(&EmailOptions::new("smtp://127.0.0.1:9?tls=none")).unwrap();
            let to_nobody = Message::builder()
                .from("a@example.com".parse().unwrap())
                .to("b@example.com".parse().unwrap())
                .body(String::new())
                .unwrap();
            runtime.block_on(connections.send(to_nobody)).unwrap_err();
            let kept = (!is_over_first).then_some(runtime);
            drop(connections);
            drop(kept);
        }
    }

    #[test]
    fn certificates_that_are_none_are_refused() {
        let options =
            EmailOptions { extra_root_certificates: b"not PEM".to_vec(), ..EmailOptions::new("smtps://host") };
        assert_eq!(Connections::new(&options).err().unwrap().code(), "INVALID_CERTIFICATES");
    }
}
