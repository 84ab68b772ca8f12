use super::support::{Fixture, NOW};
use super::{following, id_at};

#[tokio::test]
async fn schedulers_that_go_on_twice_at_once_add_one_job() {
    let mut fixture = Fixture::new().await;
    let job = fixture.upsert(r#"{"every":5000}"#).await;
    let next = [following(&job, NOW)];
    let (one, other) =
        tokio::join!(fixture.scripts.next_iterations(&next, NOW), fixture.scripts.next_iterations(&next, NOW));
    assert_eq!(one.unwrap() + other.unwrap(), 1);
    assert_eq!(fixture.live().await, [id_at(0), id_at(5_000)]);
}
