//! Connections to whichever database it is.

use sqlx::{AssertSqlSafe, MySqlPool, PgPool, Row, SqlitePool};

use super::dialect::Dialect;

/// A pool of connections. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub(super) enum DatabasePool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
    MySql(MySqlPool),
}

/// A value that is bound, never written into a statement.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Flag(bool),
}

/// The query with its values; the same code for each driver's own types.
macro_rules! bound {
    ($statement:expr, $values:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($statement.to_owned()));
        for value in $values {
            query = match *value {
                Value::Text(text) => query.bind(text.to_owned()),
                Value::Flag(flag) => query.bind(flag),
            };
        }
        query
    }};
}

/// All rows as text.
macro_rules! text_rows {
    ($rows:expr) => {
        $rows.iter().map(|row| (0..row.len()).map(|column| row.try_get(column)).collect()).collect()
    };
}

impl DatabasePool {
    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
            Self::MySql(_) => Dialect::MySql,
        }
    }

    /// Runs a statement and returns how many rows it concerned.
    pub(super) async fn execute(&self, statement: &str, values: &[Value<'_>]) -> Result<u64, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => Ok(bound!(statement, values).execute(pool).await?.rows_affected()),
            Self::Postgres(pool) => Ok(bound!(statement, values).execute(pool).await?.rows_affected()),
            Self::MySql(pool) => Ok(bound!(statement, values).execute(pool).await?.rows_affected()),
        }
    }

    /// All rows of a query whose columns are text.
    pub(super) async fn fetch(&self, statement: &str, values: &[Value<'_>]) -> Result<Vec<Vec<String>>, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => text_rows!(bound!(statement, values).fetch_all(pool).await?),
            Self::Postgres(pool) => text_rows!(bound!(statement, values).fetch_all(pool).await?),
            Self::MySql(pool) => text_rows!(bound!(statement, values).fetch_all(pool).await?),
        }
    }

    /// Waits for running statements and closes every connection.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
            Self::MySql(pool) => pool.close().await,
        }
    }
}
