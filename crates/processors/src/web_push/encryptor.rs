//! Encryption beside the I/O thread.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::available_parallelism;

use tokio::sync::oneshot;

use super::encryption::{EncryptionError, RecipientKeys, encrypt};
use super::message::Message;

type Body = Result<Vec<u8>, EncryptionError>;

/// Encrypts on the blocking pool, on as many of its threads at once as there are cores: a batch keeps all of them busy, and neither Redis
/// nor the connections wait for it.
///
/// A thread goes on with whatever waits, so that under load none is woken for a single message.
pub(super) struct Encryptor {
    queue: Arc<Mutex<Queue>>,
    threads_max: usize,
}

#[derive(Default)]
struct Queue {
    /// Bounded by the deliveries in flight, each of which waits for its own.
    waiting: VecDeque<Order>,
    threads: usize,
}

struct Order {
    message: Arc<Message>,
    recipient: RecipientKeys,
    done: oneshot::Sender<Body>,
}

impl Encryptor {
    pub(super) fn new() -> Self {
        Self { queue: Arc::default(), threads_max: available_parallelism().map_or(1, NonZeroUsize::get) }
    }

    /// As [`encrypt`], for the message's payload.
    pub(super) async fn encrypt(&self, message: &Arc<Message>, recipient: RecipientKeys) -> Body {
        let (done, body) = oneshot::channel();
        let starts_thread = {
            let mut queue = lock(&self.queue);
            queue.waiting.push_back(Order { message: Arc::clone(message), recipient, done });
            let starts = queue.threads < self.threads_max;
            queue.threads += usize::from(starts);
            starts
        };
        if starts_thread {
            let queue = Arc::clone(&self.queue);
            tokio::task::spawn_blocking(move || work(&queue));
        }
        // A panic of the encryption becomes one of the job, which the engine turns into a failure.
        body.await.expect("encryption does not panic")
    }
}

/// Encrypts until nothing waits.
fn work(queue: &Mutex<Queue>) {
    while let Some(Order { message, recipient, done }) = next(queue) {
        // Nobody wants the body of a delivery that was given up.
        if done.is_closed() {
            continue;
        }
        let encrypted = catch_unwind(AssertUnwindSafe(|| encrypt(message.payload.as_bytes(), &recipient)));
        if let Ok(body) = encrypted {
            done.send(body).ok();
        }
    }
}

/// `None` ends the thread: it is not counted any more.
fn next(queue: &Mutex<Queue>) -> Option<Order> {
    let mut queue = lock(queue);
    let order = queue.waiting.pop_front();
    queue.threads -= usize::from(order.is_none());
    order
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().expect("no code panics while it holds this lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn more_messages_than_threads_are_all_encrypted_and_no_thread_stays_counted() {
        let encryptor = Encryptor::new();
        let message = Arc::new(Message { payload: "hello".into(), ttl: None, urgency: None, topic: None });
        let (public, auth) = (
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        );
        let recipient = RecipientKeys::parse(public, auth).unwrap();

        let bodies = (0..50).map(|_| encryptor.encrypt(&message, recipient.clone()));
        let bodies = futures_util::future::join_all(bodies).await;

        assert!(bodies.iter().all(Result::is_ok));
        while lock(&encryptor.queue).threads > 0 {
            tokio::task::yield_now().await;
        }
        assert!(lock(&encryptor.queue).waiting.is_empty());
    }
}
