//! Scripts as the build assembled them from `lua/`.

/// One assembled script.
#[derive(Debug)]
pub(crate) struct ScriptSource {
    /// Name of its file in `lua/`, without extension.
    pub(crate) name: &'static str,
    /// What Redis runs.
    pub(crate) text: &'static str,
    /// Hex SHA-1 of `text`, as EVALSHA wants it.
    pub(crate) sha1: &'static str,
    /// Names of its keys in the order of `KEYS`, resolved by `wire::keys`.
    pub(crate) keys: &'static [&'static str],
}

include!(concat!(env!("OUT_DIR"), "/scripts.rs"));
