//! Voluntary application server identification (RFC 8292).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use url::Url;

use super::encryption::{PUBLIC_KEY_LEN, fixed};
use super::error::PushError;
use crate::net::Origin;

const PRIVATE_KEY_LEN: usize = 32;
/// First byte of an uncompressed point.
const UNCOMPRESSED: u8 = 4;
/// RFC 8292 allows at most 24 hours; half of that leaves room for clocks that disagree.
pub(super) const TOKEN_LIFETIME_S: u64 = 12 * 3600;
/// Where the keys are in the PKCS #8 document that `ring` makes of a P-256 key: its template has no variable parts.
const PKCS8_PRIVATE_KEY: std::ops::Range<usize> = 36..36 + PRIVATE_KEY_LEN;
const PKCS8_PUBLIC_KEY: std::ops::Range<usize> = 73..73 + PUBLIC_KEY_LEN;

/// The identity under which messages are sent, as the operator configures it.
#[derive(Clone, PartialEq, Eq)]
pub struct VapidKeys {
    /// Public key given to browsers as `applicationServerKey`: an uncompressed P-256 point, base64url.
    pub public: String,
    /// Private key, 32 bytes, base64url.
    pub private: String,
    /// Whom a push service may contact: `mailto:ops@example.com` or an https URL.
    pub subject: String,
}

impl fmt::Debug for VapidKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { public, subject, private: _ } = self;
        formatter.debug_struct("VapidKeys").field("public", public).field("subject", subject).finish_non_exhaustive()
    }
}

/// Makes a new pair of keys: (public, private), base64url, as `web-push generate-vapid-keys` prints them.
///
/// # Errors
/// `NoRandomness` if the system's random number generator fails.
pub fn generate() -> Result<(String, String), PushError> {
    let random = SystemRandom::new();
    let document =
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(|_| PushError::NoRandomness)?;
    let [public, private] =
        [PKCS8_PUBLIC_KEY, PKCS8_PRIVATE_KEY].map(|key| URL_SAFE_NO_PAD.encode(&document.as_ref()[key]));
    Ok((public, private))
}

/// Signs tokens that prove who sends.
pub(super) struct VapidSigner {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    /// Public key, base64url without padding.
    public: String,
    subject: String,
}

impl VapidSigner {
    /// Checks the keys, that they belong together, and the subject.
    pub(super) fn new(keys: &VapidKeys) -> Result<Self, PushError> {
        let public: [u8; PUBLIC_KEY_LEN] =
            fixed(&keys.public).map_err(|reason| PushError::InvalidPublicKey { reason })?;
        if public[0] != UNCOMPRESSED {
            return Err(PushError::InvalidPublicKey { reason: "is not an uncompressed point".into() });
        }
        let private: [u8; PRIVATE_KEY_LEN] =
            fixed(&keys.private).map_err(|reason| PushError::InvalidPrivateKey { reason })?;
        let random = SystemRandom::new();
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &private, &public, &random)
                .map_err(|_| PushError::KeysDoNotMatch)?;
        if !is_valid_subject(&keys.subject) {
            return Err(PushError::InvalidSubject { got: keys.subject.clone() });
        }
        let (public, subject) = (URL_SAFE_NO_PAD.encode(public), keys.subject.clone());
        Ok(Self { pair, random, public, subject })
    }

    /// Value of the `Authorization` header for one origin, valid until `expires_at_s` (s since the Unix epoch).
    pub(super) fn authorization(&self, origin: &Origin, expires_at_s: u64) -> String {
        let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let claims = serde_json::json!({ "aud": origin.as_str(), "exp": expires_at_s, "sub": self.subject });
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature =
            self.pair.sign(&self.random, signed.as_bytes()).expect("signing fails only without system randomness");
        format!("vapid t={signed}.{}, k={}", URL_SAFE_NO_PAD.encode(signature), self.public)
    }
}

fn is_valid_subject(subject: &str) -> bool {
    let address = subject.strip_prefix("mailto:").and_then(|address| address.split_once('@'));
    match address {
        Some((name, domain)) => {
            !name.is_empty() && !domain.is_empty() && !subject.contains(|c: char| c.is_whitespace() || c.is_control())
        }
        None => subject.starts_with("https://") && Url::parse(subject).is_ok_and(|url| url.has_host()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> VapidKeys {
        let (public, private) = generate().unwrap();
        VapidKeys { public, private, subject: "mailto:ops@example.com".into() }
    }

    fn code(keys: &VapidKeys) -> &'static str {
        VapidSigner::new(keys).err().map_or("", |error| error.code())
    }

    #[test]
    fn generated_keys_belong_together() {
        assert_eq!(code(&keys()), "");
    }

    #[test]
    fn a_wrong_key_is_named() {
        assert_eq!(code(&VapidKeys { public: "!".into(), ..keys() }), "INVALID_VAPID_PUBLIC_KEY");
        assert_eq!(code(&VapidKeys { public: "AAAA".into(), ..keys() }), "INVALID_VAPID_PUBLIC_KEY");
        assert_eq!(code(&VapidKeys { private: "AAAA".into(), ..keys() }), "INVALID_VAPID_PRIVATE_KEY");
        assert_eq!(code(&VapidKeys { private: keys().private, ..keys() }), "VAPID_KEYS_DO_NOT_MATCH");
    }

    #[test]
    fn the_subject_is_an_address_or_an_https_url() {
        for subject in ["mailto:a@b.c", "https://example.com", "https://example.com/contact"] {
            assert_eq!(code(&VapidKeys { subject: subject.into(), ..keys() }), "", "{subject}");
        }
        for subject in
            ["", "ops@example.com", "mailto:", "mailto:ops", "mailto:a b@c.d", "http://example.com", "https://"]
        {
            assert_eq!(code(&VapidKeys { subject: subject.into(), ..keys() }), "INVALID_VAPID_SUBJECT", "{subject}");
        }
    }

    #[test]
    fn debug_output_holds_no_private_key() {
        let keys = keys();
        assert!(!format!("{keys:?}").contains(&keys.private));
    }
}
