//! The browser's side: keys, decryption and token verification by another implementation: OpenSSL, for messages through `ece`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use openssl::sha::sha256;
use synapse_queue_processors::stores::Subscription;

use crate::receiver::{Received, Receiver};

pub(crate) struct Browser {
    keys: ece::EcKeyComponents,
    auth: Vec<u8>,
    pub(crate) subscription: Subscription,
}

impl Browser {
    /// A browser of `user_id` whose endpoint is `/<id>` at the receiver.
    pub(crate) fn new(receiver: &Receiver, id: &str, user_id: &str) -> Self {
        let (pair, auth) = ece::generate_keypair_and_auth_secret().unwrap();
        let keys = pair.raw_components().unwrap();
        let subscription = Subscription {
            id: id.into(),
            user_id: user_id.into(),
            endpoint: format!("{}/{id}", receiver.origin()),
            p256dh: URL_SAFE_NO_PAD.encode(keys.public_key()),
            auth: URL_SAFE_NO_PAD.encode(auth),
        };
        Self { keys, auth: auth.to_vec(), subscription }
    }

    pub(crate) fn decrypt(&self, body: &[u8]) -> String {
        String::from_utf8(ece::decrypt(&self.keys, &self.auth, body).unwrap()).unwrap()
    }
}

/// What a token claims, after its signature was verified with the key sent along.
pub(crate) struct Claims {
    pub(crate) public_key: String,
    pub(crate) audience: String,
    pub(crate) subject: String,
    pub(crate) lifetime_s: u64,
}

pub(crate) fn verify_token(request: &Received) -> Claims {
    let parts = request.header("authorization").strip_prefix("vapid t=").unwrap();
    let (token, public_key) = parts.split_once(", k=").unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    assert!(is_signed_by(public_key, signed, &decode(signature)), "the signature does not match");
    let (header, claims) = signed.split_once('.').unwrap();
    assert_eq!(decode(header), br#"{"typ":"JWT","alg":"ES256"}"#);
    let claims: serde_json::Value = serde_json::from_slice(&decode(claims)).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    Claims {
        public_key: public_key.into(),
        audience: claims["aud"].as_str().unwrap().into(),
        subject: claims["sub"].as_str().unwrap().into(),
        lifetime_s: claims["exp"].as_u64().unwrap() - now,
    }
}

fn is_signed_by(public_key: &str, signed: &str, signature: &[u8]) -> bool {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let mut numbers = BigNumContext::new().unwrap();
    let point = EcPoint::from_bytes(&group, &decode(public_key), &mut numbers).unwrap();
    let key = EcKey::from_public_key(&group, &point).unwrap();
    let [r, s] = [&signature[..32], &signature[32..]].map(|half| BigNum::from_slice(half).unwrap());
    EcdsaSig::from_private_components(r, s).unwrap().verify(&sha256(signed.as_bytes()), &key).unwrap()
}

fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}
