//! A database, opened by its first use: factories of processors are synchronous.

use std::sync::Arc;

use async_trait::async_trait;
use synapse_queue_processors::stores::{
    FileStore, FileUpdate, SchemaNames, SqlStores, StoreError, Subscription, SubscriptionStore, UserStore, UserUpdate,
};
use tokio::sync::OnceCell;

/// A database that is opened when it is first needed. Cheap to clone; clones share it.
#[derive(Clone)]
pub(super) struct LazyDatabase {
    shared: Arc<Shared>,
}

struct Shared {
    url: String,
    /// Names of the application's own tables; those of the embedded database if absent.
    names: Option<SchemaNames>,
    stores: OnceCell<SqlStores>,
}

impl LazyDatabase {
    pub(super) fn new(url: String, names: Option<SchemaNames>) -> Self {
        Self { shared: Arc::new(Shared { url, names, stores: OnceCell::new() }) }
    }

    /// The open database. A failed attempt is repeated by the next use.
    pub(super) async fn get(&self) -> Result<&SqlStores, StoreError> {
        let Shared { url, names, stores } = &*self.shared;
        let open = async || match names {
            Some(names) => SqlStores::connect(url, names).await,
            None => SqlStores::open(url).await,
        };
        stores.get_or_try_init(open).await
    }

    pub(super) async fn close(&self) {
        if let Some(stores) = self.shared.stores.get() {
            stores.close().await;
        }
    }
}

#[async_trait]
impl SubscriptionStore for LazyDatabase {
    async fn find_by_user(&self, user_ids: &[String]) -> Result<Vec<Subscription>, StoreError> {
        self.get().await?.find_by_user(user_ids).await
    }

    async fn remove(&self, ids: &[String]) -> Result<(), StoreError> {
        self.get().await?.remove(ids).await
    }
}

#[async_trait]
impl FileStore for LazyDatabase {
    async fn update(&self, file_id: &str, update: FileUpdate) -> Result<(), StoreError> {
        FileStore::update(self.get().await?, file_id, update).await
    }
}

#[async_trait]
impl UserStore for LazyDatabase {
    async fn update(&self, user_id: &str, update: UserUpdate) -> Result<(), StoreError> {
        UserStore::update(self.get().await?, user_id, update).await
    }
}
