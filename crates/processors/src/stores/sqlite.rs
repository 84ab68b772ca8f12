//! The stores in a SQLite database.

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Row, SqlitePool};

use super::sqlite_statements::Statements;
use super::{FileStore, FileUpdate, SchemaNames, StoreError, Subscription, SubscriptionStore, UserStore, UserUpdate};

/// How long a statement waits for another process that writes to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections of one pool; SQLite has a single writer, so more would only queue inside SQLite.
const CONNECTIONS_MAX: u32 = 4;
/// Idle connections are kept for good: an in-memory database lives as long as its connections.
const CONNECTIONS_MIN: u32 = 1;

/// Subscriptions, files and users in one SQLite database. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct SqliteStores {
    pool: SqlitePool,
    statements: Statements,
}

impl SqliteStores {
    /// Opens the embedded database, creating the file and missing tables, in WAL mode.
    ///
    /// `url`: `sqlite:./synapse.db`, Prisma's `file:./synapse.db` (both relative to the working directory) or `sqlite::memory:`.
    /// The directory must exist.
    ///
    /// # Errors
    /// `UnsupportedDatabase` for another scheme, `InvalidUrl`, `Database` if the file cannot be opened.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options = parse_url(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal);
        let stores = Self::connect_with(options, &SchemaNames::default()).await?;
        sqlx::raw_sql(include_str!("sqlite_schema.sql"))
            .execute(&stores.pool)
            .await
            .map_err(failed_to("create the tables"))?;
        Ok(stores)
    }

    /// Opens a database that belongs to the application: it must exist, and neither its tables nor its journal mode are touched.
    ///
    /// # Errors
    /// As [`SqliteStores::open`], and `InvalidName` for a name that cannot be an identifier.
    pub async fn connect(url: &str, names: &SchemaNames) -> Result<Self, StoreError> {
        Self::connect_with(parse_url(url)?, names).await
    }

    async fn connect_with(options: SqliteConnectOptions, names: &SchemaNames) -> Result<Self, StoreError> {
        let statements = Statements::new(names)?;
        let pool = SqlitePoolOptions::new()
            .min_connections(CONNECTIONS_MIN)
            .max_connections(CONNECTIONS_MAX)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.busy_timeout(BUSY_TIMEOUT))
            .await
            .map_err(failed_to("open"))?;
        Ok(Self { pool, statements })
    }

    /// Inserts a subscription, or replaces the one with the same id or endpoint: a browser that subscribes again keeps one row.
    pub async fn save_subscription(&self, subscription: &Subscription) -> Result<(), StoreError> {
        sqlx::query(AssertSqlSafe(self.statements.save_subscription.clone()))
            .bind(&subscription.id)
            .bind(&subscription.user_id)
            .bind(&subscription.endpoint)
            .bind(&subscription.p256dh)
            .bind(&subscription.auth)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(failed_to("save a subscription"))
    }

    /// Registers an uploaded file; nothing happens if it is registered already.
    pub async fn save_file(&self, file_id: &str) -> Result<(), StoreError> {
        self.save_id(&self.statements.save_file, file_id).await
    }

    /// Registers a user; nothing happens if the user is registered already.
    pub async fn save_user(&self, user_id: &str) -> Result<(), StoreError> {
        self.save_id(&self.statements.save_user, user_id).await
    }

    async fn save_id(&self, statement: &str, id: &str) -> Result<(), StoreError> {
        let query = sqlx::query(AssertSqlSafe(statement)).bind(id);
        query.execute(&self.pool).await.map(drop).map_err(failed_to("save a row"))
    }

    /// Waits for running statements and closes the file. Later calls fail.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

#[async_trait]
impl SubscriptionStore for SqliteStores {
    async fn find_by_user(&self, user_ids: &[String]) -> Result<Vec<Subscription>, StoreError> {
        let rows = sqlx::query(AssertSqlSafe(self.statements.find_subscriptions.clone()))
            .bind(json_list(user_ids))
            .fetch_all(&self.pool)
            .await
            .map_err(failed_to("load subscriptions"))?;
        rows.iter()
            .map(|row| {
                Ok(Subscription {
                    id: row.try_get(0)?,
                    user_id: row.try_get(1)?,
                    endpoint: row.try_get(2)?,
                    p256dh: row.try_get(3)?,
                    auth: row.try_get(4)?,
                })
            })
            .collect::<Result<_, sqlx::Error>>()
            .map_err(failed_to("read subscriptions"))
    }

    async fn remove(&self, ids: &[String]) -> Result<(), StoreError> {
        let query = sqlx::query(AssertSqlSafe(self.statements.remove_subscriptions.clone())).bind(json_list(ids));
        query.execute(&self.pool).await.map(drop).map_err(failed_to("remove subscriptions"))
    }
}

#[async_trait]
impl FileStore for SqliteStores {
    async fn update(&self, file_id: &str, update: FileUpdate) -> Result<(), StoreError> {
        let result = sqlx::query(AssertSqlSafe(self.statements.update_file.clone()))
            .bind(update.compressed_url)
            .bind(update.thumbnail_url)
            .bind(update.processed)
            .bind(file_id)
            .execute(&self.pool)
            .await
            .map_err(failed_to("update a file"))?;
        found(result.rows_affected(), &self.statements.file_table, file_id)
    }
}

#[async_trait]
impl UserStore for SqliteStores {
    async fn update(&self, user_id: &str, update: UserUpdate) -> Result<(), StoreError> {
        let query = sqlx::query(AssertSqlSafe(self.statements.update_user.clone())).bind(update.avatar).bind(user_id);
        let result = query.execute(&self.pool).await.map_err(failed_to("update a user"))?;
        found(result.rows_affected(), &self.statements.user_table, user_id)
    }
}

fn found(rows_affected: u64, table: &str, id: &str) -> Result<(), StoreError> {
    if rows_affected == 0 {
        return Err(StoreError::RowMissing { table: table.into(), id: id.into() });
    }
    Ok(())
}

/// A list as one bound value (read with `json_each`): statements stay the same whatever its length.
fn json_list(values: &[String]) -> String {
    serde_json::to_string(values).expect("strings serialise to JSON")
}

fn failed_to(action: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |source| StoreError::Database { action, source }
}

/// Connect options of a `sqlite:` URL, or of Prisma's `file:`, whose query parameters configure Prisma only.
fn parse_url(url: &str) -> Result<SqliteConnectOptions, StoreError> {
    let Some((scheme, rest)) = url.split_once(':') else {
        return Err(StoreError::InvalidUrl { reason: "it has no scheme; write `sqlite:<path>`".into() });
    };
    if rest.is_empty() || rest == "//" {
        return Err(StoreError::InvalidUrl { reason: "it names no file".into() });
    }
    match scheme {
        "sqlite" => {
            SqliteConnectOptions::from_str(url).map_err(|error| StoreError::InvalidUrl { reason: error.to_string() })
        }
        "file" => {
            let path = rest.strip_prefix("//").unwrap_or(rest).split('?').next().unwrap_or_default();
            Ok(SqliteConnectOptions::new().filename(path))
        }
        _ => Err(StoreError::UnsupportedDatabase { scheme: scheme.into() }),
    }
}
