//! The tables of the embedded database.

use sqlx::SqlitePool;
use synapse_queue_processors::stores::SqlStores;

async fn scalar<T>(pool: &SqlitePool, query: &'static str) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}

fn url(directory: &tempfile::TempDir) -> String {
    format!("sqlite:{}", directory.path().join("rows.db").display())
}

#[tokio::test]
async fn a_new_database_gets_its_tables_and_keeps_its_rows() {
    let directory = tempfile::tempdir().unwrap();
    let stores = SqlStores::open(&url(&directory)).await.unwrap();
    stores.save_user("ann").await.unwrap();
    stores.close().await;
    SqlStores::open(&url(&directory)).await.unwrap();

    let raw = SqlitePool::connect(&url(&directory)).await.unwrap();
    assert_eq!(scalar::<i64>(&raw, "PRAGMA user_version").await, 1);
    assert_eq!(scalar::<String>(&raw, "PRAGMA journal_mode").await, "wal");
    assert_eq!(scalar::<String>(&raw, r#"SELECT "id" FROM "User""#).await, "ann");
}

#[tokio::test]
async fn processes_that_start_together_make_the_tables_once() {
    let directory = tempfile::tempdir().unwrap();
    let url = url(&directory);
    let opened = futures_util::future::join_all((0..8).map(|_| SqlStores::open(&url))).await;
    for stores in opened {
        stores.unwrap().save_user("ann").await.unwrap();
    }
}

#[tokio::test]
async fn a_database_of_the_applications_own_is_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let raw = SqlitePool::connect(&format!("{}?mode=rwc", url(&directory))).await.unwrap();
    sqlx::raw_sql("CREATE TABLE other (id TEXT)").execute(&raw).await.unwrap();
    SqlStores::open(&url(&directory)).await.unwrap();
    assert_eq!(scalar::<i64>(&raw, "SELECT count(*) FROM sqlite_master").await, 1);
    assert_eq!(scalar::<String>(&raw, "PRAGMA journal_mode").await, "delete");
}

#[tokio::test]
async fn a_database_of_a_later_release_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    SqlStores::open(&url(&directory)).await.unwrap().close().await;
    let raw = SqlitePool::connect(&url(&directory)).await.unwrap();
    sqlx::raw_sql("PRAGMA user_version = 7").execute(&raw).await.unwrap();
    let error = SqlStores::open(&url(&directory)).await.err().unwrap();
    assert_eq!(error.code(), "DATABASE_TOO_NEW");
    assert_eq!(error.to_string(), "the embedded database has version 7 of its tables, this release knows up to 1");
}
