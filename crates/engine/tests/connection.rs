//! Faults of the wire: what was acknowledged took effect once, what could not be done is told in time.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use redis::AsyncCommands;
use support::{Fixture, NOW};
use synapse_queue_engine::connection::{Connection, ConnectionOptions, Patience, Reconnect};
use synapse_queue_engine::error::Error;
use synapse_queue_engine::options::Retention;
use synapse_queue_engine::queue::{NewJob, Queue};
use synapse_queue_engine::scripts::{FinishKind, Scripts, SettleCall};
use synapse_queue_engine::wire::QueueKeys;
use synapse_queue_testing::{Durability, Proxy, RedisServer, unique_prefix};

async fn queue_behind(proxy: &Proxy) -> (Queue, Scripts) {
    let options = ConnectionOptions::from_url(&proxy.url()).unwrap();
    let connection = Connection::shared(&options).unwrap();
    let keys = QueueKeys::new(&unique_prefix(), "queue").unwrap();
    let queue = Queue::new(connection.clone(), keys.clone(), "").unwrap();
    connection.ready().await.unwrap();
    (queue, Scripts::new(connection, keys))
}

async fn add(queue: &Queue) -> Result<Vec<String>, Error> {
    let job = NewJob { name: "paint".into(), data: "{}".into(), options: String::new() };
    queue.add(vec![queue.prepare(job, NOW)?]).await?.into_iter().collect()
}

#[tokio::test]
async fn an_add_whose_reply_was_lost_makes_one_job() {
    let server = RedisServer::shared();
    let proxy = Proxy::start(server.port()).await.unwrap();
    let (queue, _) = queue_behind(&proxy).await;
    add(&queue).await.unwrap();
    let mut ids = Vec::new();

    for _ in 0..25 {
        proxy.swallow_replies(1);
        ids.extend(add(&queue).await.unwrap());
        assert_eq!(proxy.replies_to_swallow(), 0);
    }

    let mut redis = server.client().get_multiplexed_async_connection().await.unwrap();
    let mut waiting: Vec<String> = redis.lrange(format!("{}wait", queue.keys().base()), 0, -1).await.unwrap();
    waiting.reverse();
    assert_eq!(waiting[1..], ids);
}

#[tokio::test]
async fn a_settle_whose_reply_was_lost_answers_as_if_it_had_not_been() {
    let proxy = Proxy::start(RedisServer::shared().port()).await.unwrap();
    let (queue, scripts) = queue_behind(&proxy).await;
    for _ in 0..3 {
        add(&queue).await.unwrap();
    }
    let fetched = scripts
        .settle(SettleCall { fetch: Some(support::fetch(1)), now_ms: NOW, ..SettleCall::default() })
        .await
        .unwrap();

    proxy.swallow_replies(1);
    let kind = FinishKind::Completed { returnvalue: "1".into(), retention: Retention::keep_all() };
    let finishes = vec![support::finish(&fetched.jobs[0], kind)];
    let reply = scripts
        .settle(SettleCall { finishes, fetch: Some(support::fetch(1)), now_ms: NOW, ..SettleCall::default() })
        .await
        .unwrap();

    assert_eq!(proxy.replies_to_swallow(), 0);
    assert_eq!(reply.finishes[0].as_ref().unwrap().attempts_made, 1);
    assert_eq!((reply.jobs[0].job.id.as_str(), reply.jobs[0].job.attempts_started), ("2", 1));
}

#[tokio::test]
async fn an_add_that_is_cut_at_any_byte_makes_one_job() {
    let server = RedisServer::shared();
    let proxy = Proxy::start(server.port()).await.unwrap();
    let (queue, _) = queue_behind(&proxy).await;
    let mut ids = add(&queue).await.unwrap();

    for cut in [Proxy::cut_request_after, Proxy::cut_reply_after] {
        for bytes in 0.. {
            cut(&proxy, bytes);
            ids.extend(add(&queue).await.unwrap());
            if proxy.call_off_cut() {
                assert!(bytes > 0, "no byte passed");
                break;
            }
        }
    }

    let mut redis = server.client().get_multiplexed_async_connection().await.unwrap();
    let mut waiting: Vec<String> = redis.lrange(format!("{}wait", queue.keys().base()), 0, -1).await.unwrap();
    waiting.reverse();
    assert_eq!(waiting, ids);
}

#[tokio::test]
async fn calls_go_on_after_connections_were_cut() {
    let proxy = Proxy::start(RedisServer::shared().port()).await.unwrap();
    let (queue, _) = queue_behind(&proxy).await;

    for expected in 1..=20 {
        proxy.sever();
        assert_eq!(add(&queue).await.unwrap(), [expected.to_string()]);
    }
}

#[tokio::test]
async fn a_restarted_server_is_found_again() {
    let mut server = RedisServer::start(Durability::Always);
    let mut fixture = Fixture::on(&server).await;
    fixture.add("").await;

    server.kill();
    let (id, ()) = tokio::join!(fixture.add(""), async { server.restart() });

    assert_eq!(id, "2");
    fixture.redis = server.client().get_multiplexed_async_connection().await.unwrap();
    assert_eq!(fixture.list("wait").await, ["2", "1"]);
}

#[tokio::test]
async fn a_call_with_a_deadline_says_that_redis_is_unavailable() {
    let mut server = RedisServer::start(Durability::Volatile);
    let options = ConnectionOptions::from_url(&server.url()).unwrap();
    let deadline = Duration::from_millis(200);
    let connection = Connection::shared(&options).unwrap().with_deadline(Some(deadline));
    let queue = Queue::new(connection, QueueKeys::new("bull", "queue").unwrap(), "").unwrap();
    server.kill();

    let error = add(&queue).await.unwrap_err();

    assert_eq!(
        (error.code(), error.to_string().as_str()),
        ("QUEUE_UNAVAILABLE", "Redis is unavailable: no answer within 200ms")
    );
}

#[tokio::test]
async fn adds_that_wait_behind_others_give_up_with_them_and_are_not_made_later() {
    let mut server = RedisServer::start(Durability::Volatile);
    let options = ConnectionOptions::from_url(&server.url()).unwrap();
    let deadline = Duration::from_millis(300);
    let connection = Connection::shared(&options).unwrap().with_deadline(Some(deadline));
    let queue = Queue::new(connection, QueueKeys::new("bull", "queue").unwrap(), "").unwrap();
    server.kill();

    let started = std::time::Instant::now();
    let results = futures_util::future::join_all((0..2_000).map(|_| add(&queue))).await;

    assert!(started.elapsed() < 2 * deadline, "{:?}", started.elapsed());
    assert!(results.iter().all(|result| matches!(result, Err(error) if error.code() == "QUEUE_UNAVAILABLE")));
    server.restart();
    assert_eq!(add(&queue).await.unwrap(), ["1"]);
}

#[tokio::test]
async fn a_refused_connection_is_given_up_after_the_allowed_attempts() {
    let mut server = RedisServer::start(Durability::Volatile);
    let retry = Arc::new(Reconnect { max_attempts: Some(1), ..Reconnect::default() });
    let options = ConnectionOptions::from_url(&server.url()).unwrap();
    server.kill();
    let connection = Connection::shared(&options).unwrap();
    let mut failures = connection.failures();

    let error = connection.with_patience(Patience { retry, ..Patience::default() }).ready().await.unwrap_err();

    assert_eq!(failures.recv().await.unwrap().to_string(), error.to_string());

    assert_eq!(error.to_string(), format!("connect ECONNREFUSED 127.0.0.1:{}", server.port()));
    assert_eq!(error.code(), "ECONNREFUSED");
}

#[tokio::test]
async fn a_handle_that_gives_up_leaves_the_others_waiting() {
    let mut server = RedisServer::start(Durability::Volatile);
    let patient = Connection::shared(&ConnectionOptions::from_url(&server.url()).unwrap()).unwrap();
    let retry = Arc::new(Reconnect { max_attempts: Some(2), ..Reconnect::default() });
    let hasty = patient.with_patience(Patience { retry, ..Patience::default() });
    server.kill();

    let waiting = tokio::spawn(async move { patient.ready().await });
    let error = hasty.ready().await.unwrap_err();
    assert_eq!(error.code(), "ECONNREFUSED");

    server.restart();
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn without_an_offline_queue_calls_fail_at_once_and_go_on_when_the_server_is_back() {
    let mut server = RedisServer::start(Durability::Volatile);
    let options = ConnectionOptions::from_url(&server.url()).unwrap();
    let patience = Patience { queues_while_offline: false, ..Patience::default() };
    let connection = Connection::shared(&options).unwrap().with_patience(patience);
    let queue = Queue::new(connection.clone(), QueueKeys::new("bull", "queue").unwrap(), "").unwrap();
    connection.ready().await.unwrap();
    server.kill();

    for _ in 0..3 {
        let error = add(&queue).await.unwrap_err();
        assert_eq!(error.to_string(), "Stream isn't writeable and enableOfflineQueue options is false");
    }

    server.restart();
    // Opened again although no call waits for it.
    while !connection.is_connected() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(add(&queue).await.unwrap(), ["1"]);
}

#[tokio::test]
async fn a_call_outlives_only_the_allowed_attempts_to_connect() {
    let mut server = RedisServer::start(Durability::Volatile);
    let options = ConnectionOptions::from_url(&server.url()).unwrap();
    let patience = Patience { max_retries: Some(1), ..Patience::default() };
    let queue = Queue::new(
        Connection::shared(&options).unwrap().with_patience(patience),
        QueueKeys::new("bull", "queue").unwrap(),
        "",
    )
    .unwrap();
    add(&queue).await.unwrap();
    server.kill();

    let error = add(&queue).await.unwrap_err();

    assert!(error.to_string().starts_with("Reached the max retries per request limit (which is 1)."), "{error}");
}

#[tokio::test]
async fn a_thousand_handles_share_one_socket() {
    let proxy = Proxy::start(RedisServer::shared().port()).await.unwrap();
    let options = ConnectionOptions::from_url(&proxy.url()).unwrap();

    let handles: Vec<_> = (0..1_000).map(|_| Connection::shared(&options).unwrap()).collect();
    futures_util::future::join_all(handles.iter().map(Connection::ready)).await.into_iter().for_each(Result::unwrap);

    assert_eq!(proxy.connections(), 1);
}

#[tokio::test]
async fn a_marker_wakes_a_blocked_wait_and_a_dropped_wait_is_no_harm() {
    let mut fixture = Fixture::new().await;
    let marker = fixture.queue.keys().marker();
    let mut blocking = fixture.queue.connection().blocking("bull:cXVldWU=");

    let dropped =
        tokio::time::timeout(Duration::from_millis(20), blocking.wait_for_marker(&marker, Duration::from_secs(5)))
            .await;
    assert!(dropped.is_err());
    let add = async {
        fixture.add("").await;
    };
    let (woken, ()) = tokio::join!(blocking.wait_for_marker(&marker, Duration::from_secs(5)), add);

    assert!(woken.unwrap().is_some_and(|marker| marker.due_ms == 0.0));
    let clients: String = redis::cmd("CLIENT").arg("LIST").query_async(&mut fixture.redis).await.unwrap();
    assert!(clients.contains("name=bull:cXVldWU="));
}
