//! The embedded database, opened by its first use: factories of processors are synchronous.

use std::sync::Arc;

use async_trait::async_trait;
use synapse_queue_processors::stores::{
    FileStore, FileUpdate, SqliteStores, StoreError, Subscription, SubscriptionStore, UserStore, UserUpdate,
};
use tokio::sync::OnceCell;

/// A database that is opened when it is first needed. Cheap to clone; clones share it.
#[derive(Clone)]
pub(super) struct LazySqlite {
    shared: Arc<Shared>,
}

struct Shared {
    url: String,
    stores: OnceCell<SqliteStores>,
}

impl LazySqlite {
    pub(super) fn new(url: String) -> Self {
        Self { shared: Arc::new(Shared { url, stores: OnceCell::new() }) }
    }

    /// The open database. A failed attempt is repeated by the next use.
    pub(super) async fn get(&self) -> Result<&SqliteStores, StoreError> {
        self.shared.stores.get_or_try_init(|| SqliteStores::open(&self.shared.url)).await
    }

    pub(super) async fn close(&self) {
        if let Some(stores) = self.shared.stores.get() {
            stores.close().await;
        }
    }
}

#[async_trait]
impl SubscriptionStore for LazySqlite {
    async fn find_by_user(&self, user_ids: &[String]) -> Result<Vec<Subscription>, StoreError> {
        self.get().await?.find_by_user(user_ids).await
    }

    async fn remove(&self, ids: &[String]) -> Result<(), StoreError> {
        self.get().await?.remove(ids).await
    }
}

#[async_trait]
impl FileStore for LazySqlite {
    async fn update(&self, file_id: &str, update: FileUpdate) -> Result<(), StoreError> {
        FileStore::update(self.get().await?, file_id, update).await
    }
}

#[async_trait]
impl UserStore for LazySqlite {
    async fn update(&self, user_id: &str, update: UserUpdate) -> Result<(), StoreError> {
        UserStore::update(self.get().await?, user_id, update).await
    }
}
