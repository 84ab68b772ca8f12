//! Message encryption for web push (RFC 8291) in the aes128gcm content coding (RFC 8188).

use base64::Engine;
use base64::engine::GeneralPurposeConfig;
use base64::engine::general_purpose::GeneralPurpose;
use ring::rand::{SecureRandom, SystemRandom};
use ring::{aead, agreement, hkdf};

/// Size of an uncompressed P-256 point.
pub(super) const PUBLIC_KEY_LEN: usize = 65;
const AUTH_SECRET_LEN: usize = 16;
const SALT_LEN: usize = 16;
/// Push services need not accept longer bodies (RFC 8030, section 7.2), so this is the record size too: a message is one record.
const RECORD_SIZE: u32 = 4096;
/// Salt, record size, length of the key id, and the sender's public key as key id.
const HEADER_LEN: usize = SALT_LEN + 4 + 1 + PUBLIC_KEY_LEN;
/// Ends the plaintext of the last record (RFC 8188, section 2).
const LAST_RECORD: u8 = 2;
const TAG_LEN: usize = 16;

/// Longest payload in bytes: 4096 less header, delimiter and tag.
pub const PAYLOAD_MAX: usize = RECORD_SIZE as usize - HEADER_LEN - 1 - TAG_LEN;

/// Browsers and libraries disagree about padding; both are accepted, and so is the standard alphabet.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

pub(super) fn decode_base64(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    BASE64.decode(text.trim().replace('+', "-").replace('/', "_"))
}

/// Why a message cannot be encrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncryptionError {
    /// The subscription's public key is not a point on P-256.
    #[error("the subscription's `p256dh` {reason}")]
    InvalidPublicKey {
        /// What is wrong with it.
        reason: String,
    },
    /// The subscription's secret is not 16 bytes.
    #[error("the subscription's `auth` {reason}")]
    InvalidAuthSecret {
        /// What is wrong with it.
        reason: String,
    },
    /// The payload does not fit into one record.
    #[error("the payload has {got} bytes, at most {PAYLOAD_MAX} fit into a push message")]
    PayloadTooLarge {
        /// Size of the payload in bytes.
        got: usize,
    },
    /// The system's random number generator failed.
    #[error("the system gave no random bytes for a message key")]
    NoRandomness,
}

/// What a browser handed out to encrypt for it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecipientKeys {
    public: [u8; PUBLIC_KEY_LEN],
    auth: [u8; AUTH_SECRET_LEN],
}

impl RecipientKeys {
    /// Reads the base64url texts of a subscription, with or without padding.
    ///
    /// # Errors
    /// `InvalidPublicKey`, `InvalidAuthSecret`. Whether the point is on the curve shows when encrypting.
    pub fn parse(p256dh: &str, auth: &str) -> Result<Self, EncryptionError> {
        let public = fixed(p256dh).map_err(|reason| EncryptionError::InvalidPublicKey { reason })?;
        let auth = fixed(auth).map_err(|reason| EncryptionError::InvalidAuthSecret { reason })?;
        Ok(Self { public, auth })
    }
}

/// Decodes exactly `N` bytes; the error completes a sentence about the key.
pub(super) fn fixed<const N: usize>(text: &str) -> Result<[u8; N], String> {
    let bytes = decode_base64(text).map_err(|_| "is not base64url".to_string())?;
    let got = bytes.len();
    bytes.try_into().map_err(|_| format!("must have {N} bytes, got {got}"))
}

/// Encrypts one payload for one browser, with a fresh key and salt. Returns the body of the push request.
///
/// # Errors
/// `PayloadTooLarge` above [`PAYLOAD_MAX`] bytes, `InvalidPublicKey` if the key is no point of the curve, `NoRandomness`.
pub fn encrypt(payload: &[u8], recipient: &RecipientKeys) -> Result<Vec<u8>, EncryptionError> {
    let random = SystemRandom::new();
    let private = agreement::EphemeralPrivateKey::generate(&agreement::ECDH_P256, &random)
        .map_err(|_| EncryptionError::NoRandomness)?;
    let public = private.compute_public_key().map_err(|_| EncryptionError::NoRandomness)?;
    let mut salt = [0; SALT_LEN];
    random.fill(&mut salt).map_err(|_| EncryptionError::NoRandomness)?;
    let peer = agreement::UnparsedPublicKey::new(&agreement::ECDH_P256, &recipient.public);
    agreement::agree_ephemeral(private, &peer, |shared| {
        seal(payload, recipient, &Agreement { shared, sender: public.as_ref(), salt })
    })
    .map_err(|_| EncryptionError::InvalidPublicKey { reason: "is not a point of the curve P-256".into() })?
}

/// What sender and recipient share about one message.
struct Agreement<'a> {
    /// Result of the Diffie-Hellman exchange.
    shared: &'a [u8],
    /// The sender's one-time public key, an uncompressed point.
    sender: &'a [u8],
    salt: [u8; SALT_LEN],
}

/// The deterministic part: the same agreement gives the same message.
fn seal(payload: &[u8], recipient: &RecipientKeys, agreement: &Agreement<'_>) -> Result<Vec<u8>, EncryptionError> {
    if payload.len() > PAYLOAD_MAX {
        return Err(EncryptionError::PayloadTooLarge { got: payload.len() });
    }
    let (key, nonce) = derive(recipient, agreement);
    let mut body = Vec::with_capacity(HEADER_LEN + payload.len() + 1 + TAG_LEN);
    body.extend_from_slice(&agreement.salt);
    body.extend_from_slice(&RECORD_SIZE.to_be_bytes());
    body.push(u8::try_from(PUBLIC_KEY_LEN).expect("65 fits into a byte"));
    body.extend_from_slice(agreement.sender);
    body.extend_from_slice(payload);
    body.push(LAST_RECORD);
    let tag = key
        .seal_in_place_separate_tag(nonce, aead::Aad::empty(), &mut body[HEADER_LEN..])
        .expect("a record is far below the limit of AES-GCM");
    body.extend_from_slice(tag.as_ref());
    Ok(body)
}

/// Content-encryption key and nonce (RFC 8291, section 3.4).
fn derive(recipient: &RecipientKeys, agreement: &Agreement<'_>) -> (aead::LessSafeKey, aead::Nonce) {
    let input: [u8; 32] = expand(
        &hkdf::Salt::new(hkdf::HKDF_SHA256, &recipient.auth).extract(agreement.shared),
        &[b"WebPush: info\0", &recipient.public, agreement.sender],
    );
    let key_material = hkdf::Salt::new(hkdf::HKDF_SHA256, &agreement.salt).extract(&input);
    let key: [u8; 16] = expand(&key_material, &[b"Content-Encoding: aes128gcm\0"]);
    let nonce: [u8; aead::NONCE_LEN] = expand(&key_material, &[b"Content-Encoding: nonce\0"]);
    let key = aead::UnboundKey::new(&aead::AES_128_GCM, &key).expect("an AES-128 key has 16 bytes");
    (aead::LessSafeKey::new(key), aead::Nonce::assume_unique_for_key(nonce))
}

struct OutputLen(usize);

impl hkdf::KeyType for OutputLen {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(key: &hkdf::Prk, info: &[&[u8]]) -> [u8; N] {
    let mut output = [0; N];
    key.expand(info, OutputLen(N))
        .and_then(|material| material.fill(&mut output))
        .expect("HKDF-SHA256 gives up to 8160 bytes");
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    /// RFC 8291, section 5 (message) and appendix A (intermediate values).
    #[test]
    fn the_published_example_is_reproduced_byte_for_byte() {
        let recipient = RecipientKeys::parse(PUBLIC, AUTH).unwrap();
        let shared = decode_base64("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs").unwrap();
        let sender = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
        let sender = decode_base64(sender).unwrap();
        let salt = fixed("DGv6ra1nlYgDCS1FRnbzlw").unwrap();

        let body = seal(
            b"When I grow up, I want to be a watermelon",
            &recipient,
            &Agreement { shared: &shared, sender: &sender, salt },
        );

        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w\
                        EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(body.unwrap(), decode_base64(expected).unwrap());
    }

    #[test]
    fn the_longest_payload_fills_a_record_and_one_byte_more_is_refused() {
        let recipient = RecipientKeys::parse(PUBLIC, AUTH).unwrap();
        assert_eq!(encrypt(&[b'x'; PAYLOAD_MAX], &recipient).unwrap().len(), 4096);
        let error = encrypt(&[b'x'; PAYLOAD_MAX + 1], &recipient).unwrap_err();
        assert_eq!(error, EncryptionError::PayloadTooLarge { got: PAYLOAD_MAX + 1 });
    }

    #[test]
    fn two_messages_never_share_key_or_salt() {
        let recipient = RecipientKeys::parse(PUBLIC, AUTH).unwrap();
        let (first, second) = (encrypt(b"hello", &recipient).unwrap(), encrypt(b"hello", &recipient).unwrap());
        assert_ne!(first[..SALT_LEN], second[..SALT_LEN]);
        assert_ne!(first[SALT_LEN + 5..HEADER_LEN], second[SALT_LEN + 5..HEADER_LEN]);
    }

    #[test]
    fn keys_are_read_with_padding_and_in_either_alphabet() {
        let standard = PUBLIC.replace('-', "+").replace('_', "/");
        assert!(RecipientKeys::parse(&format!("{standard}="), &format!("{AUTH}==")).is_ok());
    }

    #[test]
    fn keys_that_cannot_work_are_named() {
        let message = |p256dh: &str, auth: &str| RecipientKeys::parse(p256dh, auth).err().unwrap().to_string();
        assert_eq!(message("%%%", AUTH), "the subscription's `p256dh` is not base64url");
        assert_eq!(message(AUTH, AUTH), "the subscription's `p256dh` must have 65 bytes, got 16");
        assert_eq!(message(PUBLIC, "AAAA"), "the subscription's `auth` must have 16 bytes, got 3");
        let off_curve = RecipientKeys { public: [4; PUBLIC_KEY_LEN], auth: [0; AUTH_SECRET_LEN] };
        let error = encrypt(b"hello", &off_curve).unwrap_err();
        assert_eq!(error.to_string(), "the subscription's `p256dh` is not a point of the curve P-256");
    }
}
