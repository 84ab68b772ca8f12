//! Subscriptions, files and users in a SQL database.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::FutureExt;

use super::database_url::{DatabaseUrl, IfMissing};
use super::dialect::Dialect;
use super::gathered::Gathered;
use super::id_kind::{IdKind, IdKinds};
use super::migrations;
use super::pool::{DatabasePool, Value};
use super::statements::Statements;
use crate::stores::{
    FileStore, FileUpdate, SchemaNames, StoreError, Subscription, SubscriptionStore, UserStore, UserUpdate,
};

/// The stores in SQLite, PostgreSQL or MySQL (MariaDB). Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct SqlStores {
    pool: DatabasePool,
    statements: Arc<Statements>,
    kinds: IdKinds,
    gathered: Gathered,
}

impl SqlStores {
    /// Opens a database with tables of the default names.
    ///
    /// `url`: `sqlite:./synapse.db`, Prisma's `file:./dev.db` (both relative to the working directory), `sqlite::memory:`,
    /// `postgresql://user@host/database` or `mysql://user@host/database`. Prisma's parameters `schema`, `connection_limit` and
    /// `pgbouncer` are understood. A SQLite file that is missing or empty is given the tables, in WAL mode; a database that has tables
    /// already is the application's and is left as it is.
    ///
    /// # Errors
    /// `UnsupportedDatabase` for another scheme, `InvalidUrl`, `SchemaTooNew`, `Database` if it cannot be opened.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let pool = DatabaseUrl::parse(url)?.connect(IfMissing::Create).await?;
        if let DatabasePool::Sqlite(pool) = &pool {
            migrations::migrate(pool).await?;
        }
        Self::on(pool, &SchemaNames::default()).await
    }

    /// Opens a database that belongs to the application: it must exist, and nothing about it is changed.
    ///
    /// # Errors
    /// As [`SqlStores::open`], and `InvalidName` for a name that cannot be an identifier.
    pub async fn connect(url: &str, names: &SchemaNames) -> Result<Self, StoreError> {
        Self::check(url, names)?;
        Self::on(DatabaseUrl::parse(url)?.connect(IfMissing::Fail).await?, names).await
    }

    /// Whether these stores could be opened, as far as that is seen without opening anything.
    ///
    /// # Errors
    /// `UnsupportedDatabase`, `InvalidUrl` and `InvalidName`.
    pub fn check(url: &str, names: &SchemaNames) -> Result<(), StoreError> {
        DatabaseUrl::parse(url)?;
        Statements::new(Dialect::Sqlite, names, IdKinds::default()).map(drop)
    }

    async fn on(pool: DatabasePool, names: &SchemaNames) -> Result<Self, StoreError> {
        let kinds = IdKinds::of(&pool, names).await?;
        let statements = Arc::new(Statements::new(pool.dialect(), names, kinds)?);
        Ok(Self { pool, statements, kinds, gathered: Gathered::default() })
    }

    /// Inserts a subscription, or replaces the one with the same id or endpoint: a browser that subscribes again keeps one row.
    ///
    /// # Errors
    /// `NotEmbedded` unless the database is SQLite.
    pub async fn save_subscription(&self, subscription: &Subscription) -> Result<(), StoreError> {
        let Subscription { id, user_id, endpoint, p256dh, auth } = subscription;
        let values = [id, user_id, endpoint, p256dh, auth].map(|text| Value::Text(text));
        self.save(&self.statements.save_subscription, &values).await
    }

    /// Registers an uploaded file; nothing happens if it is registered already. Errors as above.
    pub async fn save_file(&self, file_id: &str) -> Result<(), StoreError> {
        self.save(&self.statements.save_file, &[Value::Text(file_id)]).await
    }

    /// Registers a user; nothing happens if the user is registered already. Errors as above.
    pub async fn save_user(&self, user_id: &str) -> Result<(), StoreError> {
        self.save(&self.statements.save_user, &[Value::Text(user_id)]).await
    }

    async fn save(&self, statement: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        if self.pool.dialect() != Dialect::Sqlite {
            return Err(StoreError::NotEmbedded);
        }
        self.pool.execute(statement, values).await.map(drop).map_err(StoreError::failed_to("save a row"))
    }

    /// Waits for running statements and closes the connections. Later calls fail.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn update(&self, update: Update<'_>) -> Result<(), StoreError> {
        let Update { statement, mut values, action, table, id, kind } = update;
        let list = json_list(&[id]);
        values.push(Value::Text(if self.pool.dialect() == Dialect::Postgres { &list } else { id }));
        let changed = if self.can_hold(kind, id) {
            self.pool.execute(statement, &values).await.map_err(StoreError::failed_to(action))?
        } else {
            0
        };
        if changed == 0 { Err(StoreError::RowMissing { table: table.into(), id: id.into() }) } else { Ok(()) }
    }

    async fn find(&self, user_ids: &[String]) -> Result<Vec<Subscription>, StoreError> {
        let ids = self.askable(self.kinds.subscription_user, user_ids);
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (statement, list) = (self.statements.find_subscriptions(ids.len()), json_list(&ids));
        let rows = self.pool.fetch(&statement, &self.list_values(&ids, &list)).await;
        let rows = rows.map_err(StoreError::failed_to("load subscriptions"))?;
        // A database that ignores case must not hand out the subscriptions of another user.
        let wanted: HashSet<&str> = ids.into_iter().collect();
        let subscriptions = rows.into_iter().filter_map(|row| {
            let [id, user_id, endpoint, p256dh, auth] = row.try_into().ok()?;
            Some(Subscription { id, user_id, endpoint, p256dh, auth })
        });
        Ok(subscriptions.filter(|subscription| wanted.contains(subscription.user_id.as_str())).collect())
    }

    /// Those of `ids` that a column of this kind can hold: asking for others is an error or finds something else.
    fn askable<'a>(&self, kind: IdKind, ids: &'a [String]) -> Vec<&'a str> {
        ids.iter().map(String::as_str).filter(|id| self.can_hold(kind, id)).collect()
    }

    fn can_hold(&self, kind: IdKind, id: &str) -> bool {
        // PostgreSQL has no text with a NUL.
        kind.can_hold(id) && !(self.pool.dialect() == Dialect::Postgres && id.contains('\0'))
    }

    /// What is bound for a list: its values one by one, or the JSON of it, with which statements stay the same whatever its length.
    fn list_values<'a>(&self, values: &[&'a str], json: &'a str) -> Vec<Value<'a>> {
        match self.pool.dialect() {
            Dialect::MySql => values.iter().map(|value| Value::Text(value)).collect(),
            Dialect::Sqlite | Dialect::Postgres => vec![Value::Text(json)],
        }
    }
}

/// A change of one row. The id is bound last.
struct Update<'a> {
    statement: &'a str,
    values: Vec<Value<'a>>,
    action: &'static str,
    table: &'a str,
    id: &'a str,
    kind: IdKind,
}

fn json_list(values: &[&str]) -> String {
    serde_json::to_string(values).expect("strings serialise to JSON")
}

#[async_trait]
impl SubscriptionStore for SqlStores {
    async fn find_by_user(&self, user_ids: &[String]) -> Result<Vec<Subscription>, StoreError> {
        match user_ids {
            // MySQL has another statement for each number of users, and would have to prepare them all.
            [user_id] if self.pool.dialect() != Dialect::MySql => {
                let stores = self.clone();
                let query = move |users: Vec<String>| {
                    let stores = stores.clone();
                    async move { stores.find(&users).await }.boxed()
                };
                self.gathered.find(user_id, query).await
            }
            _ => self.find(user_ids).await,
        }
    }

    async fn remove(&self, ids: &[String]) -> Result<(), StoreError> {
        let ids = self.askable(self.kinds.subscription, ids);
        if ids.is_empty() {
            return Ok(());
        }
        let (statement, list) = (self.statements.remove_subscriptions(ids.len()), json_list(&ids));
        let removed = self.pool.execute(&statement, &self.list_values(&ids, &list)).await;
        removed.map(drop).map_err(StoreError::failed_to("remove subscriptions"))
    }
}

#[async_trait]
impl FileStore for SqlStores {
    async fn update(&self, file_id: &str, update: FileUpdate) -> Result<(), StoreError> {
        let FileUpdate { compressed_url, thumbnail_url, processed } = &update;
        let change = Update {
            statement: &self.statements.update_file,
            values: vec![Value::Text(compressed_url), Value::Text(thumbnail_url), Value::Flag(*processed)],
            action: "update a file",
            table: &self.statements.file_table,
            id: file_id,
            kind: self.kinds.file,
        };
        self.update(change).await
    }
}

#[async_trait]
impl UserStore for SqlStores {
    async fn update(&self, user_id: &str, update: UserUpdate) -> Result<(), StoreError> {
        let change = Update {
            statement: &self.statements.update_user,
            values: vec![Value::Text(&update.avatar)],
            action: "update a user",
            table: &self.statements.user_table,
            id: user_id,
            kind: self.kinds.user,
        };
        self.update(change).await
    }
}
