//! Reading the URL of a database, as Prisma and others write it.

use std::str::FromStr;
use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use url::Url;

use super::pool::DatabasePool;
use crate::stores::StoreError;

/// How long a statement waits for another process that writes to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections of one SQLite pool; there is a single writer, so more would only queue inside SQLite.
const SQLITE_CONNECTIONS: u32 = 4;
/// Idle connections are kept for good: an in-memory database lives as long as its connections.
const SQLITE_CONNECTIONS_MIN: u32 = 1;
/// Connections to a server unless the URL says otherwise.
const SERVER_CONNECTIONS: u32 = 5;
/// How long a job waits for a connection before its attempt fails.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Whether a missing SQLite file is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IfMissing {
    Create,
    Fail,
}

/// A database that can be connected to.
pub(super) enum DatabaseUrl {
    Sqlite(SqliteConnectOptions),
    Postgres(PgConnectOptions, PgPoolOptions),
    MySql(MySqlConnectOptions, MySqlPoolOptions),
}

impl DatabaseUrl {
    /// Reads a URL; connects to nothing.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let Some((scheme, rest)) = url.split_once(':') else {
            return Err(invalid("it has no scheme; write `sqlite:<path>` or `postgresql://user@host/database`"));
        };
        match scheme {
            "sqlite" | "file" => sqlite(scheme, rest, url).map(Self::Sqlite),
            "postgres" | "postgresql" => postgres(url),
            "mysql" | "mariadb" => mysql(url),
            _ => Err(StoreError::UnsupportedDatabase { scheme: scheme.into() }),
        }
    }

    /// Connects.
    pub(super) async fn connect(self, if_missing: IfMissing) -> Result<DatabasePool, StoreError> {
        let pool = match self {
            Self::Sqlite(options) => {
                let options = options.busy_timeout(BUSY_TIMEOUT).create_if_missing(if_missing == IfMissing::Create);
                sqlite_pool().connect_with(options).await.map(DatabasePool::Sqlite)
            }
            Self::Postgres(options, pool) => pool.connect_with(options).await.map(DatabasePool::Postgres),
            Self::MySql(options, pool) => pool.connect_with(options).await.map(DatabasePool::MySql),
        };
        pool.map_err(StoreError::failed_to("open"))
    }
}

fn postgres(url: &str) -> Result<DatabaseUrl, StoreError> {
    let (url, settings) = ServerSettings::take_from(url)?;
    let mut options = PgConnectOptions::from_str(url.as_str()).map_err(|error| invalid(error.to_string()))?;
    if let Some(schema) = settings.schema {
        options = options.options([("search_path", schema)]);
    }
    if settings.is_behind_pgbouncer {
        options = options.statement_cache_capacity(0);
    }
    let pool = PgPoolOptions::new().max_connections(settings.connections).acquire_timeout(ACQUIRE_TIMEOUT);
    Ok(DatabaseUrl::Postgres(options, pool))
}

fn mysql(url: &str) -> Result<DatabaseUrl, StoreError> {
    let (url, settings) = ServerSettings::take_from(url)?;
    let options = MySqlConnectOptions::from_str(url.as_str()).map_err(|error| invalid(error.to_string()))?;
    let pool = MySqlPoolOptions::new().max_connections(settings.connections).acquire_timeout(ACQUIRE_TIMEOUT);
    Ok(DatabaseUrl::MySql(options, pool))
}

fn sqlite(scheme: &str, rest: &str, url: &str) -> Result<SqliteConnectOptions, StoreError> {
    if rest.is_empty() || rest == "//" {
        return Err(invalid("it names no file"));
    }
    if scheme == "sqlite" {
        return SqliteConnectOptions::from_str(url).map_err(|error| invalid(error.to_string()));
    }
    // Prisma's form, whose query parameters configure Prisma only.
    let path = rest.strip_prefix("//").unwrap_or(rest).split('?').next().unwrap_or_default();
    Ok(SqliteConnectOptions::new().filename(path))
}

fn sqlite_pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .min_connections(SQLITE_CONNECTIONS_MIN)
        .max_connections(SQLITE_CONNECTIONS)
        .idle_timeout(None)
        .max_lifetime(None)
        // Nothing can end it from outside, and to ask costs two wake-ups of its thread per query.
        .test_before_acquire(false)
}

/// What Prisma's parameters say; the driver knows none of them.
struct ServerSettings {
    connections: u32,
    /// Of PostgreSQL.
    schema: Option<String>,
    is_behind_pgbouncer: bool,
}

impl ServerSettings {
    /// The settings, and the URL without them.
    fn take_from(url: &str) -> Result<(Url, Self), StoreError> {
        let mut url = Url::parse(url).map_err(|error| invalid(error.to_string()))?;
        let mut settings = Self { connections: SERVER_CONNECTIONS, schema: None, is_behind_pgbouncer: false };
        let mut others = Vec::new();
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "connection_limit" => {
                    let limit = value.parse().ok().filter(|limit| *limit > 0);
                    settings.connections =
                        limit.ok_or_else(|| invalid("`connection_limit` must be a number above 0"))?;
                }
                "schema" => settings.schema = Some(value.into_owned()),
                "pgbouncer" => settings.is_behind_pgbouncer = value == "true",
                "pool_timeout" | "connect_timeout" | "socket_timeout" | "sslaccept" => {}
                _ => others.push((name.into_owned(), value.into_owned())),
            }
        }
        url.set_query(None);
        if !others.is_empty() {
            url.query_pairs_mut().extend_pairs(others);
        }
        Ok((url, settings))
    }
}

fn invalid(reason: impl Into<String>) -> StoreError {
    StoreError::InvalidUrl { reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_prisma_are_understood_and_taken_out() {
        let text =
            "postgresql://u:p@host/db?schema=app&sslmode=disable&connection_limit=9&pgbouncer=true&pool_timeout=2";
        let (url, settings) = ServerSettings::take_from(text).unwrap();
        assert_eq!(url.as_str(), "postgresql://u:p@host/db?sslmode=disable");
        assert_eq!((settings.connections, settings.schema.as_deref()), (9, Some("app")));
        assert!(settings.is_behind_pgbouncer);
    }

    #[test]
    fn a_pool_without_connections_is_refused() {
        for limit in ["0", "-1", "many"] {
            let result = ServerSettings::take_from(&format!("mysql://host/db?connection_limit={limit}"));
            assert_eq!(result.err().unwrap().code(), "INVALID_DATABASE_URL", "{limit}");
        }
    }
}
