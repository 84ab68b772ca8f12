//! The same engine on every way to run Redis: cluster, sentinels, TLS, unix socket, ACL users.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use std::path::Path;

use support::NOW;
use synapse_queue_engine::connection::{Connection, ConnectionOptions, Endpoint, Node, Secret, TlsOptions};
use synapse_queue_engine::options::Retention;
use synapse_queue_engine::queue::{NewJob, Queue};
use synapse_queue_engine::scripts::{FinishKind, Scripts, SettleCall};
use synapse_queue_engine::wire::QueueKeys;
use synapse_queue_testing::{Durability, RedisCluster, RedisSentinels, RedisServer};

async fn add(queue: &Queue) -> String {
    let job = NewJob { name: "paint".into(), data: "{}".into(), options: String::new() };
    queue.add(vec![queue.prepare(job, NOW).unwrap()]).await.unwrap().remove(0).unwrap()
}

/// Adds a job, is woken by its marker, fetches and completes it; returns the queue for more.
async fn run_one_job(options: &ConnectionOptions, prefix: &str) -> Queue {
    let connection = Connection::shared(options).unwrap();
    let keys = QueueKeys::new(prefix, "queue").unwrap();
    let queue = Queue::new(connection.clone(), keys.clone(), "").unwrap();
    let scripts = Scripts::new(connection.clone(), keys.clone());

    let id = add(&queue).await;
    let mut blocking = connection.blocking("worker");
    let marker = blocking.wait_for_marker(&keys.marker(), std::time::Duration::from_secs(5)).await.unwrap();
    assert!(marker.is_some());
    let fetched = scripts
        .settle(SettleCall { fetch: Some(support::fetch(1)), now_ms: NOW, ..SettleCall::default() })
        .await
        .unwrap();
    assert_eq!(fetched.jobs[0].job.id, id);
    let kind = FinishKind::Completed { returnvalue: "1".into(), retention: Retention::keep_all() };
    let finishes = vec![support::finish(&fetched.jobs[0], kind)];
    let reply = scripts.settle(SettleCall { finishes, now_ms: NOW, ..SettleCall::default() }).await.unwrap();
    assert!(reply.finishes[0].is_ok());
    queue
}

fn node(port: u16) -> Node {
    Node { host: "127.0.0.1".into(), port }
}

#[tokio::test]
async fn a_cluster_serves_queues_with_a_hash_tag_on_every_node() {
    let cluster = RedisCluster::start().await;
    let nodes = vec![node(cluster.masters()[0].port())];
    let options = ConnectionOptions {
        endpoint: Endpoint::Cluster { nodes, address_map: vec![], tls: None },
        ..Default::default()
    };

    for tag in ["{alpha}", "{beta}", "{gamma}", "{delta}", "{epsilon}"] {
        run_one_job(&options, tag).await;
    }

    let mut nodes_with_keys = 0;
    for master in cluster.masters() {
        let mut redis = master.client().get_multiplexed_async_connection().await.unwrap();
        let size: u32 = redis::cmd("DBSIZE").query_async(&mut redis).await.unwrap();
        nodes_with_keys += u32::from(size > 0);
    }
    assert!(nodes_with_keys > 1, "the tags hash to several nodes");
}

#[tokio::test]
async fn after_a_failover_the_new_primary_takes_the_next_job() {
    let mut watched = RedisSentinels::start().await;
    let sentinels = watched.sentinel_ports().into_iter().map(node).collect();
    let primary = watched.primary_name().into();
    let endpoint = Endpoint::Sentinel {
        sentinels,
        primary,
        sentinel_username: None,
        sentinel_password: None,
        sentinel_tls: None,
        tls: None,
    };
    let options = ConnectionOptions { endpoint, ..ConnectionOptions::default() };
    let queue = run_one_job(&options, "bull").await;
    let patient = redis::AsyncConnectionConfig::new().set_response_timeout(None);
    let client = watched.primary().client();
    let mut redis = client.get_multiplexed_async_connection_with_config(&patient).await.unwrap();
    let replicated: u32 = redis::cmd("WAIT").arg(1).arg(5_000).query_async(&mut redis).await.unwrap();
    assert_eq!(replicated, 1);

    watched.primary().kill();
    let id = add(&queue).await;

    assert_eq!(id, "2");
    let mut redis = watched.replica().client().get_multiplexed_async_connection().await.unwrap();
    let waiting: Vec<String> =
        redis::cmd("LRANGE").arg("bull:queue:wait").arg(0).arg(-1).query_async(&mut redis).await.unwrap();
    assert_eq!(waiting, ["2"]);
}

#[tokio::test]
async fn a_unix_socket_serves_a_queue() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("redis.sock");
    let _server = RedisServer::start_with(Durability::Volatile, &["--unixsocket", &path.to_string_lossy()]);

    let options = ConnectionOptions::from_url(&format!("unix://{}", path.display())).unwrap();

    run_one_job(&options, "bull").await;
}

#[tokio::test]
async fn an_acl_user_limited_to_the_prefix_is_enough() {
    let acl = ["--user", "queue", "on", ">s3cret", "~bull:*", "+@all"];
    let server = RedisServer::start_with(Durability::Volatile, &acl);
    let url = format!("redis://queue:s3cret@127.0.0.1:{}/1", server.port());

    run_one_job(&ConnectionOptions::from_url(&url).unwrap(), "bull").await;
}

#[tokio::test]
async fn a_wrong_password_is_reported_at_once_and_not_repeated() {
    let server =
        RedisServer::start_with(Durability::Volatile, &["--user", "queue", "on", ">s3cret", "~bull:*", "+@all"]);
    let url = format!("redis://queue:wr0ng@127.0.0.1:{}", server.port());

    let error = Connection::shared(&ConnectionOptions::from_url(&url).unwrap()).unwrap().ready().await.unwrap_err();

    assert!(!error.to_string().contains("wr0ng"));
    assert!(error.to_string().contains("WRONGPASS"), "{error}");
}

/// A server that only speaks TLS and asks for a client certificate.
fn start_tls_server(folder: &Path) -> (RedisServer, TlsOptions) {
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(Vec::<String>::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    authority.distinguished_name.push(rcgen::DnType::CommonName, "test authority");
    let authority_certificate = authority.self_signed(&authority_key).unwrap();
    let issuer = rcgen::Issuer::from_params(&authority, &authority_key);
    let leaf_key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut leaf = rcgen::CertificateParams::new(names).unwrap();
    leaf.distinguished_name.push(rcgen::DnType::CommonName, "test server and client");
    let leaf = leaf.signed_by(&leaf_key, &issuer).unwrap();
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let authority_path = write("ca.pem", authority_certificate.pem());
    let (leaf_path, key_path) = (write("leaf.pem", leaf.pem()), write("leaf.key", leaf_key.serialize_pem()));
    let tls_port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port().to_string();
    let settings = [
        "--tls-port",
        &tls_port,
        "--tls-ca-cert-file",
        &authority_path,
        "--tls-cert-file",
        &leaf_path,
        "--tls-key-file",
        &key_path,
    ];
    let server = RedisServer::start_with(Durability::Volatile, &settings);
    let tls = TlsOptions {
        root_certificates: Some(authority_certificate.pem()),
        client_certificate: Some(leaf.pem()),
        client_key: Some(Secret(leaf_key.serialize_pem())),
        accepts_any_certificate: false,
    };
    std::fs::write(folder.join("port"), tls_port).unwrap();
    (server, tls)
}

#[tokio::test]
async fn tls_with_a_private_authority_and_a_client_certificate_serves_a_queue() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, tls) = start_tls_server(folder.path());
    let port = std::fs::read_to_string(folder.path().join("port")).unwrap().parse().unwrap();
    let endpoint = |tls| Endpoint::Tcp { host: "127.0.0.1".into(), port, tls: Some(tls) };

    run_one_job(&ConnectionOptions { endpoint: endpoint(tls.clone()), ..ConnectionOptions::default() }, "bull").await;

    let unknown_client = TlsOptions { client_certificate: None, client_key: None, ..tls };
    let options = ConnectionOptions { endpoint: endpoint(unknown_client), ..ConnectionOptions::default() };
    let connection = Connection::shared(&options).unwrap();
    let mut failures = connection.failures();
    let failure = tokio::select! {
        _ = connection.ready() => None,
        failure = failures.recv() => failure.ok(),
    };
    assert!(failure.is_some_and(|failure| failure.to_string().contains("CertificateRequired")));
}
