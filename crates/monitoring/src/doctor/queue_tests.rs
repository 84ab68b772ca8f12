use super::super::Severity;
use super::*;

fn worked_on() -> QueueFacts {
    QueueFacts { version: Some("bullmq:6.7.0".into()), workers: 2, orphans: Some(0), ..QueueFacts::default() }
}

fn found<'f>(check: &str, findings: &'f [Finding]) -> &'f Finding {
    findings.iter().find(|finding| finding.check == check).expect("every check has a finding")
}

fn severity_of(check: &str, facts: &QueueFacts) -> Severity {
    found(check, &queue_findings(facts)).severity
}

#[test]
fn nothing_is_wrong_with_a_queue_that_is_worked_on() {
    let findings = queue_findings(&worked_on());
    assert!(
        findings.iter().all(|finding| finding.severity == Severity::Ok && finding.advice.is_none()),
        "{findings:?}"
    );
    assert_eq!(findings.len(), 8);
}

#[test]
fn orphans_are_only_told_when_they_were_looked_for() {
    let quick = queue_findings(&QueueFacts { orphans: None, ..worked_on() });
    assert!(quick.iter().all(|finding| finding.check != "orphans"));
    assert_eq!(severity_of("orphans", &QueueFacts { orphans: Some(3), ..worked_on() }), Severity::Warning);
}

#[test]
fn other_major_releases_and_missing_queues_are_told() {
    for version in [Some("bullmq:5.76.10"), Some("bullmq:7.0.0"), Some("?"), None] {
        let facts = QueueFacts { version: version.map(Into::into), ..worked_on() };
        assert_eq!(severity_of("written by", &facts), Severity::Warning, "{version:?}");
    }
}

#[test]
fn a_paused_queue_is_told() {
    assert_eq!(severity_of("waiting", &QueueFacts { is_paused: true, ..worked_on() }), Severity::Warning);
}

#[test]
fn jobs_that_wait_long_or_are_overdue_are_told() {
    let inspection = |oldest_waiting, overdue, longest_overdue| QueueFacts {
        inspection: Inspection { oldest_waiting, overdue, longest_overdue, ..Inspection::default() },
        ..worked_on()
    };
    let late = inspection(Some(Duration::from_mins(6)), 2, Duration::from_mins(2));
    assert_eq!((severity_of("waiting", &late), severity_of("delayed", &late)), (Severity::Warning, Severity::Problem));
    let fine = inspection(Some(Duration::from_secs(2)), 2, Duration::from_secs(2));
    assert_eq!((severity_of("waiting", &fine), severity_of("delayed", &fine)), (Severity::Ok, Severity::Ok));
}

#[test]
fn what_was_lost_is_named_and_long_lists_are_cut() {
    let ids: Vec<String> = (1..=7).map(|n| n.to_string()).collect();
    let facts = QueueFacts {
        inspection: Inspection { abandoned: ids, ..Inspection::default() },
        stuck_schedulers: vec!["nightly".into()],
        ..worked_on()
    };
    let findings = queue_findings(&facts);
    assert_eq!(found("stalled", &findings).message, "7 active jobs have lost their workers: 1, 2, 3, 4, 5, …");
    assert_eq!(found("schedulers", &findings).message, "1 scheduler is without a next job: nightly");
}
