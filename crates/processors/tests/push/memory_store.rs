//! Subscriptions in memory.

use std::sync::Mutex;

use async_trait::async_trait;
use synapse_queue_processors::stores::{StoreError, Subscription, SubscriptionStore};

#[derive(Default)]
pub(crate) struct MemoryStore {
    subscriptions: Mutex<Vec<Subscription>>,
    pages: Mutex<Vec<usize>>,
    is_broken: bool,
}

impl MemoryStore {
    pub(crate) fn new(subscriptions: impl IntoIterator<Item = Subscription>) -> Self {
        Self { subscriptions: Mutex::new(subscriptions.into_iter().collect()), ..Self::default() }
    }

    pub(crate) fn broken() -> Self {
        Self { is_broken: true, ..Self::default() }
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.subscriptions.lock().unwrap().iter().map(|subscription| subscription.id.clone()).collect()
    }

    /// How many users each look-up asked for.
    pub(crate) fn pages(&self) -> Vec<usize> {
        self.pages.lock().unwrap().clone()
    }
}

#[async_trait]
impl SubscriptionStore for MemoryStore {
    async fn find_by_user(&self, user_ids: &[String]) -> Result<Vec<Subscription>, StoreError> {
        if self.is_broken {
            return Err(StoreError::Custom { action: "load subscriptions", message: "it is broken".into() });
        }
        self.pages.lock().unwrap().push(user_ids.len());
        let subscriptions = self.subscriptions.lock().unwrap();
        Ok(subscriptions.iter().filter(|found| user_ids.contains(&found.user_id)).cloned().collect())
    }

    async fn remove(&self, ids: &[String]) -> Result<(), StoreError> {
        self.subscriptions.lock().unwrap().retain(|subscription| !ids.contains(&subscription.id));
        Ok(())
    }
}
