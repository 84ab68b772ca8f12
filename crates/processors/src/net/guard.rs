//! The gate every outgoing request of a processor passes.

use std::collections::HashSet;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use url::{Host, Url};

use super::address::is_globally_routable;
use super::error::NetError;
use super::origin::Origin;
use super::resolver::PublicResolver;
use super::trust::Trust;

/// How long an unused connection is kept open for the next request.
pub(crate) const CONNECTION_IDLE_TIMEOUT: Duration = Duration::from_secs(90);

/// What the guard lets through besides public addresses.
#[derive(Debug, Clone, Default)]
pub struct NetGuardOptions {
    /// Lets every address through. For tests and closed networks only. Defaults to false.
    pub allow_private_network: bool,
    /// Origins that may be at private addresses, e.g. `https://push.internal:8443`. Host and port must both match. Defaults to none.
    pub allowed_origins: Vec<String>,
    /// PEM certificates of authorities to trust besides the system's. Defaults to none.
    pub extra_root_certificates: Vec<u8>,
}

/// HTTPS clients for URLs that come from users.
///
/// Only https, no user names, no redirects, no proxies from the environment. A name is resolved once, private addresses are dropped, and the
/// connection goes to one of the checked addresses. Connections are pooled per origin, HTTP/2 where the server speaks it.
#[derive(Debug, Clone)]
pub struct NetGuard {
    public_only: Client,
    /// Used for opted-in origins; the two never share connections.
    unrestricted: Client,
    allow_private_network: bool,
    allowed_origins: HashSet<Origin>,
}

/// A URL that passed the guard's checks.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where the request goes. May hold a capability token in its path: never log it.
    pub url: Url,
    /// Its origin, fit for logs.
    pub origin: Origin,
}

impl NetGuard {
    /// Builds the clients. A request and its answer may take `timeout`, connecting included.
    ///
    /// # Errors
    /// `InvalidAllowedOrigin`, `InvalidCertificates`, or `Client` if TLS cannot be set up.
    pub fn new(options: &NetGuardOptions, timeout: Duration) -> Result<Self, NetError> {
        Self::with_resolver(options, timeout, &PublicResolver::of_the_system())
    }

    fn with_resolver(
        options: &NetGuardOptions,
        timeout: Duration,
        resolver: &PublicResolver,
    ) -> Result<Self, NetError> {
        let allowed_origins =
            options.allowed_origins.iter().map(|text| parse_origin(text)).collect::<Result<_, _>>()?;
        let trust = Trust::new(&options.extra_root_certificates)?;
        Ok(Self {
            public_only: trust.build(|| client(timeout).dns_resolver(resolver.clone()))?,
            unrestricted: trust.build(|| client(timeout))?,
            allow_private_network: options.allow_private_network,
            allowed_origins,
        })
    }

    /// Checks what can be known about a URL without connecting.
    ///
    /// # Errors
    /// `InvalidUrl`, `NotHttps`, `HasCredentials`, `AddressRefused` for a literal address that is not public.
    pub fn check(&self, url: &str) -> Result<Target, NetError> {
        let url = Url::parse(url)?;
        if url.scheme() != "https" {
            return Err(NetError::NotHttps { scheme: url.scheme().into() });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NetError::HasCredentials);
        }
        let target = Target { origin: Origin::of(&url), url };
        // Literal addresses never reach the resolver. The parser has normalised decimal, octal and hexadecimal spellings.
        let literal = match target.url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) | None => None,
        };
        match literal {
            Some(address) if !self.is_opted_in(&target.origin) && !is_globally_routable(address) => {
                Err(NetError::AddressRefused { host: target.url.host_str().unwrap_or_default().into(), address })
            }
            _ => Ok(target),
        }
    }

    /// The client that may talk to this target.
    pub fn client_for(&self, target: &Target) -> &Client {
        if self.is_opted_in(&target.origin) { &self.unrestricted } else { &self.public_only }
    }

    fn is_opted_in(&self, origin: &Origin) -> bool {
        self.allow_private_network || self.allowed_origins.contains(origin)
    }
}

fn client(timeout: Duration) -> ClientBuilder {
    Client::builder()
        .https_only(true)
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .tcp_nodelay(true)
        .timeout(timeout)
        .connect_timeout(timeout)
        .pool_idle_timeout(CONNECTION_IDLE_TIMEOUT)
        // A connection that died silently would let every later request time out: an unanswered ping closes it.
        .http2_keep_alive_interval(timeout / 2)
        .http2_keep_alive_timeout(timeout / 2)
}

fn parse_origin(text: &str) -> Result<Origin, NetError> {
    let url = Url::parse(text).ok().filter(|url| {
        url.scheme() == "https"
            && url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
    });
    url.map(|url| Origin::of(&url)).ok_or_else(|| {
        let got = text.rsplit_once('@').map_or(text, |(_, after_credentials)| after_credentials);
        NetError::InvalidAllowedOrigin { got: got.into() }
    })
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::net::TcpListener;

    use super::*;

    const TIMEOUT: Duration = Duration::from_millis(300);

    /// A name that is public when it is checked and inside when somebody looks again: no order of answers leads inside.
    #[tokio::test]
    async fn a_name_that_rebinds_leads_nowhere_inside() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let lookups = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&lookups);
        let resolver = PublicResolver::asking(move |_| {
            // Global, but not given to anybody.
            let public = SocketAddr::from(([0x2d00, 0, 0, 0, 0, 0, 0, 1], 0));
            let inside = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            if counted.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) { vec![public] } else { vec![inside] }
        });
        let guard = NetGuard::with_resolver(&NetGuardOptions::default(), TIMEOUT, &resolver).unwrap();
        let target = guard.check(&format!("https://rebinding.example:{port}/x")).unwrap();

        for request in 1..=4 {
            guard.client_for(&target).post(target.url.clone()).send().await.unwrap_err();
            assert_eq!(lookups.load(Ordering::SeqCst), request, "one look-up per connection");
        }

        let connected = tokio::time::timeout(TIMEOUT, listener.accept()).await;
        assert!(connected.is_err(), "nothing was connected to");
    }
}
