//! Limits that hold for all workers of the queue together.

use std::time::Duration;

use redis::Value;

use crate::error::Result;
use crate::options::RateLimit;
use crate::queue::Queue;
use crate::wire::Reply;

/// The count a manual rate limit sets, above every possible maximum.
const LIMITED_COUNT: u64 = RateLimit::SET_BY_HAND.max;

impl Queue {
    /// Starts no job for `duration` (at least 1 ms), whatever the workers' limits are.
    pub async fn rate_limit(&self, duration: Duration) -> Result<()> {
        let mut command = redis::cmd("SET");
        command.arg(self.keys().named("limiter")).arg(LIMITED_COUNT).arg("PX").arg(duration.as_millis().to_string());
        self.connection().call(&command).await.map(drop)
    }

    /// How long no job is started because of the rate limit, ms; 0 if it is not reached.
    ///
    /// `max_jobs`: the limit to measure against; absent: the queue's own. Without any limit the rest of the current window, and
    /// -2 if there is none.
    pub async fn rate_limit_ttl(&self, max_jobs: Option<u64>) -> Result<i64> {
        self.scripts.rate_limit_ttl(max_jobs).await
    }

    /// Ends the current rate window; `false` if there was none. Repeated after a lost reply it may answer `false`.
    pub async fn remove_rate_limit(&self) -> Result<bool> {
        let mut command = redis::cmd("DEL");
        command.arg(self.keys().named("limiter"));
        Ok(Reply::new("rate limit", self.connection().call(&command).await?).into_integer()? == 1)
    }

    /// Lets at most `concurrency` jobs of this queue run at once over all workers; returns how many settings are new.
    pub async fn set_global_concurrency(&self, concurrency: u64) -> Result<u64> {
        self.set_meta(&[("concurrency", concurrency)]).await
    }

    /// How many jobs may run at once over all workers; `None` for any number.
    pub async fn global_concurrency(&self) -> Result<Option<u64>> {
        let [concurrency] = self.meta_counts(["concurrency"]).await?;
        Ok(concurrency)
    }

    /// Lifts the global concurrency; returns how many settings went.
    pub async fn remove_global_concurrency(&self) -> Result<u64> {
        self.remove_meta(&["concurrency"]).await
    }

    /// Limits how often jobs are started over all workers; wins over the workers' own limits. Returns how many settings are new.
    pub async fn set_global_rate_limit(&self, limit: RateLimit) -> Result<u64> {
        let duration_ms = u64::try_from(limit.duration.as_millis()).unwrap_or(u64::MAX);
        self.set_meta(&[("max", limit.max), ("duration", duration_ms)]).await
    }

    /// The global rate limit, if both its parts are set.
    pub async fn global_rate_limit(&self) -> Result<Option<RateLimit>> {
        let [max, duration_ms] = self.meta_counts(["max", "duration"]).await?;
        Ok(max.zip(duration_ms).map(|(max, ms)| RateLimit { max, duration: Duration::from_millis(ms) }))
    }

    /// Lifts the global rate limit; returns how many settings went.
    pub async fn remove_global_rate_limit(&self) -> Result<u64> {
        self.remove_meta(&["max", "duration"]).await
    }

    /// Whether as many jobs run as the global concurrency allows.
    pub async fn is_maxed(&self) -> Result<bool> {
        let Some(concurrency) = self.global_concurrency().await? else { return Ok(false) };
        let mut command = redis::cmd("LLEN");
        command.arg(self.keys().named("active"));
        Ok(Reply::new("active jobs", self.connection().call(&command).await?).into_count()? >= concurrency)
    }

    /// Returns how many of the fields are new; repeated after a lost reply it may answer 0.
    async fn set_meta(&self, fields: &[(&str, u64)]) -> Result<u64> {
        let mut command = redis::cmd("HSET");
        command.arg(self.keys().meta()).arg(fields);
        Reply::new("new settings", self.connection().call(&command).await?).into_count()
    }

    /// Fields that hold a count; ones that do not parse count as absent.
    async fn meta_counts<const N: usize>(&self, fields: [&str; N]) -> Result<[Option<u64>; N]> {
        let mut command = redis::cmd("HMGET");
        command.arg(self.keys().meta()).arg(&fields);
        let mut values =
            Reply::new("queue settings", self.connection().call(&command).await?).into_items()?.into_iter();
        Ok(fields.map(|_| Reply::new("queue setting", values.next().unwrap_or(Value::Nil)).into_count().ok()))
    }

    async fn remove_meta(&self, fields: &[&str]) -> Result<u64> {
        let mut command = redis::cmd("HDEL");
        command.arg(self.keys().meta()).arg(fields);
        Reply::new("removed settings", self.connection().call(&command).await?).into_count()
    }
}
