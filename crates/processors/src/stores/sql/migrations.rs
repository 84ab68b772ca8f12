//! The schema of the embedded database.

use sqlx::{AssertSqlSafe, SqlitePool};

use crate::stores::StoreError;

/// `PRAGMA application_id` of databases that were made here ("SynQ"): others belong to the application and are left as they are.
const APPLICATION_ID: i64 = 0x5379_6e51;
/// Each brings the schema one version further; `PRAGMA user_version` says how many have run. Never changed once released.
const MIGRATIONS: [&str; 1] = [include_str!("sqlite_schema.sql")];

/// Brings an empty database, or one that was made here, to the current schema.
///
/// # Errors
/// `SchemaTooNew` if a later release has made it.
pub(super) async fn migrate(pool: &SqlitePool) -> Result<(), StoreError> {
    run(pool).await.map_err(StoreError::failed_to("create the tables"))?.map_or(Ok(()), |version| {
        Err(StoreError::SchemaTooNew { version, supported: i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX) })
    })
}

/// The version of the schema if it is one that this release does not know.
async fn run(pool: &SqlitePool) -> Result<Option<i64>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let application_id: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await?;
    let objects: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_master").fetch_one(&mut *connection).await?;
    if application_id != APPLICATION_ID && objects > 0 {
        return Ok(None);
    }
    // Readers and one writer at once; a property of the file.
    sqlx::query("PRAGMA journal_mode = WAL").execute(&mut *connection).await?;
    // Takes the write lock at once: of two processes that start together, the second finds the work done.
    let mut transaction = sqlx::Connection::begin_with(&mut *connection, "BEGIN IMMEDIATE").await?;
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *transaction).await?;
    let Some(pending) = usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(version..)) else {
        return Ok(Some(version));
    };
    for (number, migration) in (version + 1..).zip(pending) {
        sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
        sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA user_version = {number}"))).execute(&mut *transaction).await?;
    }
    sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA application_id = {APPLICATION_ID}")))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(None)
}
