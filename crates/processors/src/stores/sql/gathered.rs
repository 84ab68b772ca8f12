//! Look-ups of single users by many jobs at once, gathered into one query.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::stores::{StoreError, Subscription};

/// Users per query.
const USERS_MAX: usize = 500;

type Found = Result<Vec<Subscription>, StoreError>;

/// Asks for one user at a time, and for all that were asked for meanwhile when the answer has come. Cheap to clone.
///
/// An answer is never older than the question: what is asked while a query runs waits for the next.
#[derive(Clone, Default)]
pub(super) struct Gathered {
    questions: Arc<Mutex<Questions>>,
}

#[derive(Default)]
struct Questions {
    /// One per job that looks up its user now.
    waiting: Vec<Question>,
    /// A task asks until nothing waits.
    is_asking: bool,
}

struct Question {
    user_id: String,
    /// Closed without an answer if a query for several users failed.
    answer: oneshot::Sender<Found>,
}

impl Gathered {
    /// Every subscription of one user, by a `query` for those of several.
    pub(super) async fn find(
        &self,
        user_id: &str,
        query: impl Fn(Vec<String>) -> BoxFuture<'static, Found> + Clone + Send + Sync + 'static,
    ) -> Found {
        let (answer, answered) = oneshot::channel();
        let asks = {
            let mut questions = self.lock();
            questions.waiting.push(Question { user_id: user_id.to_owned(), answer });
            !std::mem::replace(&mut questions.is_asking, true)
        };
        if asks {
            let (asking, query) = (self.clone(), query.clone());
            tokio::spawn(async move { asking.ask(query).await });
        }
        match answered.await {
            Ok(answer) => answer,
            // An error of a query belongs to nobody in particular: each asks for itself and gets its own.
            Err(_) => query(vec![user_id.to_owned()]).await,
        }
    }

    async fn ask(&self, query: impl Fn(Vec<String>) -> BoxFuture<'static, Found>) {
        loop {
            // Jobs that are ready now ask first.
            tokio::task::yield_now().await;
            let questions = self.next();
            if questions.is_empty() {
                return;
            }
            let users = questions.iter().map(|question| question.user_id.clone()).collect();
            // A panic fails those who were asked for, by themselves, and stops nobody from asking.
            if let Ok(found) = AssertUnwindSafe(query(users)).catch_unwind().await {
                give(questions, found);
            }
        }
    }

    /// None ends the task.
    fn next(&self) -> Vec<Question> {
        let mut questions = self.lock();
        let count = questions.waiting.len().min(USERS_MAX);
        questions.is_asking = count > 0;
        questions.waiting.drain(..count).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Questions> {
        self.questions.lock().expect("no code panics while it holds this lock")
    }
}

/// Answers each question with its user's part, in the order it came.
fn give(mut questions: Vec<Question>, found: Found) {
    match found {
        Ok(found) => {
            let mut by_user: HashMap<String, Vec<Subscription>> = HashMap::new();
            for subscription in found {
                by_user.entry(subscription.user_id.clone()).or_default().push(subscription);
            }
            for Question { user_id, answer } in questions {
                // Two jobs may ask for the same user.
                answer.send(Ok(by_user.get(&user_id).cloned().unwrap_or_default())).ok();
            }
        }
        Err(error) if questions.len() == 1 => {
            let question = questions.pop().expect("there is one");
            question.answer.send(Err(error)).ok();
        }
        Err(_) => drop(questions),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    /// What was asked for, in order, by query.
    type Asked = Arc<Mutex<Vec<Vec<String>>>>;

    fn subscription(user_id: &str, id: u32) -> Subscription {
        let text = String::new;
        Subscription { id: id.to_string(), user_id: user_id.into(), endpoint: text(), p256dh: text(), auth: text() }
    }

    /// Two subscriptions a user; queries that ask for `broken` fail.
    async fn query(users: Vec<String>, asked: Asked) -> Found {
        asked.lock().unwrap().push(users.clone());
        tokio::task::yield_now().await;
        if users.iter().any(|user| user == "broken") {
            return Err(StoreError::Custom { action: "load subscriptions", message: "it is broken".into() });
        }
        Ok((0..2).flat_map(|id| users.iter().map(move |user| subscription(user, id))).collect())
    }

    #[derive(Default)]
    struct Asking {
        gathered: Gathered,
        asked: Asked,
    }

    impl Asking {
        async fn find(&self, user_id: &str) -> Result<Vec<String>, StoreError> {
            let asked = Arc::clone(&self.asked);
            let found = self.gathered.find(user_id, move |users| query(users, Arc::clone(&asked)).boxed()).await?;
            Ok(found.into_iter().map(|subscription| format!("{}{}", subscription.user_id, subscription.id)).collect())
        }

        fn asked(&self) -> Vec<Vec<String>> {
            self.asked.lock().unwrap().clone()
        }
    }

    #[tokio::test]
    async fn users_asked_for_at_once_share_a_query_and_get_their_own() {
        let asking = Asking::default();
        let found = join_all(["ann", "bob"].map(|user| asking.find(user))).await;
        assert_eq!(found.into_iter().map(Result::unwrap).collect::<Vec<_>>(), [["ann0", "ann1"], ["bob0", "bob1"]]);
        assert_eq!(asking.asked(), [["ann", "bob"]]);
    }

    #[tokio::test]
    async fn a_question_asked_while_a_query_runs_waits_for_the_next() {
        let asking = Asking::default();
        let later = async {
            while asking.asked().is_empty() {
                tokio::task::yield_now().await;
            }
            asking.find("ann").await
        };
        let (first, second) = tokio::join!(asking.find("ann"), later);
        assert_eq!((first.unwrap().len(), second.unwrap().len()), (2, 2));
        assert_eq!(asking.asked(), [["ann"], ["ann"]]);
    }

    #[tokio::test]
    async fn a_failed_query_fails_only_those_that_fail_alone() {
        let asking = Asking::default();
        let found = join_all(["ann", "broken", "ann"].map(|user| asking.find(user))).await;
        assert_eq!(found.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    }
}
