//! Rows that processors read and change: push subscriptions, files and users.
//!
//! Processors see these traits only; where the rows live is decided by whoever builds the processor.

mod error;
mod schema;
mod sql;

use async_trait::async_trait;

pub use error::StoreError;
pub use schema::{FileTable, SchemaNames, SubscriptionTable, UserTable};
pub use sql::SqlStores;

/// One browser that wants push messages for a user.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Primary key of the row.
    pub id: String,
    /// Whom the subscription belongs to.
    pub user_id: String,
    /// URL of the push service. It holds a capability token: whoever knows it can push, so it is never logged.
    pub endpoint: String,
    /// The browser's P-256 public key, base64url.
    pub p256dh: String,
    /// The browser's 16-byte authentication secret, base64url.
    pub auth: String,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Subscription")
            .field("id", &self.id)
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

/// Where push subscriptions are kept.
#[async_trait]
pub trait SubscriptionStore: Send + Sync + 'static {
    /// Every subscription of every user in `user_ids`, ordered by id; users without any are simply absent.
    async fn find_by_user(&self, user_ids: &[String]) -> Result<Vec<Subscription>, StoreError>;

    /// Removes subscriptions by id. Ids that are already gone are not an error: two jobs may learn of the same dead endpoint.
    async fn remove(&self, ids: &[String]) -> Result<(), StoreError>;
}

/// What became of an uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileUpdate {
    /// Public URL of the compressed rendition.
    pub compressed_url: String,
    /// Public URL of the thumbnail.
    pub thumbnail_url: String,
    /// Whether processing is done.
    pub processed: bool,
}

/// Where uploaded files are registered.
#[async_trait]
pub trait FileStore: Send + Sync + 'static {
    /// Changes the row of one file.
    ///
    /// # Errors
    /// [`StoreError::RowMissing`] if there is no such file, as Prisma's `update` does.
    async fn update(&self, file_id: &str, update: FileUpdate) -> Result<(), StoreError>;
}

/// What is changed about a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserUpdate {
    /// Public URL of the profile picture.
    pub avatar: String,
}

/// Where users are registered.
#[async_trait]
pub trait UserStore: Send + Sync + 'static {
    /// Changes the row of one user.
    ///
    /// # Errors
    /// [`StoreError::RowMissing`] if there is no such user, as Prisma's `update` does.
    async fn update(&self, user_id: &str, update: UserUpdate) -> Result<(), StoreError>;
}
