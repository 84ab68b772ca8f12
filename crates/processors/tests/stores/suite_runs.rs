//! The suite, once per database. One test each: starting a server takes longer than all of its parts.

use synapse_queue_processors::stores::{SchemaNames, SqlStores, SubscriptionStore};
use synapse_queue_testing::{MariaDbServer, PostgresServer};

use crate::database::Database;
use crate::suite;

#[tokio::test]
async fn sqlite_passes_the_suite() {
    suite::passes(&Database::sqlite().await).await;
}

#[tokio::test]
async fn postgresql_passes_the_suite() {
    let server = PostgresServer::launch();
    let database = Database::postgres(&server.url()).await;
    suite::passes(&database).await;
    the_schema_of_the_url_is_used(&database).await;
}

#[tokio::test]
async fn mariadb_passes_the_suite() {
    let server = MariaDbServer::launch();
    suite::passes(&Database::my_sql(&server.url()).await).await;
}

async fn the_schema_of_the_url_is_used(database: &Database) {
    database.run(r#"CREATE SCHEMA "app"; CREATE TABLE "app"."PushSubscription" (LIKE "PushSubscription");"#).await;
    database.run(r#"INSERT INTO "app"."PushSubscription" VALUES ('in-app', 'ann', 'https://a', 'k', 'a')"#).await;
    let url = format!("{}?schema=app&connection_limit=2", database.url());
    let stores = SqlStores::connect(&url, &SchemaNames::default()).await.unwrap();
    let found = stores.find_by_user(&["ann".to_owned()]).await.unwrap();
    assert_eq!(found.iter().map(|subscription| subscription.id.as_str()).collect::<Vec<_>>(), ["in-app"]);
}
