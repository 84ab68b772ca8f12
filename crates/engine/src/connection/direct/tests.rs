use std::cell::RefCell;
use std::net::{Ipv4Addr, TcpListener};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread::{self, ThreadId};

use synapse_queue_testing::RedisServer;
use tokio::runtime::Runtime;

use super::*;
use crate::connection::event_loop::{EventLoop, Watch, set_event_loop};

/// More calls than it takes to let the event loop wait.
const MANY: usize = 40;

const LIMIT: Duration = Duration::from_secs(10);

/// The test's thread as that of an event loop which turns when the test says so.
struct Looping {
    runtime: Runtime,
    socket: Option<DirectSocket>,
    watched: Rc<RefCell<Option<Replies>>>,
}

struct Watcher(Rc<RefCell<Option<Replies>>>);

impl EventLoop for Watcher {
    fn watch(&self, replies: Replies) {
        self.0.replace(Some(replies));
    }
}

impl Looping {
    fn start() -> Self {
        let watched = Rc::new(RefCell::new(None));
        set_event_loop(Box::new(Watcher(Rc::clone(&watched))));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let endpoint = Endpoint::Tcp { host: "127.0.0.1".into(), port: RedisServer::shared().port(), tls: None };
        let socket = runtime.block_on(DirectSocket::connect(&endpoint, None)).unwrap();
        Self { runtime, socket: Some(socket), watched }
    }

    fn send(&self, command: &str) -> mpsc::Receiver<(bool, ThreadId)> {
        let (sender, answer) = mpsc::channel();
        let told = move |reply: RedisResult<Value>| sender.send((reply.is_ok(), thread::current().id())).unwrap();
        let socket = self.socket.as_ref().expect("an open socket");
        self.runtime.block_on(async { socket.send(Owner::EventLoop, &(&redis::cmd(command)).into(), Box::new(told)) });
        answer
    }

    /// Turns the loop once; `None` if nothing is watched.
    fn turn(&self) -> Option<Watch> {
        let watch = self.watched.borrow().as_ref().map(|replies| self.runtime.block_on(async { replies.read() }));
        if watch == Some(Watch::Ends) {
            self.watched.take();
        }
        watch
    }

    /// Turns the loop until the answer has come, and says whether that came on its thread.
    fn answered_by_loop(&self, answer: &mpsc::Receiver<(bool, ThreadId)>) -> bool {
        let begun = std::time::Instant::now();
        loop {
            self.turn();
            match answer.try_recv() {
                Ok((is_ok, thread)) => {
                    assert!(is_ok);
                    return thread == thread::current().id();
                }
                Err(mpsc::TryRecvError::Empty) => assert!(begun.elapsed() < LIMIT, "no answer"),
                Err(mpsc::TryRecvError::Disconnected) => panic!("the answer is lost"),
            }
        }
    }

    fn call_until_it_waits(&self) {
        for _ in 0..MANY {
            if self.answered_by_loop(&self.send("PING")) {
                return;
            }
        }
        panic!("the loop never waits for a reply");
    }
}

#[test]
fn a_loop_that_makes_calls_gets_their_replies_on_its_own_thread() {
    let looping = Looping::start();
    looping.call_until_it_waits();
    for _ in 0..MANY {
        assert!(looping.answered_by_loop(&looping.send("PING")));
    }
}

#[test]
fn a_loop_that_does_not_turn_is_not_waited_for() {
    let looping = Looping::start();
    looping.call_until_it_waits();
    let (is_ok, thread) = looping.send("PING").recv_timeout(LIMIT).unwrap();
    assert!(is_ok && thread != thread::current().id());
    assert_eq!(looping.turn(), Some(Watch::Ends));
}

#[test]
fn a_call_of_another_thread_takes_the_replies_from_the_loop() {
    let looping = Looping::start();
    looping.call_until_it_waits();
    let socket = looping.socket.clone().unwrap();
    let pong = looping.runtime.block_on(async {
        tokio::spawn(async move { socket.request((&redis::cmd("PING")).into()).await }).await.unwrap()
    });
    assert_eq!(pong.unwrap(), Value::SimpleString("PONG".into()));
    assert_eq!(looping.turn(), Some(Watch::Ends));
    looping.call_until_it_waits();
}

#[test]
fn calls_of_the_engine_itself_take_the_replies_from_the_loop() {
    let looping = Looping::start();
    looping.call_until_it_waits();
    let (sender, answer) = mpsc::channel();
    let told = move |reply: RedisResult<Value>| sender.send((reply.is_ok(), thread::current().id())).unwrap();
    let socket = looping.socket.as_ref().unwrap();
    looping.runtime.block_on(async { socket.send(Owner::Engine, &(&redis::cmd("PING")).into(), Box::new(told)) });
    let (is_ok, thread) = answer.recv_timeout(LIMIT).unwrap();
    assert!(is_ok && thread != thread::current().id());
    assert_eq!(looping.turn(), Some(Watch::Ends));
}

#[test]
fn long_replies_take_the_loop_off_the_socket_and_are_all_answered() {
    let looping = Looping::start();
    looping.call_until_it_waits();
    let is_taken_off = (0..MANY).any(|_| !looping.answered_by_loop(&looping.send("COMMAND")));
    assert!(is_taken_off);
}

#[test]
fn a_watch_that_is_dropped_gives_the_replies_back() {
    let looping = Looping::start();
    looping.call_until_it_waits();
    looping.watched.take();
    let (is_ok, thread) = looping.send("PING").recv_timeout(LIMIT).unwrap();
    assert!(is_ok && thread != thread::current().id());
}

#[test]
fn a_socket_that_ends_while_the_loop_waits_fails_its_calls() {
    let looping = Looping::start();
    looping.call_until_it_waits();
    let answer = looping.send("QUIT");
    assert!(looping.answered_by_loop(&answer));
    let begun = std::time::Instant::now();
    while looping.watched.borrow().is_some() {
        looping.turn();
        assert!(begun.elapsed() < LIMIT, "the end of the socket is not noticed");
    }
    let (is_ok, _thread) = looping.send("PING").recv_timeout(LIMIT).unwrap();
    assert!(!is_ok);
}

#[cfg(unix)]
#[test]
fn a_socket_that_is_dropped_ends_the_watch_and_closes() {
    let mut looping = Looping::start();
    looping.call_until_it_waits();
    let descriptor = looping.watched.borrow().as_ref().unwrap().descriptor().unwrap();
    looping.socket = None;
    let begun = std::time::Instant::now();
    while looping.turn().is_some() {
        assert!(begun.elapsed() < LIMIT, "the watch goes on");
    }
    let mut stream = std::net::TcpStream::from(descriptor);
    stream.set_nonblocking(false).unwrap();
    assert_eq!(io::Read::read(&mut stream, &mut [0; 1]).unwrap(), 0);
}

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
                socket.send(Owner::EventLoop, &(&redis::cmd("PING")).into(), Box::new(answered));
                std::thread::sleep(Duration::from_millis(20)); // The first is answered by a reset.
            }
            socket.request((&redis::cmd("PING")).into()).await.unwrap_err();
        });
    });
    for _ in 0..3 {
        assert_eq!(answers.recv_timeout(Duration::from_secs(10)), Ok(true));
    }
}
