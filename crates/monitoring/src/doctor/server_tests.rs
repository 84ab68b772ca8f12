use super::super::Severity;
use super::*;

fn healthy() -> ServerFacts {
    let info =
        "redis_version:7.2.4\r\nused_memory:10\r\nmaxmemory:100\r\naof_enabled:1\r\nrdb_last_bgsave_status:ok\r\n";
    ServerFacts {
        info: info_fields(info),
        maxmemory_policy: Some("noeviction".into()),
        save: Some("3600 1".into()),
        round_trips: vec![Duration::from_micros(100); PINGS],
        skew_ms: 3,
    }
}

fn severity_of(check: &str, facts: &ServerFacts) -> Severity {
    let findings = server_findings(facts);
    let mut found = findings.iter().filter(|finding| finding.check == check);
    found.next().expect("every check has a finding").severity
}

fn with_info(field: &str, value: &str) -> ServerFacts {
    let mut facts = healthy();
    facts.info.insert(field.into(), value.into());
    facts
}

#[test]
fn nothing_is_wrong_with_a_healthy_server() {
    let findings = server_findings(&healthy());
    assert!(
        findings.iter().all(|finding| finding.severity == Severity::Ok && finding.advice.is_none()),
        "{findings:?}"
    );
    assert_eq!(findings.len(), 6);
}

#[test]
fn versions_below_6_2_are_too_old() {
    let versions =
        [("6.0.16", Severity::Problem), ("6.2.0", Severity::Ok), ("10.0", Severity::Ok), ("x", Severity::Problem)];
    for (version, severity) in versions {
        assert_eq!(severity_of("version", &with_info("redis_version", version)), severity, "{version}");
    }
    let valkey = server_findings(&with_info("valkey_version", "9.1.0"));
    assert_eq!(valkey[0].message, "Valkey 9.1.0 (compatible with Redis 7.2.4)");
}

#[test]
fn every_policy_but_noeviction_loses_jobs() {
    let facts = ServerFacts { maxmemory_policy: Some("allkeys-lru".into()), ..healthy() };
    assert_eq!(severity_of("maxmemory-policy", &facts), Severity::Problem);
    let unknown = ServerFacts { maxmemory_policy: None, ..healthy() };
    assert_eq!(severity_of("maxmemory-policy", &unknown), Severity::Warning);
}

#[test]
fn a_server_that_is_almost_full_is_a_problem() {
    assert_eq!(severity_of("memory", &with_info("used_memory", "91")), Severity::Problem);
    let unlimited = server_findings(&with_info("maxmemory", "0"));
    assert!(unlimited.iter().all(|finding| finding.check != "memory"));
}

#[test]
fn jobs_that_a_restart_loses_are_warned_of() {
    for save in [Some(""), Some("3600 1"), None] {
        let facts = ServerFacts { save: save.map(Into::into), ..with_info("aof_enabled", "0") };
        assert_eq!(severity_of("persistence", &facts), Severity::Warning, "{save:?}");
    }
    assert_eq!(severity_of("persistence", &with_info("rdb_last_bgsave_status", "err")), Severity::Problem);
}

#[test]
fn a_far_server_and_a_wrong_clock_are_told() {
    let far = ServerFacts { round_trips: vec![Duration::from_millis(8)], ..healthy() };
    assert_eq!(severity_of("latency", &far), Severity::Warning);
    for (skew_ms, severity) in [(999, Severity::Ok), (-1_000, Severity::Warning), (-30_000, Severity::Problem)] {
        assert_eq!(severity_of("clock", &ServerFacts { skew_ms, ..healthy() }), severity, "{skew_ms}");
    }
}
