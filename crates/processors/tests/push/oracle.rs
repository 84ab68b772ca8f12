//! OpenSSL as a second opinion on keys and encryption.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcPoint, PointConversionForm};
use openssl::nid::Nid;
use synapse_queue_processors::web_push::{PAYLOAD_MAX, RecipientKeys, encrypt, vapid};

#[test]
fn generated_keys_are_a_pair() {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let mut numbers = BigNumContext::new().unwrap();
    for _ in 0..20 {
        let (public, private) = vapid::generate().unwrap();
        let private = BigNum::from_slice(&URL_SAFE_NO_PAD.decode(private).unwrap()).unwrap();
        let mut point = EcPoint::new(&group).unwrap();
        point.mul_generator2(&group, &private, &mut numbers).unwrap();
        let point = point.to_bytes(&group, PointConversionForm::UNCOMPRESSED, &mut numbers).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(point), public);
    }
}

#[test]
fn messages_of_every_length_can_be_read_by_the_browser() {
    let (pair, auth) = ece::generate_keypair_and_auth_secret().unwrap();
    let keys = pair.raw_components().unwrap();
    let public = URL_SAFE_NO_PAD.encode(keys.public_key());
    let recipient = RecipientKeys::parse(&public, &URL_SAFE_NO_PAD.encode(auth)).unwrap();
    for length in [0, 1, 15, 16, 17, 300, PAYLOAD_MAX] {
        let payload: Vec<u8> = (0..=255).cycle().take(length).collect();
        let body = encrypt(&payload, &recipient).unwrap();
        assert_eq!(ece::decrypt(&keys, &auth, &body).unwrap(), payload, "{length} bytes");
    }
}
