//! What is remembered about push services, one entry per origin, shared by all jobs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::OnceCell;

use super::vapid::{TOKEN_LIFETIME_S, VapidSigner};
use crate::net::{CONNECTION_IDLE_TIMEOUT, Origin};

/// A token is replaced this long before it expires: a slow request must not arrive with an expired one.
const TOKEN_REFRESH_BEFORE_S: u64 = 2 * 3600;
/// Origins come from users' browsers, so their number is bounded; beyond this, entries nobody needs are dropped.
const ORIGINS_MAX: usize = 1024;
/// A server that asks for a longer pause is asked again after this.
const PAUSE_MAX: Duration = Duration::from_hours(24);

/// Every origin messages were sent to lately.
#[derive(Default)]
pub(super) struct Origins {
    /// Written by deliveries of all jobs. Never held across an await.
    states: Mutex<HashMap<Origin, Arc<OriginState>>>,
}

impl Origins {
    pub(super) fn state_of(&self, origin: &Origin) -> Arc<OriginState> {
        let mut states = self.states.lock().expect("no code panics while it holds this lock");
        if let Some(state) = states.get(origin) {
            return Arc::clone(state);
        }
        if states.len() >= ORIGINS_MAX {
            states.retain(|_, state| Arc::strong_count(state) > 1 || state.pause().is_some());
        }
        if states.len() >= ORIGINS_MAX {
            states.retain(|_, state| Arc::strong_count(state) > 1);
        }
        Arc::clone(states.entry(origin.clone()).or_default())
    }
}

/// One push service.
#[derive(Default)]
pub(super) struct OriginState {
    /// Written by deliveries. Never held across an await.
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    token: Option<Token>,
    paused_until: Option<Instant>,
    warm_up: Arc<OnceCell<()>>,
    /// When `warm_up` was last asked for.
    used_at: Option<Instant>,
}

struct Token {
    authorization: Arc<str>,
    issued_at_s: u64,
}

impl Token {
    /// Not after a jump of the clock in either direction.
    fn is_fresh(&self, now_s: u64) -> bool {
        (self.issued_at_s..self.issued_at_s + TOKEN_LIFETIME_S - TOKEN_REFRESH_BEFORE_S).contains(&now_s)
    }
}

impl OriginState {
    /// Value of the `Authorization` header; signed once per origin and lifetime.
    ///
    /// Follows the system's clock even where jobs follow another: the push service compares it with its own.
    pub(super) fn authorization(&self, signer: &VapidSigner, origin: &Origin) -> Arc<str> {
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let mut inner = self.lock();
        if let Some(token) = inner.token.as_ref().filter(|token| token.is_fresh(now_s)) {
            return Arc::clone(&token.authorization);
        }
        let authorization: Arc<str> = signer.authorization(origin, now_s + TOKEN_LIFETIME_S).into();
        inner.token = Some(Token { authorization: Arc::clone(&authorization), issued_at_s: now_s });
        authorization
    }

    /// How long nothing may be sent to this origin, if at all.
    pub(super) fn pause(&self) -> Option<Duration> {
        let until = self.lock().paused_until?;
        Some(until.saturating_duration_since(Instant::now())).filter(|pause| !pause.is_zero())
    }

    /// Sends nothing for `pause` (a server's Retry-After), at most a day. A pause that already lasts longer stays.
    pub(super) fn pause_for(&self, pause: Duration) {
        let until = Instant::now() + pause.min(PAUSE_MAX);
        let mut inner = self.lock();
        inner.paused_until = inner.paused_until.max(Some(until));
    }

    /// Initialised by the first request of a burst; the others wait for it, so that they find its HTTP/2 connection in the pool
    /// instead of opening one each.
    pub(super) fn warm_up(&self) -> Arc<OnceCell<()>> {
        let mut inner = self.lock();
        let now = Instant::now();
        if inner.used_at.is_some_and(|used_at| now.duration_since(used_at) >= CONNECTION_IDLE_TIMEOUT) {
            inner.warm_up = Arc::default();
        }
        inner.used_at = Some(now);
        Arc::clone(&inner.warm_up)
    }

    /// The connection broke: the next request opens a new one alone.
    pub(super) fn cool_down(&self) {
        let mut inner = self.lock();
        if inner.warm_up.initialized() {
            inner.warm_up = Arc::default();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().expect("no code panics while it holds this lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_replaced_early_and_after_clock_jumps() {
        let token = Token { authorization: "".into(), issued_at_s: 100_000 };
        assert!(token.is_fresh(100_000) && token.is_fresh(100_000 + 10 * 3600 - 1));
        assert!(!token.is_fresh(100_000 + 10 * 3600));
        assert!(!token.is_fresh(99_999));
    }

    #[test]
    fn a_shorter_pause_never_cuts_a_longer_one() {
        let state = OriginState::default();
        assert_eq!(state.pause(), None);
        state.pause_for(Duration::from_mins(1));
        state.pause_for(Duration::from_secs(1));
        assert!(state.pause().unwrap() > Duration::from_secs(50));
    }

    #[test]
    fn a_pause_is_at_most_a_day() {
        let state = OriginState::default();
        state.pause_for(Duration::MAX);
        assert!(state.pause().unwrap() <= PAUSE_MAX);
    }
}
