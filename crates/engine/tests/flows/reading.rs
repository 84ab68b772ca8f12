//! Flows that are read back.

use redis::AsyncCommands;
use synapse_queue_engine::flow::{FlowNode, FlowProducer, FlowRange};

use super::{add, add_family, completed, elsewhere, end_next, failed, job, job_with};
use crate::support::Fixture;

const WHOLE: FlowRange = FlowRange { depth: 10, max_children: 20 };

async fn read(fixture: &Fixture, id: &str, range: FlowRange) -> Option<FlowNode> {
    let flows = FlowProducer::new(fixture.queue.connection().clone());
    flows.flow(fixture.queue.keys().clone(), id, range).await.unwrap()
}

/// A node as `id(children)`.
fn outline(node: &FlowNode) -> String {
    let children: Vec<_> = node.children.iter().map(outline).collect();
    if children.is_empty() { node.job.id.clone() } else { format!("{}({})", node.job.id, children.join(" ")) }
}

#[tokio::test]
async fn a_flow_is_read_over_all_its_queues_down_to_the_depth_asked_for() {
    let fixture = Fixture::new().await;
    let jobs = vec![
        job(&fixture, "root", None),
        elsewhere(&fixture, job(&fixture, "twig", Some(0))),
        job(&fixture, "leaf", Some(1)),
    ];
    add(&fixture, jobs).await;

    let flow = read(&fixture, "root", WHOLE).await.unwrap();
    assert_eq!(outline(&flow), "root(twig(leaf))");
    assert_eq!(flow.children[0].queue.queue(), "elsewhere");
    for (depth, expected) in [(1, "root"), (2, "root(twig)"), (3, "root(twig(leaf))")] {
        let flow = read(&fixture, "root", FlowRange { depth, ..WHOLE }).await.unwrap();
        assert_eq!(outline(&flow), expected);
    }
}

#[tokio::test]
async fn completed_children_come_first_then_open_failed_and_ignored_ones() {
    let fixture = Fixture::new().await;
    let mut jobs = vec![job(&fixture, "root", None)];
    let options = [
        r#"{"jobId":"done"}"#,
        r#"{"jobId":"ignored","ignoreDependencyOnFailure":true}"#,
        r#"{"jobId":"bad","failParentOnFailure":true}"#,
        r#"{"jobId":"open"}"#,
    ];
    jobs.extend(options.map(|options| job_with(&fixture, options, Some(0))));
    add(&fixture, jobs).await;
    end_next(&fixture, "done", completed).await;
    end_next(&fixture, "ignored", failed).await;
    end_next(&fixture, "bad", failed).await;

    let flow = read(&fixture, "root", WHOLE).await.unwrap();

    assert_eq!(outline(&flow), "root(done open bad ignored)");
}

#[tokio::test]
async fn jobs_that_were_removed_are_left_out() {
    let mut fixture = Fixture::new().await;
    add_family(&fixture, "root", &["gone", "there"]).await;
    let key = fixture.key("gone");
    let _: () = fixture.redis.del(key).await.unwrap();

    assert_eq!(outline(&read(&fixture, "root", WHOLE).await.unwrap()), "root(there)");
    assert!(read(&fixture, "nobody", WHOLE).await.is_none());
}
