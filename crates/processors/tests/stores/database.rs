//! A database as its application sees it: a connection of its own, beside the stores under test.

use sqlx::{AssertSqlSafe, MySqlPool, PgPool, Row, SqlitePool};

/// Statements use double quotes for names in every dialect.
pub(crate) enum Database {
    Sqlite { pool: SqlitePool, url: String, _directory: tempfile::TempDir },
    Postgres { pool: PgPool, url: String },
    MySql { pool: MySqlPool, url: String },
}

/// The tables as Prisma makes them, except for the types of ids.
const TABLES: &str = r#"
    DROP TABLE IF EXISTS "PushSubscription";
    DROP TABLE IF EXISTS "File";
    DROP TABLE IF EXISTS "User";
    CREATE TABLE "PushSubscription" (
        "id" VARCHAR(191) PRIMARY KEY, "userId" VARCHAR(191) NOT NULL, "endpoint" VARCHAR(191) NOT NULL UNIQUE,
        "p256dh" TEXT NOT NULL, "auth" TEXT NOT NULL);
    CREATE TABLE "File" (
        "id" VARCHAR(191) PRIMARY KEY, "compressedUrl" TEXT, "thumbnailUrl" TEXT, "processed" BOOLEAN NOT NULL DEFAULT FALSE);
    CREATE TABLE "User" ("id" VARCHAR(191) PRIMARY KEY, "avatar" TEXT);
"#;

impl Database {
    pub(crate) async fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("rows.db").display());
        let pool = SqlitePool::connect(&format!("{url}?mode=rwc")).await.unwrap();
        Self::Sqlite { pool, url, _directory: directory }
    }

    pub(crate) async fn postgres(url: &str) -> Self {
        Self::Postgres { pool: PgPool::connect(url).await.unwrap(), url: url.into() }
    }

    pub(crate) async fn my_sql(url: &str) -> Self {
        Self::MySql { pool: MySqlPool::connect(url).await.unwrap(), url: url.into() }
    }

    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Sqlite { url, .. } | Self::Postgres { url, .. } | Self::MySql { url, .. } => url,
        }
    }

    /// Tables without rows.
    pub(crate) async fn reset(&self) {
        self.run(TABLES).await;
    }

    pub(crate) async fn run(&self, statements: &str) {
        match self {
            Self::Sqlite { pool, .. } => {
                sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(pool).await.unwrap();
            }
            Self::Postgres { pool, .. } => {
                sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(pool).await.unwrap();
            }
            Self::MySql { pool, .. } => {
                let statements = format!("SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'; {statements}");
                sqlx::raw_sql(AssertSqlSafe(statements)).execute(pool).await.unwrap();
            }
        }
    }

    pub(crate) async fn insert(&self, table: &str, values: &[&str]) {
        let quoted: Vec<String> = values.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
        let (columns, values) = match table {
            "PushSubscription" => (r#""id", "userId", "endpoint", "p256dh", "auth""#, quoted.join(", ")),
            _ => (r#""id""#, quoted.join(", ")),
        };
        self.run(&format!(r#"INSERT INTO "{table}" ({columns}) VALUES ({values})"#)).await;
    }

    /// One column of the only row that a condition leaves, as text.
    pub(crate) async fn value(&self, column: &str, table: &str) -> String {
        let (quote, text) = if matches!(self, Self::MySql { .. }) { ('`', "CHAR") } else { ('"', "TEXT") };
        let query = format!("SELECT CAST({quote}{column}{quote} AS {text}) FROM {quote}{table}{quote}");
        let query = sqlx::AssertSqlSafe(query);
        match self {
            Self::Sqlite { pool, .. } => sqlx::query(query).fetch_one(pool).await.unwrap().get(0),
            Self::Postgres { pool, .. } => sqlx::query(query).fetch_one(pool).await.unwrap().get(0),
            Self::MySql { pool, .. } => sqlx::query(query).fetch_one(pool).await.unwrap().get(0),
        }
    }
}
