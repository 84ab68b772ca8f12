//! What can go wrong with rows.

/// An error of a store, with a stable [`code`](StoreError::code).
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database URL names a kind of database this build cannot talk to.
    #[error("`DATABASE_URL` has the scheme `{scheme}`, supported are sqlite, postgresql and mysql")]
    UnsupportedDatabase {
        /// The part before the first colon.
        scheme: String,
    },
    /// The database URL cannot be understood.
    #[error("`DATABASE_URL` is not valid: {reason}")]
    InvalidUrl {
        /// What is wrong; the URL itself is left out because it may hold a password.
        reason: String,
    },
    /// A configured table or column name cannot be used.
    #[error("`{name}` is not usable as a table or column name: {reason}")]
    InvalidName {
        /// The configured name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The embedded database was made by a later release.
    #[error("the embedded database has version {version} of its tables, this release knows up to {supported}")]
    SchemaTooNew {
        /// Version of the database.
        version: i64,
        /// Latest version known here.
        supported: i64,
    },
    /// Rows are added by the application itself unless they are in the embedded database.
    #[error("rows can be added to the embedded database only")]
    NotEmbedded,
    /// An update found no row. No retry can mend it unless the row is inserted meanwhile.
    #[error("no row with id `{id}` in table `{table}`")]
    RowMissing {
        /// Table that was searched.
        table: String,
        /// Primary key that was searched for.
        id: String,
    },
    /// The database did not do what it was asked; retrying may help.
    #[error("the database failed to {action}: {source}")]
    Database {
        /// What was tried, e.g. `load subscriptions`.
        action: &'static str,
        /// The driver's error.
        #[source]
        source: sqlx::Error,
    },
    /// A store written by the user failed; retrying may help.
    #[error("the store failed to {action}: {message}")]
    Custom {
        /// What was tried.
        action: &'static str,
        /// The store's own words.
        message: String,
    },
}

impl StoreError {
    /// For `map_err`: what was tried when the driver failed.
    pub(super) fn failed_to(action: &'static str) -> impl Fn(sqlx::Error) -> Self {
        move |source| Self::Database { action, source }
    }

    /// Stable, documented name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnsupportedDatabase { .. } => "UNSUPPORTED_DATABASE",
            Self::InvalidUrl { .. } => "INVALID_DATABASE_URL",
            Self::InvalidName { .. } => "INVALID_TABLE_NAME",
            Self::SchemaTooNew { .. } => "DATABASE_TOO_NEW",
            Self::NotEmbedded => "NOT_EMBEDDED",
            Self::RowMissing { .. } => "ROW_NOT_FOUND",
            Self::Database { .. } => "DATABASE_ERROR",
            Self::Custom { .. } => "STORE_ERROR",
        }
    }
}
