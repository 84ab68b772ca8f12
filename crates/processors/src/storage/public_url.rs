//! Public URLs of keys.

use object_store::path::Path as Key;
use url::Url;

use super::StorageError;

/// What stands before every key in a public URL, without a trailing slash.
#[derive(Debug, Clone)]
pub(super) struct PublicBase(String);

impl PublicBase {
    /// Accepts an http(s) URL without query and fragment, a path that starts with a slash, or nothing.
    pub(super) fn parse(base: &str) -> Result<Self, StorageError> {
        let is_path = base.is_empty() || base.starts_with('/');
        let is_plain = !base.contains(['?', '#']);
        let is_http = Url::parse(base).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if is_plain && (is_path || is_http) {
            Ok(Self(base.trim_end_matches('/').to_owned()))
        } else {
            Err(StorageError::InvalidBaseUrl { url: base.to_owned() })
        }
    }

    pub(super) fn url_for(&self, key: &Key) -> String {
        let mut encoder = Url::parse("http://key").expect("a constant URL is valid");
        encoder.path_segments_mut().expect("an http URL has path segments").extend(key.parts());
        format!("{}{}", self.0, encoder.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(base: &str, key: &str) -> String {
        PublicBase::parse(base).unwrap().url_for(&Key::parse(key).unwrap())
    }

    #[test]
    fn the_key_follows_the_base_after_exactly_one_slash() {
        assert_eq!(url("https://cdn.example.com/files/", "a/b.jpg"), "https://cdn.example.com/files/a/b.jpg");
        assert_eq!(url("/files", "a.jpg"), "/files/a.jpg");
        assert_eq!(url("", "a.jpg"), "/a.jpg");
    }

    #[test]
    fn characters_with_a_meaning_in_urls_are_encoded() {
        assert_eq!(url("", "a b/50%?#ä.jpg"), "/a%20b/50%25%3F%23%C3%A4.jpg");
    }

    #[test]
    fn a_base_that_no_browser_could_open_is_refused() {
        for base in ["cdn.example.com", "ftp://example.com", "https://example.com/?a=b", "file:./public"] {
            assert_eq!(PublicBase::parse(base).unwrap_err().code(), "INVALID_PUBLIC_BASE_URL", "{base}");
        }
    }
}
