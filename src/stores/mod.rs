//! Stores of rows as JavaScript holds them.

mod callback_store;
mod lazy_database;

use std::sync::Arc;

use napi_derive::napi;
use synapse_queue_processors::stores::{
    FileStore, FileUpdate, SchemaNames, SqlStores, StoreError, Subscription, SubscriptionStore, UserStore, UserUpdate,
};

use crate::callback::StoreCallback;
use crate::native_error::{Answer, answer_coded, coded_exception};
use callback_store::CallbackStore;
use lazy_database::LazyDatabase;

/// Subscriptions, files and users, wherever they are kept.
#[napi]
pub struct NativeStores {
    subscriptions: Arc<dyn SubscriptionStore>,
    files: Arc<dyn FileStore>,
    users: Arc<dyn UserStore>,
    /// The database, if that is where they are.
    database: Option<LazyDatabase>,
}

/// A push subscription.
#[napi(object)]
pub struct NativeSubscription {
    /// Primary key of the row.
    pub id: String,
    /// Whom it belongs to.
    pub user_id: String,
    /// URL of the push service.
    pub endpoint: String,
    /// The browser's public key, base64url.
    #[napi(js_name = "p256dh")]
    pub p256dh: String,
    /// The browser's authentication secret, base64url.
    pub auth: String,
}

#[napi]
impl NativeStores {
    /// Stores in a database, which is opened, and made if it is a missing SQLite file, by the first use; the URL is checked now.
    /// `tables` are the names of the application's own tables as JSON text; with them, nothing is made.
    #[napi(factory)]
    pub fn database(url: String, tables: Option<String>) -> napi::Result<Self, String> {
        let names = tables.map(|names| serde_json::from_str(&names)).transpose();
        let names = names.map_err(|error| coded_exception("INVALID_TABLE_NAME", &format!("`tables`: {error}")))?;
        SqlStores::check(&url, names.as_ref().unwrap_or(&SchemaNames::default()))
            .map_err(|error| coded_exception(error.code(), &error))?;
        let database = LazyDatabase::new(url, names);
        Ok(Self {
            subscriptions: Arc::new(database.clone()),
            files: Arc::new(database.clone()),
            users: Arc::new(database.clone()),
            database: Some(database),
        })
    }

    /// Stores that the user wrote. `ask` must not reject: it answers `{"value": ...}` or `{"error": "<message>"}`.
    #[napi(factory)]
    pub fn callbacks(
        #[napi(ts_arg_type = "(action: string, args: string) => Promise<string>")] ask: StoreCallback,
    ) -> Self {
        let store = Arc::new(CallbackStore::new(ask));
        Self { subscriptions: Arc::clone(&store) as _, files: Arc::clone(&store) as _, users: store, database: None }
    }

    /// Opens the database now, so that what is wrong with it is known.
    #[napi]
    pub async fn open(&self) -> Answer<()> {
        self.with_database(async |_| Ok(())).await
    }

    /// Waits for running statements and closes the database.
    #[napi]
    pub async fn close(&self) {
        if let Some(database) = &self.database {
            database.close().await;
        }
    }

    /// Subscriptions of these users.
    #[napi]
    pub async fn find_subscriptions(&self, user_ids: Vec<String>) -> Answer<Vec<NativeSubscription>> {
        let found = self.subscriptions.find_by_user(&user_ids).await;
        coded(found.map(|found| found.into_iter().map(NativeSubscription::from).collect()))
    }

    /// Removes subscriptions; ids that are gone already are fine.
    #[napi]
    pub async fn remove_subscriptions(&self, ids: Vec<String>) -> Answer<()> {
        coded(self.subscriptions.remove(&ids).await)
    }

    /// Adds a subscription, or replaces the one with its id or endpoint.
    #[napi]
    pub async fn save_subscription(&self, subscription: NativeSubscription) -> Answer<()> {
        self.with_database(async |database| database.save_subscription(&subscription.into()).await).await
    }

    /// Registers a file; nothing happens if it is registered already.
    #[napi]
    pub async fn save_file(&self, file_id: String) -> Answer<()> {
        self.with_database(async |database| database.save_file(&file_id).await).await
    }

    /// Registers a user; nothing happens if the user is registered already.
    #[napi]
    pub async fn save_user(&self, user_id: String) -> Answer<()> {
        self.with_database(async |database| database.save_user(&user_id).await).await
    }

    /// Tells a file's row about its renditions.
    #[napi]
    pub async fn update_file(&self, file_id: String, compressed_url: String, thumbnail_url: String) -> Answer<()> {
        let update = FileUpdate { compressed_url, thumbnail_url, processed: true };
        coded(self.files.update(&file_id, update).await)
    }

    /// Tells a user's row about the profile picture.
    #[napi]
    pub async fn update_user(&self, user_id: String, avatar: String) -> Answer<()> {
        coded(self.users.update(&user_id, UserUpdate { avatar }).await)
    }
}

impl NativeStores {
    /// Where push subscriptions are kept.
    pub(crate) fn subscriptions(&self) -> Arc<dyn SubscriptionStore> {
        Arc::clone(&self.subscriptions)
    }

    /// Where files are registered.
    pub(crate) fn files(&self) -> Arc<dyn FileStore> {
        Arc::clone(&self.files)
    }

    pub(crate) fn users(&self) -> Arc<dyn UserStore> {
        Arc::clone(&self.users)
    }

    async fn with_database<T>(&self, action: impl AsyncFnOnce(&SqlStores) -> Result<T, StoreError>) -> Answer<T> {
        let result = match &self.database {
            Some(database) => match database.get().await {
                Ok(stores) => action(stores).await,
                Err(error) => Err(error),
            },
            None => Err(StoreError::InvalidUrl { reason: "these stores are not in a database".into() }),
        };
        coded(result)
    }
}

fn coded<T>(result: Result<T, StoreError>) -> Answer<T> {
    answer_coded(result.map_err(|error| (error.code(), error.to_string())))
}

impl From<Subscription> for NativeSubscription {
    fn from(subscription: Subscription) -> Self {
        let Subscription { id, user_id, endpoint, p256dh, auth } = subscription;
        Self { id, user_id, endpoint, p256dh, auth }
    }
}

impl From<NativeSubscription> for Subscription {
    fn from(subscription: NativeSubscription) -> Self {
        let NativeSubscription { id, user_id, endpoint, p256dh, auth } = subscription;
        Self { id, user_id, endpoint, p256dh, auth }
    }
}
