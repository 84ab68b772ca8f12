//! How connections call themselves in CLIENT LIST, which is where `getWorkers` and `getQueueEvents` find them.

use super::QueueKeys;

/// Name of a worker's blocking connection: `<prefix>:<base64 of the queue>`, then `:w:<worker>` if the worker has a name.
pub(crate) fn worker_client_name(keys: &QueueKeys, worker: Option<&str>) -> String {
    let queue = base64(keys.queue());
    match worker {
        Some(worker) => format!("{}:{queue}:w:{worker}", keys.prefix()),
        None => format!("{}:{queue}", keys.prefix()),
    }
}

/// Name of an event reader's connection: `<prefix>:<base64 of the queue>:qe`.
pub(crate) fn queue_events_client_name(keys: &QueueKeys) -> String {
    format!("{}:{}:qe", keys.prefix(), base64(keys.queue()))
}

/// Standard base64 with padding, as Node's Buffer writes it. CLIENT SETNAME allows no spaces, and queue names may have some.
fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::with_capacity(text.len().div_ceil(3) * 4);
    for chunk in text.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit)) & 63;
            encoded.push(if digit <= chunk.len() { char::from(DIGITS[value as usize]) } else { '=' });
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_like_node() {
        let encoded = ["", "f", "fo", "foo", "push-notifications", "größe"].map(base64);
        assert_eq!(encoded, ["", "Zg==", "Zm8=", "Zm9v", "cHVzaC1ub3RpZmljYXRpb25z", "Z3LDtsOfZQ=="]);
    }

    #[test]
    fn names_the_connections_like_bullmq() {
        let keys = QueueKeys::new("bull", "foo").unwrap();
        assert_eq!(worker_client_name(&keys, None), "bull:Zm9v");
        assert_eq!(worker_client_name(&keys, Some("a")), "bull:Zm9v:w:a");
        assert_eq!(queue_events_client_name(&keys), "bull:Zm9v:qe");
    }
}
