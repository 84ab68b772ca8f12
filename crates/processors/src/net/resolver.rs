//! Name resolution that only ever answers with public addresses.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_globally_routable;
use super::error::NetError;

/// Answers the HTTP client with checked addresses, to which it then connects: there is no second look-up that could answer otherwise.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PublicResolver;

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // Port 0 is replaced by the URL's port when the client connects.
            let addresses: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(public_only(name.as_str(), addresses)?)
        })
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
        let error = PublicResolver.resolve("localhost".parse().unwrap()).await.err().unwrap();
        assert_eq!(error.downcast_ref::<NetError>().unwrap().code(), "ADDRESS_REFUSED");
    }
}
