//! Flows that come in several calls, looked at between the calls; and calls that are repeated.

use redis::AsyncCommands;
use synapse_queue_testing::{RedisServer, unique_prefix};

use super::super::settle::{Fetch, Finish, FinishKind, SettleCall};
use super::*;
use crate::connection::{Connection, ConnectionOptions};
use crate::options::Retention;
use crate::scripts::ParentLink;

const NOW: i64 = 1_800_000_000_000;

struct Fixture {
    scripts: Scripts,
    redis: redis::aio::MultiplexedConnection,
    held: HeldFlow,
}

impl Fixture {
    async fn new() -> Self {
        let server = RedisServer::shared();
        let connection = Connection::shared(&ConnectionOptions::from_url(&server.url()).unwrap()).unwrap();
        let scripts = Scripts::new(connection, QueueKeys::new(&unique_prefix(), "queue").unwrap());
        let redis = server.client().get_multiplexed_async_connection().await.unwrap();
        Self { scripts, redis, held: HeldFlow { id: "flow".into(), hold: Duration::from_mins(1) } }
    }

    /// A root that is held, and a child `child` of it that is added; the child's rule for its failure, if any, is set.
    async fn half_added(rule: &str) -> Self {
        let fixture = Self::new().await;
        fixture.add(&[(FlowRole::Held, job("root"))]).await;
        let link = format!(r#"{{"id":"root","queueKey":"x"{rule}}}"#);
        fixture.add(&[(FlowRole::Leaf, fixture.child("child", &link))]).await;
        fixture
    }

    fn child(&self, id: &str, json: &str) -> EncodedJob {
        let parent = ParentLink { key: self.scripts.keys().job("root"), json: json.into() };
        let links = JobLinks { parent: Some(parent), deduplication: None };
        EncodedJob { links: Some(Box::new(links)), ..job(id) }
    }

    async fn add(&self, jobs: &[(FlowRole, EncodedJob)]) {
        let entries: Vec<_> =
            jobs.iter().map(|(role, job)| FlowEntry { role: *role, queue: self.scripts.keys(), job }).collect();
        for answer in self.scripts.add_flow(&entries, Some(&self.held), NOW).await.unwrap() {
            answer.unwrap();
        }
    }

    async fn end_child(&self, kind: FinishKind) {
        let token = "token".to_owned();
        let tokens = vec![token.clone()];
        let fetch = Fetch {
            tokens,
            lock_duration: Duration::from_secs(30),
            limiter: None,
            worker_name: None,
            took_marker: true,
        };
        let call = SettleCall { fetch: Some(fetch), now_ms: NOW, ..SettleCall::default() };
        let job_id = self.scripts.settle(call).await.unwrap().jobs.remove(0).job.id;
        let call = SettleCall {
            finishes: vec![Finish { job_id, token, kind, last_parts: Vec::new() }],
            now_ms: NOW,
            ..SettleCall::default()
        };
        self.scripts.settle(call).await.unwrap().finishes.remove(0).unwrap();
    }

    async fn root_state(&self) -> String {
        self.scripts.job_state("root").await.unwrap()
    }
}

fn job(id: &str) -> EncodedJob {
    EncodedJob {
        id: Some(id.into()),
        name: "paint".into(),
        data: "{}".into(),
        opts: "{}".into(),
        timestamp: NOW,
        delay: 0,
        priority: 0,
        lifo: false,
        links: None,
    }
}

fn failed() -> FinishKind {
    let (reason, stacktrace) = ("boom".into(), "[]".into());
    FinishKind::Failed { reason, stacktrace, retention: Retention::keep_all(), attempts: 1 }
}

#[tokio::test]
async fn what_a_dead_producer_leaves_is_no_job_and_expires() {
    let mut fixture = Fixture::half_added("").await;
    let keys = fixture.scripts.keys().clone();

    assert_eq!(fixture.root_state().await, "unknown");
    for key in [keys.job("root"), keys.job_dependencies("root")] {
        assert!(fixture.redis.ttl::<_, i64>(key).await.unwrap() > 0);
    }
}

#[tokio::test]
async fn a_root_waits_for_children_that_were_added_before_it() {
    let mut fixture = Fixture::half_added("").await;

    fixture.add(&[(FlowRole::Parent, job("root"))]).await;

    assert_eq!(fixture.root_state().await, "waiting-children");
    let keys = fixture.scripts.keys().clone();
    assert_eq!(fixture.redis.ttl::<_, i64>(keys.job("root")).await.unwrap(), -1);
    assert_eq!(fixture.redis.ttl::<_, i64>(keys.job_dependencies("root")).await.unwrap(), -1);
}

#[tokio::test]
async fn what_children_did_before_their_root_was_added_counts() {
    let done = FinishKind::Completed { returnvalue: "1".into(), retention: Retention::keep_all() };
    let ends = [
        ("", done),
        (r#","fpof":true"#, failed()),
        (r#","cpof":true"#, failed()),
        (r#","idof":true"#, failed()),
        (r#","rdof":true"#, failed()),
    ];
    for (rule, end) in ends {
        let mut fixture = Fixture::half_added(rule).await;
        fixture.end_child(end).await;
        if rule.contains("pof") {
            // These end the wait although another child is open.
            fixture.add(&[(FlowRole::Leaf, fixture.child("open", "{}"))]).await;
        }

        fixture.add(&[(FlowRole::Parent, job("root"))]).await;

        assert_eq!(fixture.root_state().await, "waiting", "{rule}");
        let reason: Option<String> = fixture.redis.hget(fixture.scripts.keys().job("root"), "defa").await.unwrap();
        assert_eq!(reason.is_some(), rule.contains("fpof"));
    }
}

#[tokio::test]
async fn a_child_without_a_rule_that_failed_before_is_waited_for() {
    let fixture = Fixture::half_added("").await;
    fixture.end_child(failed()).await;

    fixture.add(&[(FlowRole::Parent, job("root"))]).await;

    assert_eq!(fixture.root_state().await, "waiting-children");
}

#[tokio::test]
async fn a_repeated_call_adds_its_jobs_once() {
    let mut fixture = Fixture::new().await;
    let (root, child) = (job("root"), fixture.child("child", "{}"));
    let queue = fixture.scripts.keys();
    let entries = [
        FlowEntry { role: FlowRole::Parent, queue, job: &root },
        FlowEntry { role: FlowRole::Leaf, queue, job: &child },
    ];
    let args = arguments(&entries, None, NOW);

    let first = fixture.scripts.eval(&source::ADD_FLOW, &args).await.unwrap();
    assert_eq!(fixture.scripts.eval(&source::ADD_FLOW, &args).await.unwrap(), first);

    let keys = fixture.scripts.keys().clone();
    let waiting: Vec<String> = fixture.redis.lrange(keys.named("wait"), 0, -1).await.unwrap();
    assert_eq!(waiting, ["child"]);
    assert_eq!(fixture.redis.get::<_, i64>(keys.named("id")).await.unwrap(), 2);
}
