//! What can go wrong with rows.

/// An error of a store, with a stable [`code`](StoreError::code).
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database URL names a kind of database this build cannot talk to.
    #[error("`DATABASE_URL` has the scheme `{scheme}`, supported is: sqlite")]
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
    /// Stable, documented name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnsupportedDatabase { .. } => "UNSUPPORTED_DATABASE",
            Self::InvalidUrl { .. } => "INVALID_DATABASE_URL",
            Self::InvalidName { .. } => "INVALID_TABLE_NAME",
            Self::RowMissing { .. } => "ROW_NOT_FOUND",
            Self::Database { .. } => "DATABASE_ERROR",
            Self::Custom { .. } => "STORE_ERROR",
        }
    }
}
