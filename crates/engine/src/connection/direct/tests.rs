use std::net::{Ipv4Addr, TcpListener};
use std::sync::mpsc;

use super::*;

/// Its reader has not run yet, and the server is gone already.
async fn abandoned_socket() -> DirectSocket {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let endpoint = Endpoint::Tcp { host: "127.0.0.1".into(), port: listener.local_addr().unwrap().port(), tls: None };
    let socket = DirectSocket::connect(&endpoint, None).await.unwrap();
    drop(listener.accept().unwrap());
    socket
}

#[test]
fn a_write_that_fails_before_the_reader_knows_ends_the_socket() {
    let (sender, answers) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let socket = abandoned_socket().await;
            for _ in 0..3 {
                let sender = sender.clone();
                let answered = move |reply: RedisResult<Value>| sender.send(reply.is_err()).unwrap();
                socket.send(&(&redis::cmd("PING")).into(), Box::new(answered));
                std::thread::sleep(Duration::from_millis(20)); // The first is answered by a reset.
            }
            socket.request((&redis::cmd("PING")).into()).await.unwrap_err();
        });
    });
    for _ in 0..3 {
        assert_eq!(answers.recv_timeout(Duration::from_secs(10)), Ok(true));
    }
}
