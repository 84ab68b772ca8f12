//! What every database must do, whatever its dialect.

use synapse_queue_processors::stores::{
    FileStore, FileUpdate, SchemaNames, SqlStores, SubscriptionStore, UserStore, UserUpdate,
};

use crate::database::Database;
use crate::rows::{INJECTION, file_update, ids, strings, subscription};

/// Runs the whole suite, each part on empty tables.
pub(crate) async fn passes(database: &Database) {
    subscriptions_are_found_by_user_in_id_order(&reset(database).await, database).await;
    ids_are_compared_exactly(&reset(database).await, database).await;
    many_users_are_found_at_once(&reset(database).await, database).await;
    removing_tolerates_missing_rows(&reset(database).await, database).await;
    values_are_never_read_as_sql(&reset(database).await, database).await;
    updates_change_the_named_row_only(&reset(database).await, database).await;
    a_missing_row_is_named(&reset(database).await).await;
    names_are_never_read_as_sql(database).await;
}

async fn reset(database: &Database) -> SqlStores {
    database.reset().await;
    SqlStores::connect(database.url(), &SchemaNames::default()).await.unwrap()
}

async fn insert(database: &Database, id: &str, user_id: &str) {
    let row = subscription(id, user_id);
    database.insert("PushSubscription", &[id, user_id, &row.endpoint, &row.p256dh, &row.auth]).await;
}

async fn subscriptions_are_found_by_user_in_id_order(stores: &SqlStores, database: &Database) {
    for (id, user) in [("b", "ann"), ("a", "ann"), ("c", "bob"), ("d", "eve")] {
        insert(database, id, user).await;
    }
    let found = stores.find_by_user(&strings(&["ann", "bob", "nobody"])).await.unwrap();
    assert_eq!(ids(&found), ["a", "b", "c"]);
    assert_eq!(found[0], subscription("a", "ann"));
    assert!(stores.find_by_user(&[]).await.unwrap().is_empty());
}

async fn ids_are_compared_exactly(stores: &SqlStores, database: &Database) {
    for (id, user) in [("1", "ann"), ("2", "Ann"), ("3", "7")] {
        insert(database, id, user).await;
    }
    assert_eq!(ids(&stores.find_by_user(&strings(&["Ann"])).await.unwrap()), ["2"]);
    assert!(stores.find_by_user(&strings(&["7x", "07", "ANN", "ann\0", ""])).await.unwrap().is_empty());
}

async fn many_users_are_found_at_once(stores: &SqlStores, database: &Database) {
    insert(database, "first", "u0").await;
    insert(database, "last", "u1999").await;
    let users: Vec<String> = (0..2000).map(|n| format!("u{n}")).collect();
    assert_eq!(ids(&stores.find_by_user(&users).await.unwrap()), ["first", "last"]);
}

async fn removing_tolerates_missing_rows(stores: &SqlStores, database: &Database) {
    for id in ["a", "b", "c"] {
        insert(database, id, "ann").await;
    }
    stores.remove(&strings(&["a", "c", "gone", "gone\0"])).await.unwrap();
    stores.remove(&[]).await.unwrap();
    assert_eq!(ids(&stores.find_by_user(&strings(&["ann"])).await.unwrap()), ["b"]);
}

async fn values_are_never_read_as_sql(stores: &SqlStores, database: &Database) {
    insert(database, "victim", "ann").await;
    insert(database, INJECTION, INJECTION).await;
    database.insert("File", &[INJECTION]).await;
    database.insert("User", &[INJECTION]).await;

    assert_eq!(ids(&stores.find_by_user(&strings(&[INJECTION])).await.unwrap()), [INJECTION]);
    let update = FileUpdate { compressed_url: INJECTION.into(), thumbnail_url: INJECTION.into(), processed: true };
    FileStore::update(stores, INJECTION, update).await.unwrap();
    UserStore::update(stores, INJECTION, UserUpdate { avatar: INJECTION.into() }).await.unwrap();
    stores.remove(&strings(&[INJECTION])).await.unwrap();

    assert_eq!(database.value("compressedUrl", "File").await, INJECTION);
    assert_eq!(database.value("avatar", "User").await, INJECTION);
    assert_eq!(ids(&stores.find_by_user(&strings(&["ann", INJECTION])).await.unwrap()), ["victim"]);
}

async fn updates_change_the_named_row_only(stores: &SqlStores, database: &Database) {
    database.insert("File", &["f1"]).await;
    database.insert("User", &["u1"]).await;
    FileStore::update(stores, "f1", file_update()).await.unwrap();
    // The same again finds the row, although nothing about it changes.
    FileStore::update(stores, "f1", file_update()).await.unwrap();
    UserStore::update(stores, "u1", UserUpdate { avatar: "/a.webp".into() }).await.unwrap();
    assert_eq!(database.value("compressedUrl", "File").await, "/c.jpg");
    assert_eq!(database.value("thumbnailUrl", "File").await, "/t.jpg");
    assert!(["1", "true"].contains(&database.value("processed", "File").await.as_str()));
    assert_eq!(database.value("avatar", "User").await, "/a.webp");
}

async fn a_missing_row_is_named(stores: &SqlStores) {
    let error = FileStore::update(stores, "f9", file_update()).await.unwrap_err();
    assert_eq!((error.code(), error.to_string().as_str()), ("ROW_NOT_FOUND", "no row with id `f9` in table `File`"));
    let error = UserStore::update(stores, "u9", UserUpdate { avatar: "/a".into() }).await.unwrap_err();
    assert_eq!(error.to_string(), "no row with id `u9` in table `User`");
}

async fn names_are_never_read_as_sql(database: &Database) {
    database.reset().await;
    insert(database, "victim", "ann").await;
    let mut names = SchemaNames::default();
    names.subscriptions.table = "PushSubscription\"; DROP TABLE \"PushSubscription\"; --`".into();
    names.subscriptions.user_id = "userId\" = '' OR 1=1 --".into();
    let stores = SqlStores::connect(database.url(), &names).await.unwrap();
    let error = stores.find_by_user(&strings(&["ann"])).await.unwrap_err();
    assert_eq!(error.code(), "DATABASE_ERROR");
    assert_eq!(database.value("id", "PushSubscription").await, "victim");
}
