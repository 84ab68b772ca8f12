//! Applications that number their rows, or give them UUIDs.

use synapse_queue_processors::stores::{FileStore, SchemaNames, SqlStores, SubscriptionStore};
use synapse_queue_testing::{MariaDbServer, PostgresServer};

use crate::database::Database;
use crate::rows::{file_update, ids, strings};

const NUMBERED: &str = r#"
    DROP TABLE "PushSubscription"; DROP TABLE "File";
    CREATE TABLE "PushSubscription" (
        "id" INTEGER PRIMARY KEY, "userId" INTEGER NOT NULL, "endpoint" TEXT, "p256dh" TEXT, "auth" TEXT);
    INSERT INTO "PushSubscription" VALUES (1, 7, 'https://a', 'k', 'a'), (2, 8, 'https://b', 'k', 'a');
    CREATE TABLE "File" ("id" INTEGER PRIMARY KEY, "compressedUrl" TEXT, "thumbnailUrl" TEXT, "processed" BOOLEAN);
    INSERT INTO "File" ("id") VALUES (7);
"#;

async fn work_with_numbers(database: &Database) {
    database.reset().await;
    database.run(NUMBERED).await;
    let stores = SqlStores::connect(database.url(), &SchemaNames::default()).await.unwrap();
    // Whatever producers put into a job: what is no number finds nothing, and spoils nothing for the others.
    let users = strings(&["7", "ann", "8x", "", "99999999999999999999999999"]);
    let found = stores.find_by_user(&users).await.unwrap();
    assert_eq!((ids(&found), found[0].user_id.as_str()), (vec!["1"], "7"));
    assert_eq!(FileStore::update(&stores, "7x", file_update()).await.unwrap_err().code(), "ROW_NOT_FOUND");
    FileStore::update(&stores, "7", file_update()).await.unwrap();
    stores.remove(&strings(&["1", "nobody"])).await.unwrap();
    assert!(stores.find_by_user(&strings(&["7"])).await.unwrap().is_empty());
    assert_eq!(ids(&stores.find_by_user(&strings(&["8"])).await.unwrap()), ["2"]);
}

#[tokio::test]
async fn numbered_rows_work_in_sqlite() {
    work_with_numbers(&Database::sqlite().await).await;
}

#[tokio::test]
async fn numbered_rows_work_in_mariadb() {
    let server = MariaDbServer::launch();
    work_with_numbers(&Database::my_sql(&server.url()).await).await;
}

#[tokio::test]
async fn numbered_rows_and_uuids_work_in_postgresql() {
    let server = PostgresServer::launch();
    let database = Database::postgres(&server.url()).await;
    work_with_numbers(&database).await;
    let id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    database.run(r#"ALTER TABLE "PushSubscription" DROP COLUMN "userId", ADD COLUMN "userId" UUID;"#).await;
    database.run(&format!(r#"UPDATE "PushSubscription" SET "userId" = '{id}'"#)).await;
    let stores = SqlStores::connect(database.url(), &SchemaNames::default()).await.unwrap();
    assert_eq!(ids(&stores.find_by_user(&strings(&[id, "7"])).await.unwrap()), ["2"]);
}
