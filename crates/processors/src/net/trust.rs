//! Which certificate authorities outgoing TLS trusts.

use std::sync::Once;

use reqwest::{Certificate, Client, ClientBuilder};

use super::error::NetError;

/// Makes `ring` the process's only TLS provider, unless another was installed before.
fn install_tls_provider() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        if rustls::crypto::ring::default_provider().install_default().is_err() {
            tracing::debug!("a TLS provider was installed before; it is kept");
        }
    });
}

/// Trusted certificate authorities: the system's, or Mozilla's where the system has none, and those the operator adds.
pub(crate) struct Trust {
    extra: Vec<Certificate>,
    system_has_roots: bool,
}

impl Trust {
    /// `extra_pem`: any number of PEM certificates, empty for none.
    pub(crate) fn new(extra_pem: &[u8]) -> Result<Self, NetError> {
        install_tls_provider();
        let extra = Certificate::from_pem_bundle(extra_pem)
            .map_err(|error| NetError::InvalidCertificates { reason: error.to_string() })?;
        if extra.is_empty() && !extra_pem.is_empty() {
            return Err(NetError::InvalidCertificates { reason: "no certificate found".into() });
        }
        // A minimal container has no CA certificates; the client then cannot be built at all.
        let system_has_roots = Client::builder().no_proxy().build().is_ok();
        Ok(Self { extra, system_has_roots })
    }

    /// Builds a client that trusts these authorities; `builder` is called once or twice.
    pub(crate) fn build(&self, builder: impl Fn() -> ClientBuilder) -> Result<Client, NetError> {
        if self.system_has_roots {
            let with_system_roots = builder().tls_certs_merge(self.extra.iter().cloned()).build();
            // Some systems' verifiers take no additional roots.
            if with_system_roots.is_ok() {
                return with_system_roots.map_err(NetError::Client);
            }
        }
        let mozilla = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|der| Certificate::from_der(der));
        let roots: Vec<Certificate> = mozilla.collect::<Result<_, _>>().map_err(NetError::Client)?;
        builder().tls_certs_only(roots.into_iter().chain(self.extra.iter().cloned())).build().map_err(NetError::Client)
    }
}
