//! Why an outgoing request is refused or cannot be prepared.

use std::net::IpAddr;

/// An error of the network guard, with a stable [`code`](NetError::code). Messages never hold paths or queries of URLs.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// Not a URL.
    #[error("the URL is not valid: {0}")]
    InvalidUrl(#[from] url::ParseError),
    /// Something other than https.
    #[error("only https is allowed, got `{scheme}`")]
    NotHttps {
        /// What stood there instead.
        scheme: String,
    },
    /// A URL with a user name or password.
    #[error("the URL holds a user name or password")]
    HasCredentials,
    /// An address inside the network, literal or behind the name.
    #[error("`{host}` is at {address}, which is not a public address")]
    AddressRefused {
        /// Host as given in the URL.
        host: String,
        /// The first address that was refused.
        address: IpAddr,
    },
    /// An entry of `allowed_origins` that is not an origin.
    #[error("`allowedOrigins` must hold origins like `https://push.internal:8443`, got `{got}`")]
    InvalidAllowedOrigin {
        /// The entry, without credentials.
        got: String,
    },
    /// Extra root certificates that are not PEM.
    #[error("the extra root certificates must be PEM: {reason}")]
    InvalidCertificates {
        /// What is wrong with them.
        reason: String,
    },
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be built: {0}")]
    Client(#[source] reqwest::Error),
}

impl NetError {
    /// Stable, documented name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidUrl(_) => "INVALID_URL",
            Self::NotHttps { .. } => "URL_NOT_HTTPS",
            Self::HasCredentials => "URL_HAS_CREDENTIALS",
            Self::AddressRefused { .. } => "ADDRESS_REFUSED",
            Self::InvalidAllowedOrigin { .. } => "INVALID_ALLOWED_ORIGIN",
            Self::InvalidCertificates { .. } => "INVALID_CERTIFICATES",
            Self::Client(_) => "HTTP_CLIENT_ERROR",
        }
    }
}
