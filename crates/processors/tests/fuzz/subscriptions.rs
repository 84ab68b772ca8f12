//! Keys and endpoints come from whoever posted them.

use proptest::collection::vec;
use proptest::prelude::*;
use synapse_queue_processors::net::{NetGuard, NetGuardOptions, is_globally_routable};
use synapse_queue_processors::web_push::{RecipientKeys, encrypt};

use crate::corpus;
use crate::strategies::{holds, text};

/// A browser's key; what is not a point of the curve is refused.
const P256DH: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

/// Nearly a key: some of its characters are replaced.
fn nearly(key: &'static str) -> impl Strategy<Value = String> {
    let changes = vec((0..key.len(), any::<u8>()), 0..4);
    let mutated = changes.prop_map(move |changes| {
        let mut bytes = key.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte & 0x7f;
        }
        String::from_utf8(bytes).unwrap()
    });
    prop_oneof![3 => mutated, 1 => text()]
}

#[test]
fn keys_of_anything_are_refused_or_encrypted_for() {
    let strategy = (nearly(P256DH), nearly(AUTH), vec(any::<u8>(), 0..5000));
    holds(&strategy, |(p256dh, auth, payload)| {
        if let Ok(recipient) = RecipientKeys::parse(&p256dh, &auth)
            && let Ok(body) = encrypt(&payload, &recipient)
        {
            prop_assert!(body.len() <= 4096 && body.len() > payload.len());
        }
        Ok(())
    });
}

#[test]
fn endpoints_of_anything_lead_out_of_the_network_or_nowhere() {
    let guard = NetGuard::new(&NetGuardOptions::default(), std::time::Duration::from_secs(1)).unwrap();
    let check = |endpoint: &str| {
        if let Ok(target) = guard.check(endpoint) {
            prop_assert_eq!(target.url.scheme(), "https");
            prop_assert!(target.url.username().is_empty() && target.url.password().is_none());
            // A name is checked when it is resolved; an address here.
            let host = target.url.host_str().unwrap_or_default().trim_matches(['[', ']']);
            if let Ok(address) = host.parse() {
                prop_assert!(is_globally_routable(address), "{}", host);
            }
        }
        Ok(())
    };
    for endpoint in corpus::ENDPOINTS {
        check(endpoint).unwrap();
    }
    let host = prop_oneof![
        any::<u32>().prop_map(|address| address.to_string()),
        any::<u32>().prop_map(|address| format!("0x{address:x}")),
        any::<[u8; 4]>().prop_map(|[a, b, c, d]| format!("{a}.0{b:o}.0x{c:x}.{d}")),
        any::<u128>().prop_map(|address| format!("[{}]", std::net::Ipv6Addr::from(address))),
        any::<u32>().prop_map(|address| format!("[::ffff:{}]", std::net::Ipv4Addr::from(address))),
        text(),
    ];
    holds(&host, |host| check(&format!("https://{host}/x")));
}
