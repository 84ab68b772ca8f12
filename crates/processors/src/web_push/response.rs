//! Reading a push service's answer.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};

use super::delivery::Delivery;
use super::sender::Request;

/// How much of an answer is read; nothing longer is needed, and a server must not make us read on.
const BODY_MAX: usize = 4096;
/// How much of the server's reason is reported, in characters.
const REASON_MAX: usize = 300;
/// Shorter parts of an endpoint's path are words, not capability tokens.
const SECRET_LEN_MIN: usize = 8;
const REDACTED: &str = "<redacted>";

/// Turns the answer to `request` into an outcome.
pub(super) async fn read(response: Response, request: &Request<'_>) -> Delivery {
    let status = response.status();
    let retry_after = retry_after(response.headers(), SystemTime::now());
    let body = read_body(response).await;
    match status {
        _ if status.is_success() => Delivery::Delivered,
        StatusCode::NOT_FOUND | StatusCode::GONE => Delivery::Gone,
        _ if is_temporary(status) => Delivery::Unavailable { reason: reason(status, &body, request), retry_after },
        _ => Delivery::Rejected { reason: reason(status, &body, request) },
    }
}

fn is_temporary(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY)
}

/// The beginning of the body. What cannot be read does not change what the status says.
async fn read_body(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk[..chunk.len().min(BODY_MAX - body.len())]);
        if body.len() == BODY_MAX {
            break;
        }
    }
    body
}

/// Seconds or an HTTP date; a date in the past is no pause.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(now).ok(),
    }
}

fn reason(status: StatusCode, body: &[u8], request: &Request<'_>) -> String {
    let text = redact(String::from_utf8_lossy(body).into_owned(), request);
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let text: String = words.join(" ").chars().take(REASON_MAX).collect();
    let separator = if text.is_empty() { "" } else { ": " };
    format!("{status} from {}{separator}{text}", request.target.origin)
}

/// A server may quote the request in its reason; neither endpoint nor token may end up in a log.
fn redact(text: String, request: &Request<'_>) -> String {
    let url = &request.target.url;
    let path = url.path_segments().into_iter().flatten();
    let secrets = path
        .chain(url.query())
        .chain(request.authorization.split([' ', ',', '=']))
        .chain([request.subscription.endpoint.as_str()]);
    let mut secrets: Vec<&str> = secrets.filter(|secret| secret.len() >= SECRET_LEN_MIN).collect();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.into_iter().fold(text, |text, secret| text.replace(secret, REDACTED))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(retry_after: &str) -> HeaderMap {
        HeaderMap::from_iter([(RETRY_AFTER, retry_after.parse().unwrap())])
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(retry_after(&headers("120"), now), Some(Duration::from_mins(2)));
        assert_eq!(retry_after(&headers("Sun, 06 Nov 1994 08:50:37 GMT"), now), Some(Duration::from_mins(1)));
        assert_eq!(retry_after(&headers("Sun, 06 Nov 1994 08:48:37 GMT"), now), None);
        assert_eq!(retry_after(&headers("soon"), now), None);
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn overload_and_server_errors_are_temporary() {
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert!(is_temporary(StatusCode::from_u16(status).unwrap()), "{status}");
        }
        for status in [301, 400, 401, 403, 413] {
            assert!(!is_temporary(StatusCode::from_u16(status).unwrap()), "{status}");
        }
    }
}
