//! The embedded database, and SQLite files of an application.

use synapse_queue_processors::stores::{
    FileStore, FileUpdate, SchemaNames, SqlStores, StoreError, Subscription, SubscriptionStore, UserStore, UserUpdate,
};

use crate::rows::{INJECTION, file_update, ids, strings, subscription};

struct Database {
    directory: tempfile::TempDir,
}

impl Database {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn url(&self, scheme: &str) -> String {
        format!("{scheme}:{}", self.directory.path().join("rows.db").display())
    }

    /// A second, independent view of the file.
    async fn raw(&self) -> sqlx::SqlitePool {
        sqlx::SqlitePool::connect(&format!("{}?mode=rwc", self.url("sqlite"))).await.unwrap()
    }
}

#[tokio::test]
async fn subscriptions_are_found_by_user_in_id_order() {
    let database = Database::new();
    let stores = SqlStores::open(&database.url("sqlite")).await.unwrap();
    for (id, user) in [("b", "ann"), ("a", "ann"), ("c", "bob"), ("d", "eve")] {
        stores.save_subscription(&subscription(id, user)).await.unwrap();
    }

    let found = stores.find_by_user(&strings(&["ann", "bob", "nobody"])).await.unwrap();

    assert_eq!(ids(&found), ["a", "b", "c"]);
    assert_eq!(found[0], subscription("a", "ann"));
}

#[tokio::test]
async fn removing_touches_the_named_rows_only_and_tolerates_missing_ones() {
    let stores = SqlStores::open("sqlite::memory:").await.unwrap();
    for id in ["a", "b", "c"] {
        stores.save_subscription(&subscription(id, "ann")).await.unwrap();
    }

    stores.remove(&strings(&["a", "c", "gone"])).await.unwrap();
    stores.remove(&[]).await.unwrap();

    assert_eq!(ids(&stores.find_by_user(&strings(&["ann"])).await.unwrap()), ["b"]);
}

#[tokio::test]
async fn subscribing_again_with_the_same_endpoint_keeps_one_row() {
    let stores = SqlStores::open("sqlite::memory:").await.unwrap();
    stores.save_subscription(&subscription("a", "ann")).await.unwrap();
    let again = Subscription { id: "b".into(), ..subscription("a", "ann") };
    stores.save_subscription(&again).await.unwrap();

    assert_eq!(stores.find_by_user(&strings(&["ann"])).await.unwrap(), [again]);
}

#[tokio::test]
async fn values_are_never_read_as_sql() {
    let stores = SqlStores::open("sqlite::memory:").await.unwrap();
    stores.save_subscription(&subscription("victim", "ann")).await.unwrap();
    stores.save_subscription(&subscription(INJECTION, INJECTION)).await.unwrap();
    stores.save_file(INJECTION).await.unwrap();
    stores.save_user(INJECTION).await.unwrap();

    assert_eq!(ids(&stores.find_by_user(&strings(&[INJECTION])).await.unwrap()), [INJECTION]);
    let update = FileUpdate { compressed_url: INJECTION.into(), ..file_update() };
    FileStore::update(&stores, INJECTION, update).await.unwrap();
    UserStore::update(&stores, INJECTION, UserUpdate { avatar: INJECTION.into() }).await.unwrap();
    stores.remove(&strings(&[INJECTION])).await.unwrap();

    assert_eq!(ids(&stores.find_by_user(&strings(&["ann", INJECTION])).await.unwrap()), ["victim"]);
}

#[tokio::test]
async fn a_file_update_is_visible_to_another_connection() {
    let database = Database::new();
    let stores = SqlStores::open(&database.url("file")).await.unwrap();
    stores.save_file("f1").await.unwrap();
    stores.save_file("f1").await.unwrap();

    FileStore::update(&stores, "f1", file_update()).await.unwrap();

    let row: (String, String, bool) =
        sqlx::query_as(r#"SELECT "compressedUrl", "thumbnailUrl", "processed" FROM "File" WHERE "id" = 'f1'"#)
            .fetch_one(&database.raw().await)
            .await
            .unwrap();
    assert_eq!(row, ("/c.jpg".into(), "/t.jpg".into(), true));
}

#[tokio::test]
async fn updating_a_missing_row_names_table_and_id() {
    let stores = SqlStores::open("sqlite::memory:").await.unwrap();
    let error = FileStore::update(&stores, "f9", file_update()).await.unwrap_err();
    assert_eq!((error.code(), error.to_string().as_str()), ("ROW_NOT_FOUND", "no row with id `f9` in table `File`"));
    let error = UserStore::update(&stores, "u9", UserUpdate { avatar: "/a".into() }).await.unwrap_err();
    assert_eq!(error.to_string(), "no row with id `u9` in table `User`");
}

#[tokio::test]
async fn an_application_database_works_with_its_own_names_and_numbered_rows() {
    let database = Database::new();
    let raw = database.raw().await;
    sqlx::raw_sql(
        r#"CREATE TABLE "push ""subs""" (nr INTEGER PRIMARY KEY, owner INTEGER, url TEXT, k TEXT, a TEXT);
           INSERT INTO "push ""subs""" VALUES (1, 7, 'https://a', 'k', 'a'), (2, 8, 'https://b', 'k', 'a');"#,
    )
    .execute(&raw)
    .await
    .unwrap();
    let mut names = SchemaNames::default();
    names.subscriptions.table = "push \"subs\"".into();
    names.subscriptions.id = "nr".into();
    names.subscriptions.user_id = "owner".into();
    names.subscriptions.endpoint = "url".into();
    names.subscriptions.p256dh = "k".into();
    names.subscriptions.auth = "a".into();
    let stores = SqlStores::connect(&database.url("sqlite"), &names).await.unwrap();

    let found = stores.find_by_user(&strings(&["7"])).await.unwrap();
    assert_eq!((ids(&found), found[0].user_id.as_str()), (vec!["1"], "7"));
    stores.remove(&strings(&["1"])).await.unwrap();
    assert!(stores.find_by_user(&strings(&["7"])).await.unwrap().is_empty());

    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_master").fetch_one(&raw).await.unwrap();
    assert_eq!(tables, 1, "connect creates nothing in an application's database");
}

#[tokio::test]
async fn urls_that_cannot_work_are_refused_with_a_code() {
    for (url, code) in [
        ("oracle://user:secret@host/db", "UNSUPPORTED_DATABASE"),
        ("postgresql://user:secret@", "INVALID_DATABASE_URL"),
        ("postgresql://user:secret@127.0.0.1:1/db?connection_limit=0", "INVALID_DATABASE_URL"),
        ("dev.db", "INVALID_DATABASE_URL"),
        ("sqlite:", "INVALID_DATABASE_URL"),
        ("sqlite:dev.db?mode=nonsense", "INVALID_DATABASE_URL"),
        ("sqlite:/nonexistent/directory/dev.db", "DATABASE_ERROR"),
    ] {
        let error: StoreError = SqlStores::open(url).await.err().unwrap();
        assert_eq!(error.code(), code, "{url}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn debug_output_of_a_subscription_holds_no_secret() {
    let text = format!("{:?}", subscription("a", "ann"));
    assert!(!text.contains("push.example") && !text.contains("secret"), "{text}");
}
