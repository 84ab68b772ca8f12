//! Name resolution that only ever answers with public addresses.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_globally_routable;
use super::error::NetError;

/// Finds the addresses of a name.
type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Answers the HTTP client with checked addresses, to which it then connects: there is no second look-up that could answer otherwise.
#[derive(Clone)]
pub(super) struct PublicResolver {
    lookup: Lookup,
}

impl PublicResolver {
    /// Asks the system.
    pub(super) fn of_the_system() -> Self {
        let lookup: Lookup = Arc::new(|name| {
            // Port 0 is replaced by the URL's port when the client connects.
            Box::pin(async move { Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.collect()) })
        });
        Self { lookup }
    }

    /// Asks `lookup` in the place of the system.
    #[cfg(test)]
    pub(super) fn asking(lookup: impl Fn(String) -> Vec<SocketAddr> + Send + Sync + 'static) -> Self {
        Self { lookup: Arc::new(move |name| Box::pin(std::future::ready(Ok(lookup(name))))) }
    }
}

impl fmt::Debug for PublicResolver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PublicResolver").finish_non_exhaustive()
    }
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let looking_up = (self.lookup)(name.as_str().to_owned());
        Box::pin(async move { Ok(public_only(name.as_str(), looking_up.await?)?) })
    }
}

/// The public ones among `addresses`; refused if there are addresses but none of them is public.
fn public_only(host: &str, addresses: Vec<SocketAddr>) -> Result<Addrs, NetError> {
    let (public, refused): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| is_globally_routable(address.ip()));
    match refused.first() {
        Some(address) if public.is_empty() => {
            Err(NetError::AddressRefused { host: host.into(), address: address.ip() })
        }
        _ => Ok(Box::new(public.into_iter())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(list: &[&str]) -> Vec<SocketAddr> {
        list.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect()
    }

    #[test]
    fn private_addresses_are_dropped_from_a_mixed_answer() {
        let kept = public_only("mixed.example", addresses(&["10.0.0.1", "8.8.8.8", "::1"])).unwrap();
        assert_eq!(kept.collect::<Vec<_>>(), addresses(&["8.8.8.8"]));
    }

    #[test]
    fn an_answer_of_private_addresses_only_is_refused_by_name() {
        let error = public_only("inside.example", addresses(&["10.0.0.1", "::1"])).err().unwrap();
        assert_eq!(error.to_string(), "`inside.example` is at 10.0.0.1, which is not a public address");
    }

    #[tokio::test]
    async fn localhost_is_refused() {
        let error = PublicResolver::of_the_system().resolve("localhost".parse().unwrap()).await.err().unwrap();
        assert_eq!(error.downcast_ref::<NetError>().unwrap().code(), "ADDRESS_REFUSED");
    }
}
