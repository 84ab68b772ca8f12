//! Names of tables and columns, by default those Prisma gives the models of the documentation.

use serde::Deserialize;

/// Columns of the table of push subscriptions. Defaults to Prisma's names for model `PushSubscription`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct SubscriptionTable {
    /// Defaults to `PushSubscription`.
    pub table: String,
    /// Defaults to `id`.
    pub id: String,
    /// Defaults to `userId`.
    pub user_id: String,
    /// Defaults to `endpoint`.
    pub endpoint: String,
    /// Defaults to `p256dh`.
    pub p256dh: String,
    /// Defaults to `auth`.
    pub auth: String,
}

/// Columns of the table of files. Defaults to Prisma's names for model `File`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct FileTable {
    /// Defaults to `File`.
    pub table: String,
    /// Defaults to `id`.
    pub id: String,
    /// Defaults to `compressedUrl`.
    pub compressed_url: String,
    /// Defaults to `thumbnailUrl`.
    pub thumbnail_url: String,
    /// Defaults to `processed`.
    pub processed: String,
}

/// Columns of the table of users. Defaults to Prisma's names for model `User`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct UserTable {
    /// Defaults to `User`.
    pub table: String,
    /// Defaults to `id`.
    pub id: String,
    /// Defaults to `avatar`.
    pub avatar: String,
}

/// Every table and column the stores touch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct SchemaNames {
    /// Push subscriptions.
    pub subscriptions: SubscriptionTable,
    /// Files.
    pub files: FileTable,
    /// Users.
    pub users: UserTable,
}

impl Default for SubscriptionTable {
    fn default() -> Self {
        Self {
            table: "PushSubscription".into(),
            id: "id".into(),
            user_id: "userId".into(),
            endpoint: "endpoint".into(),
            p256dh: "p256dh".into(),
            auth: "auth".into(),
        }
    }
}

impl Default for FileTable {
    fn default() -> Self {
        Self {
            table: "File".into(),
            id: "id".into(),
            compressed_url: "compressedUrl".into(),
            thumbnail_url: "thumbnailUrl".into(),
            processed: "processed".into(),
        }
    }
}

impl Default for UserTable {
    fn default() -> Self {
        Self { table: "User".into(), id: "id".into(), avatar: "avatar".into() }
    }
}
