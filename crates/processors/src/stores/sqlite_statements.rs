//! SQL of the SQLite stores, written once from the configured names.

use super::schema::quote;
use super::{SchemaNames, StoreError};

/// Statements whose only variable parts are quoted identifiers; every value is bound.
#[derive(Clone)]
pub(super) struct Statements {
    pub(super) find_subscriptions: String,
    pub(super) remove_subscriptions: String,
    pub(super) save_subscription: String,
    pub(super) update_file: String,
    pub(super) save_file: String,
    pub(super) update_user: String,
    pub(super) save_user: String,
    /// As configured, for error messages.
    pub(super) file_table: String,
    /// As configured, for error messages.
    pub(super) user_table: String,
}

impl Statements {
    pub(super) fn new(names: &SchemaNames) -> Result<Self, StoreError> {
        let subscriptions = &names.subscriptions;
        let table = quote(&subscriptions.table)?;
        let (id, user_id) = (quote(&subscriptions.id)?, quote(&subscriptions.user_id)?);
        let endpoint = quote(&subscriptions.endpoint)?;
        let (p256dh, auth) = (quote(&subscriptions.p256dh)?, quote(&subscriptions.auth)?);
        let (file, file_id) = (quote(&names.files.table)?, quote(&names.files.id)?);
        let (compressed, thumbnail) = (quote(&names.files.compressed_url)?, quote(&names.files.thumbnail_url)?);
        let processed = quote(&names.files.processed)?;
        let (user, user_key, avatar) =
            (quote(&names.users.table)?, quote(&names.users.id)?, quote(&names.users.avatar)?);
        Ok(Self {
            // Casts, because applications may number their rows.
            find_subscriptions: format!(
                "SELECT CAST({id} AS TEXT), CAST({user_id} AS TEXT), {endpoint}, {p256dh}, {auth} FROM {table} \
                 WHERE {user_id} IN (SELECT value FROM json_each(?)) ORDER BY {id}"
            ),
            remove_subscriptions: format!("DELETE FROM {table} WHERE {id} IN (SELECT value FROM json_each(?))"),
            save_subscription: format!(
                "INSERT OR REPLACE INTO {table} ({id}, {user_id}, {endpoint}, {p256dh}, {auth}) VALUES (?, ?, ?, ?, ?)"
            ),
            update_file: format!(
                "UPDATE {file} SET {compressed} = ?, {thumbnail} = ?, {processed} = ? WHERE {file_id} = ?"
            ),
            save_file: format!("INSERT INTO {file} ({file_id}) VALUES (?) ON CONFLICT ({file_id}) DO NOTHING"),
            update_user: format!("UPDATE {user} SET {avatar} = ? WHERE {user_key} = ?"),
            save_user: format!("INSERT INTO {user} ({user_key}) VALUES (?) ON CONFLICT ({user_key}) DO NOTHING"),
            file_table: names.files.table.clone(),
            user_table: names.users.table.clone(),
        })
    }
}
