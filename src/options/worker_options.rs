//! A worker's options as users type them.

use std::time::Duration;

use napi_derive::napi;
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::options::{RateLimit, Retention, WorkerOptions};

/// Options of a worker; absent ones take the engine's defaults.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct NativeWorkerOptions {
    /// Recorded with every job the worker takes.
    pub name: Option<String>,
    /// Jobs run at once.
    pub concurrency: Option<f64>,
    /// Bound on jobs started per time.
    pub limiter: Option<RateLimiter>,
    /// Life of a job's lock without renewal, ms.
    pub lock_duration: Option<f64>,
    /// Interval of lock renewals, ms; what is no interval, 0 or NaN, counts as absent, as in BullMQ.
    pub lock_renew_time: Option<f64>,
    /// Leave renewing locks to the caller.
    pub skip_lock_renewal: Option<bool>,
    /// How long a blocked event loop keeps its jobs, ms.
    pub max_blocked: Option<f64>,
    /// Interval of checks for stalled jobs, ms.
    pub stalled_interval: Option<f64>,
    /// Leave checking for stalled jobs to others.
    pub skip_stalled_check: Option<bool>,
    /// How often a job may stall before it fails.
    pub max_stalled_count: Option<f64>,
    /// How often a job may be started before it fails.
    pub max_started_attempts: Option<f64>,
    /// Longest wait for a wake-up, s.
    pub drain_delay: Option<f64>,
    /// Retention of completed jobs that do not bring their own.
    pub remove_on_complete: Option<KeepJobs>,
    /// Retention of failed jobs that do not bring their own.
    pub remove_on_fail: Option<KeepJobs>,
    /// Interval of looks for finished jobs that are too old, ms.
    pub retention_interval: Option<f64>,
    /// Whether finished jobs are counted.
    pub metrics: Option<CollectMetrics>,
    /// Longest pause between attempts to reach Redis, ms.
    pub run_retry_delay: Option<f64>,
    /// Longest sleep while rate limited, ms.
    pub maximum_rate_limit_delay: Option<f64>,
}

/// Bound on jobs started per time.
#[napi(object, object_to_js = false)]
pub struct RateLimiter {
    /// Jobs per window; absent for no bound, as in BullMQ.
    pub max: Option<f64>,
    /// Length of a window, ms.
    pub duration: Option<f64>,
}

/// How finished jobs are counted.
#[napi(object, object_to_js = false)]
pub struct CollectMetrics {
    /// Minutes of history to keep; 0 or absent for no metrics.
    pub max_data_points: Option<f64>,
}

/// How long finished jobs are kept.
#[napi(object, object_to_js = false)]
pub struct KeepJobs {
    /// Keep at most this many.
    pub count: Option<f64>,
    /// Keep for this long, s.
    pub age: Option<f64>,
    /// Remove at most this many by age at a time.
    pub limit: Option<f64>,
}

impl TryFrom<NativeWorkerOptions> for WorkerOptions {
    type Error = Error;

    fn try_from(given: NativeWorkerOptions) -> Result<Self> {
        let default = Self::default();
        let options = Self {
            name: given.name.filter(|name| !name.is_empty()),
            concurrency: given.concurrency.map_or(Ok(default.concurrency), whole_concurrency)?,
            limiter: given.limiter.map_or(Ok(None), rate_limit)?,
            lock_duration: duration_ms("lockDuration", given.lock_duration)?.unwrap_or(default.lock_duration),
            lock_renew_time: duration_ms(
                "lockRenewTime",
                given.lock_renew_time.filter(|ms| *ms != 0.0 && !ms.is_nan()),
            )?,
            skip_lock_renewal: given.skip_lock_renewal.unwrap_or(default.skip_lock_renewal),
            max_blocked: duration_ms("maxBlocked", given.max_blocked)?.unwrap_or(default.max_blocked),
            stalled_interval: duration_ms("stalledInterval", given.stalled_interval)?
                .unwrap_or(default.stalled_interval),
            skip_stalled_check: given.skip_stalled_check.unwrap_or(default.skip_stalled_check),
            max_stalled_count: count("maxStalledCount", given.max_stalled_count)?.unwrap_or(default.max_stalled_count),
            max_started_attempts: count("maxStartedAttempts", given.max_started_attempts)?,
            drain_delay: duration_ms("drainDelay", given.drain_delay.map(|s| s * 1_000.0))?
                .unwrap_or(default.drain_delay),
            remove_on_complete: given.remove_on_complete.map(retention),
            remove_on_fail: given.remove_on_fail.map(retention),
            retention_interval: duration_ms("retentionInterval", given.retention_interval)?
                .unwrap_or(default.retention_interval),
            metrics_max_points: count(
                "metrics.maxDataPoints",
                given.metrics.and_then(|metrics| metrics.max_data_points),
            )?,
            run_retry_delay: duration_ms("runRetryDelay", given.run_retry_delay)?.unwrap_or(default.run_retry_delay),
            maximum_rate_limit_delay: duration_ms("maximumRateLimitDelay", given.maximum_rate_limit_delay)?
                .unwrap_or(default.maximum_rate_limit_delay),
        };
        options.validate()?;
        Ok(options)
    }
}

/// Jobs run at once: fractions count as the whole below.
///
/// # Errors
/// `InvalidOption` for numbers below 1, infinite and missing ones.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above; saturates")]
pub(crate) fn whole_concurrency(concurrency: f64) -> Result<u32> {
    if concurrency.is_finite() && concurrency >= 1.0 {
        return Ok(concurrency as u32);
    }
    Err(Error::InvalidOption { message: "concurrency must be a finite number greater than 0".into() })
}

fn rate_limit(limiter: RateLimiter) -> Result<Option<RateLimit>> {
    let Some(max) = count("limiter.max", limiter.max)? else { return Ok(None) };
    let duration = duration_ms("limiter.duration", Some(limiter.duration.unwrap_or(f64::NAN)))?.unwrap_or_default();
    Ok(Some(RateLimit { max: max.into(), duration }))
}

fn retention(keep: KeepJobs) -> Retention {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a saturating cast is the wanted reading"
    )]
    let whole = |number: f64| number as u64;
    Retention {
        age_s: keep.age.map(whole),
        count: keep.count.map(|count| i64::try_from(whole(count)).unwrap_or(i64::MAX)),
        limit: keep
            .limit
            .and_then(|limit| u32::try_from(whole(limit)).ok())
            .filter(|limit| *limit > 0)
            .unwrap_or(Retention::DEFAULT_LIMIT),
    }
}

fn duration_ms(name: &str, ms: Option<f64>) -> Result<Option<Duration>> {
    let duration = |ms: f64| {
        Duration::try_from_secs_f64(ms / 1_000.0)
            .map_err(|_| Error::InvalidOption { message: format!("{name} must be greater than 0") })
    };
    ms.map(duration).transpose()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above; saturates")]
pub(crate) fn count(name: &str, number: Option<f64>) -> Result<Option<u32>> {
    match number {
        Some(number) if number.is_nan() || number < 0.0 => {
            Err(Error::InvalidOption { message: format!("{name} must be greater or equal than 0") })
        }
        number => Ok(number.map(|number| number as u32)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(given: NativeWorkerOptions) -> Result<WorkerOptions> {
        given.try_into()
    }

    #[test]
    fn nothing_given_is_the_engines_default() {
        assert_eq!(convert(NativeWorkerOptions::default()).unwrap(), WorkerOptions::default());
    }

    #[test]
    fn units_are_those_users_write() {
        let given = NativeWorkerOptions { drain_delay: Some(0.25), lock_duration: Some(5_000.0), ..Default::default() };
        let options = convert(given).unwrap();
        assert_eq!(options.drain_delay, Duration::from_millis(250));
        assert_eq!(options.lock_duration, Duration::from_secs(5));
    }

    #[test]
    fn values_that_cannot_work_are_refused_in_bullmqs_words() {
        let none = NativeWorkerOptions::default;
        let cases = [
            (
                NativeWorkerOptions { max_stalled_count: Some(-1.0), ..none() },
                "maxStalledCount must be greater or equal than 0",
            ),
            (
                NativeWorkerOptions { max_started_attempts: Some(-1.0), ..none() },
                "maxStartedAttempts must be greater or equal than 0",
            ),
            (NativeWorkerOptions { stalled_interval: Some(0.0), ..none() }, "stalledInterval must be greater than 0"),
            (NativeWorkerOptions { stalled_interval: Some(-1.0), ..none() }, "stalledInterval must be greater than 0"),
            (NativeWorkerOptions { drain_delay: Some(0.0), ..none() }, "drainDelay must be greater than 0"),
            (
                NativeWorkerOptions { concurrency: Some(f64::NAN), ..none() },
                "concurrency must be a finite number greater than 0",
            ),
            (
                NativeWorkerOptions { concurrency: Some(0.5), ..none() },
                "concurrency must be a finite number greater than 0",
            ),
            (
                NativeWorkerOptions { concurrency: Some(f64::INFINITY), ..none() },
                "concurrency must be a finite number greater than 0",
            ),
        ];
        for (given, message) in cases {
            assert_eq!(convert(given).unwrap_err().to_string(), message);
        }
    }
}
