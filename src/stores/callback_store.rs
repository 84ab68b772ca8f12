//! Stores that the user wrote in JavaScript.

use async_trait::async_trait;
use napi::bindgen_prelude::FnArgs;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};
use synapse_queue_processors::stores::{
    FileStore, FileUpdate, StoreError, Subscription, SubscriptionStore, UserStore, UserUpdate,
};

use crate::callback::StoreCallback;

/// Asks JavaScript for every action; arguments and answers are JSON text.
pub(super) struct CallbackStore {
    ask: StoreCallback,
}

/// What JavaScript answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Reply {
    Value(Value),
    Error(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubscriptionJson {
    id: String,
    user_id: String,
    endpoint: String,
    p256dh: String,
    auth: String,
}

impl CallbackStore {
    pub(super) fn new(ask: StoreCallback) -> Self {
        Self { ask }
    }

    /// `action` names the method, `purpose` completes the sentence "the store failed to ...".
    async fn ask<T: DeserializeOwned>(
        &self,
        (action, purpose): (&str, &'static str),
        args: Value,
    ) -> Result<T, StoreError> {
        let failed = |message: String| StoreError::Custom { action: purpose, message };
        let request = FnArgs::from((action.to_owned(), args.to_string()));
        let promise = self.ask.call_async(request).await.map_err(|error| failed(error.reason.clone()))?;
        let reply = promise.await.map_err(|error| failed(error.reason.clone()))?;
        match serde_json::from_str(&reply).map_err(|error| failed(error.to_string()))? {
            Reply::Value(value) => serde_json::from_value(value).map_err(|error| failed(error.to_string())),
            Reply::Error(message) => Err(failed(message)),
        }
    }
}

#[async_trait]
impl SubscriptionStore for CallbackStore {
    async fn find_by_user(&self, user_ids: &[String]) -> Result<Vec<Subscription>, StoreError> {
        let purpose = ("subscriptions.findByUser", "load subscriptions");
        let found: Vec<SubscriptionJson> = self.ask(purpose, json!([user_ids])).await?;
        Ok(found.into_iter().map(Subscription::from).collect())
    }

    async fn remove(&self, ids: &[String]) -> Result<(), StoreError> {
        let _: IgnoredAny = self.ask(("subscriptions.remove", "remove subscriptions"), json!([ids])).await?;
        Ok(())
    }
}

// What a changed row looks like, which Prisma's methods resolve to, is of no interest.
#[async_trait]
impl FileStore for CallbackStore {
    async fn update(&self, file_id: &str, update: FileUpdate) -> Result<(), StoreError> {
        let FileUpdate { compressed_url, thumbnail_url, processed } = update;
        let fields = json!({ "compressedUrl": compressed_url, "thumbnailUrl": thumbnail_url, "processed": processed });
        let _: IgnoredAny = self.ask(("files.update", "update a file"), json!([file_id, fields])).await?;
        Ok(())
    }
}

#[async_trait]
impl UserStore for CallbackStore {
    async fn update(&self, user_id: &str, update: UserUpdate) -> Result<(), StoreError> {
        let _: IgnoredAny =
            self.ask(("users.update", "update a user"), json!([user_id, { "avatar": update.avatar }])).await?;
        Ok(())
    }
}

impl From<SubscriptionJson> for Subscription {
    fn from(subscription: SubscriptionJson) -> Self {
        let SubscriptionJson { id, user_id, endpoint, p256dh, auth } = subscription;
        Self { id, user_id, endpoint, p256dh, auth }
    }
}
