//! The server: is it new enough, does it keep what it is given, is it near, does it know the time.

use std::collections::BTreeMap;
use std::time::Duration;

use synapse_queue_engine::error::Result;
use synapse_queue_engine::queue::Queue;
use tokio::time::Instant;

use super::Finding;

/// Round trips measured.
const PINGS: usize = 20;
/// A round trip above this limits what one connection can do.
const SLOW_ROUND_TRIP: Duration = Duration::from_millis(5);
/// The oldest release that has every command the scripts call.
const OLDEST_VERSION: (u32, u32) = (6, 2);
/// Delayed jobs are late or early by as much as clocks differ.
const SKEW_NOTICED: Duration = Duration::from_secs(1);
const SKEW_HARMFUL: Duration = Duration::from_secs(30);
/// Above this share of its memory limit a server is about to refuse writes.
const MEMORY_SHARE_MAX: f64 = 0.9;

/// What a server says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerFacts {
    /// Fields of `INFO`.
    pub info: BTreeMap<String, String>,
    /// The setting `maxmemory-policy`, where it may be read.
    pub maxmemory_policy: Option<String>,
    /// The setting `save`, where it may be read.
    pub save: Option<String>,
    /// Round trips, shortest first.
    pub round_trips: Vec<Duration>,
    /// The server's time minus ours, ms, half a round trip taken off.
    pub skew_ms: i64,
}

/// Looks at the server behind `queue`. `now_ms`: tells our time, ms since the Unix epoch.
pub async fn examine_server(queue: &Queue, now_ms: impl Fn() -> i64) -> Result<Vec<Finding>> {
    queue.ping().await?;
    let mut round_trips = Vec::with_capacity(PINGS);
    for _ in 0..PINGS {
        let sent = Instant::now();
        queue.ping().await?;
        round_trips.push(sent.elapsed());
    }
    round_trips.sort_unstable();
    let (before_ms, server_ms) = (now_ms(), queue.server_time_ms().await?);
    let skew_ms = server_ms - i64::midpoint(before_ms, now_ms());
    let info = info_fields(&queue.server_info().await?);
    let maxmemory_policy = match info.get("maxmemory_policy") {
        Some(policy) => Some(policy.clone()),
        None => queue.server_setting("maxmemory-policy").await?,
    };
    let save = queue.server_setting("save").await?;
    Ok(server_findings(&ServerFacts { info, maxmemory_policy, save, round_trips, skew_ms }))
}

fn info_fields(text: &str) -> BTreeMap<String, String> {
    let fields = text.lines().filter_map(|line| line.trim_end().split_once(':'));
    fields.map(|(field, value)| (field.to_owned(), value.to_owned())).collect()
}

/// What the facts mean.
pub fn server_findings(facts: &ServerFacts) -> Vec<Finding> {
    let mut findings = vec![version(facts), policy(facts)];
    findings.extend(memory(facts));
    findings.extend([persistence(facts), latency(facts), clock(facts)]);
    findings
}

fn version(facts: &ServerFacts) -> Finding {
    let field = |name: &str| facts.info.get(name).map(String::as_str);
    let text = field("redis_version").unwrap_or("unknown");
    let mut parts = text.split('.').map_while(|part| part.parse::<u32>().ok());
    let name = match field("valkey_version") {
        Some(valkey) => format!("Valkey {valkey} (compatible with Redis {text})"),
        None => format!("Redis {text}"),
    };
    match (parts.next(), parts.next()) {
        (Some(major), Some(minor)) if (major, minor) >= OLDEST_VERSION => Finding::ok("version", name),
        _ => Finding::problem("version", format!("{name} is too old"), "Upgrade to Redis 6.2 or later, or to Valkey."),
    }
}

fn policy(facts: &ServerFacts) -> Finding {
    const CHECK: &str = "maxmemory-policy";
    match facts.maxmemory_policy.as_deref() {
        Some("noeviction") => Finding::ok(CHECK, "maxmemory-policy is noeviction"),
        Some(policy) => Finding::problem(
            CHECK,
            format!("maxmemory-policy is {policy}: a full server throws jobs away"),
            "Set it to noeviction: `redis-cli config set maxmemory-policy noeviction`, and in redis.conf.",
        ),
        None => Finding::warning(
            CHECK,
            "maxmemory-policy cannot be read here",
            "Make sure in your provider's settings that it is noeviction.",
        ),
    }
}

fn memory(facts: &ServerFacts) -> Option<Finding> {
    let number = |name: &str| facts.info.get(name).and_then(|value| value.parse::<f64>().ok());
    let (used, limit) = (number("used_memory")?, number("maxmemory").filter(|limit| *limit > 0.0)?);
    let message = format!("{:.0} % of maxmemory is used", used / limit * 100.0);
    Some(if used > limit * MEMORY_SHARE_MAX {
        let advice =
            "Raise maxmemory, or keep fewer finished jobs: removeOnComplete, removeOnFail, `synapse-queue clean`.";
        Finding::problem("memory", message, advice)
    } else {
        Finding::ok("memory", message)
    })
}

fn persistence(facts: &ServerFacts) -> Finding {
    const CHECK: &str = "persistence";
    let field = |name: &str| facts.info.get(name).map(String::as_str);
    let failed = [("rdb_last_bgsave_status", "snapshot"), ("aof_last_write_status", "append-only file")]
        .into_iter()
        .find(|(name, _)| field(name) == Some("err"));
    if let Some((_, what)) = failed {
        let message = format!("the last write of the {what} failed");
        return Finding::problem(CHECK, message, "Look for a full disk or missing rights in the server's log.");
    }
    match (field("aof_enabled"), facts.save.as_deref()) {
        (Some("1"), _) => Finding::ok(CHECK, "an append-only file is kept"),
        (_, Some("")) => Finding::warning(
            CHECK,
            "nothing is kept on disk: a restart of the server loses all jobs",
            "Set `appendonly yes`, unless losing jobs is acceptable.",
        ),
        (_, Some(_)) => Finding::warning(
            CHECK,
            "snapshots are kept and no append-only file: a crash loses the jobs since the last snapshot",
            "Set `appendonly yes`, unless losing the newest jobs is acceptable.",
        ),
        (_, None) => Finding::warning(
            CHECK,
            "no append-only file is kept, and whether snapshots are cannot be read here",
            "Make sure in your provider's settings that data survives a restart.",
        ),
    }
}

fn latency(facts: &ServerFacts) -> Finding {
    let median = facts.round_trips.get(facts.round_trips.len() / 2).copied().unwrap_or_default();
    let longest = facts.round_trips.last().copied().unwrap_or_default();
    let ms = |duration: Duration| format!("{:.2} ms", duration.as_secs_f64() * 1_000.0);
    let message = format!("a round trip takes {}, at most {}", ms(median), ms(longest));
    if median > SLOW_ROUND_TRIP {
        Finding::warning("latency", message, "Run workers in the same region and network as Redis.")
    } else {
        Finding::ok("latency", message)
    }
}

fn clock(facts: &ServerFacts) -> Finding {
    let skew = Duration::from_millis(facts.skew_ms.unsigned_abs());
    let direction = if facts.skew_ms < 0 { "behind" } else { "ahead of" };
    let message = match skew.as_millis() {
        0 => "the server's clock is this machine's".to_owned(),
        ms => format!("the server's clock is {ms} ms {direction} this machine's"),
    };
    let advice = "Let NTP set the clocks of all machines: delayed jobs are late or early by as much as they differ.";
    if skew >= SKEW_HARMFUL {
        Finding::problem("clock", message, advice)
    } else if skew >= SKEW_NOTICED {
        Finding::warning("clock", message, advice)
    } else {
        Finding::ok("clock", message)
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
