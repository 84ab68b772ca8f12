//! What becomes of an id when its holder ends.

use redis::AsyncCommands;
use synapse_queue_engine::options::Retention;
use synapse_queue_engine::scripts::FinishKind;

use super::rules;
use crate::support::Fixture;

#[tokio::test]
async fn an_id_is_free_when_its_job_completes() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules("")).await;
    let holder = fixture.take().await;

    fixture.complete(&holder).await;

    assert_eq!(fixture.holder().await, None);
    assert_eq!(fixture.add(&rules("")).await, "2");
}

#[tokio::test]
async fn an_id_is_free_when_its_job_has_failed_for_good() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules("")).await;
    let holder = fixture.take().await;

    let (reason, stacktrace) = ("boom".to_owned(), "[]".to_owned());
    let later = FinishKind::Retry { reason: reason.clone(), stacktrace: stacktrace.clone(), lifo: false };
    fixture.end(&holder, later).await;
    assert_eq!(fixture.holder().await.as_deref(), Some("1"));

    let holder = fixture.take().await;
    let failed = FinishKind::Failed { reason, stacktrace, retention: Retention::keep(0), attempts: 2 };
    fixture.end(&holder, failed).await;
    assert_eq!(fixture.holder().await, None);
}

#[tokio::test]
async fn an_id_with_a_time_to_live_outlives_its_job() {
    for retention in [Retention::keep_all(), Retention::keep(0)] {
        let mut fixture = Fixture::new().await;
        fixture.add(&rules(r#","ttl":50000"#)).await;
        let holder = fixture.take().await;

        fixture.end(&holder, FinishKind::Completed { returnvalue: "1".into(), retention }).await;

        assert_eq!(fixture.add(&rules("")).await, "1");
        assert_eq!(fixture.held_for_s().await, 50);
    }
}

#[tokio::test]
async fn an_id_that_another_job_holds_stays() {
    let mut fixture = Fixture::new().await;
    fixture.add(&rules("")).await;
    let former = fixture.take().await;
    let key = fixture.key("de:x");
    let _: () = fixture.redis.set(key, "9").await.unwrap();

    fixture.complete(&former).await;

    assert_eq!(fixture.holder().await.as_deref(), Some("9"));
}
