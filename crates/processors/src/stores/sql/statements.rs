//! SQL of the stores, written once from the configured names.

use super::dialect::Dialect;
use super::id_kind::{IdKind, IdKinds};
use crate::stores::{SchemaNames, StoreError};

/// Statements whose only variable parts are quoted identifiers; every value is bound.
#[derive(Clone)]
pub(super) struct Statements {
    dialect: Dialect,
    find_subscriptions: ListStatement,
    remove_subscriptions: ListStatement,
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

/// A statement about the rows whose column is in a list.
#[derive(Clone)]
struct ListStatement {
    before: String,
    column: String,
    kind: IdKind,
    after: String,
}

impl Statements {
    pub(super) fn new(dialect: Dialect, names: &SchemaNames, kinds: IdKinds) -> Result<Self, StoreError> {
        let quote = |name: &str| dialect.quote(name);
        let subscriptions = &names.subscriptions;
        let table = quote(&subscriptions.table)?;
        let (id, user_id) = (quote(&subscriptions.id)?, quote(&subscriptions.user_id)?);
        let endpoint = quote(&subscriptions.endpoint)?;
        let (p256dh, auth) = (quote(&subscriptions.p256dh)?, quote(&subscriptions.auth)?);
        let (text_id, text_user) = (dialect.as_text(&id), dialect.as_text(&user_id));
        let find = format!("SELECT {text_id}, {text_user}, {endpoint}, {p256dh}, {auth} FROM {table} WHERE ");
        let (save_subscription, save_file, save_user) = embedded_inserts(dialect, names)?;
        Ok(Self {
            dialect,
            find_subscriptions: ListStatement {
                before: find,
                column: user_id,
                kind: kinds.subscription_user,
                after: format!(" ORDER BY {id}"),
            },
            remove_subscriptions: ListStatement {
                before: format!("DELETE FROM {table} WHERE "),
                column: id,
                kind: kinds.subscription,
                after: String::new(),
            },
            save_subscription,
            update_file: update_file(dialect, names, kinds.file)?,
            save_file,
            update_user: update_user(dialect, names, kinds.user)?,
            save_user,
            file_table: names.files.table.clone(),
            user_table: names.users.table.clone(),
        })
    }

    /// Subscriptions of `count` users.
    pub(super) fn find_subscriptions(&self, count: usize) -> String {
        self.list(&self.find_subscriptions, count)
    }

    /// Deletes `count` subscriptions.
    pub(super) fn remove_subscriptions(&self, count: usize) -> String {
        self.list(&self.remove_subscriptions, count)
    }

    fn list(&self, statement: &ListStatement, count: usize) -> String {
        let ListStatement { before, column, kind, after } = statement;
        let condition = match self.dialect {
            Dialect::Sqlite => format!("{column} IN (SELECT value FROM json_each(?))"),
            Dialect::Postgres => kind.is_in(column, "$1"),
            // One value each: a table made of JSON has a collation of its own, which MySQL refuses to compare with another.
            Dialect::MySql => format!("{column} IN ({})", vec!["?"; count].join(", ")),
        };
        format!("{before}{condition}{after}")
    }
}

/// A condition that is true for the one row whose id is bound as value `number`: as JSON list of one on PostgreSQL, else as text.
fn is_id(dialect: Dialect, column: &str, (kind, number): (IdKind, usize)) -> String {
    match dialect {
        Dialect::Sqlite | Dialect::MySql => format!("{column} = ?"),
        Dialect::Postgres => kind.is_in(column, &dialect.placeholder(number)),
    }
}

fn update_file(dialect: Dialect, names: &SchemaNames, kind: IdKind) -> Result<String, StoreError> {
    let files = &names.files;
    let (table, id) = (dialect.quote(&files.table)?, dialect.quote(&files.id)?);
    let (compressed, thumbnail) = (dialect.quote(&files.compressed_url)?, dialect.quote(&files.thumbnail_url)?);
    let processed = dialect.quote(&files.processed)?;
    let [first, second, third] = [1, 2, 3].map(|number| dialect.placeholder(number));
    let condition = is_id(dialect, &id, (kind, 4));
    Ok(format!(
        "UPDATE {table} SET {compressed} = {first}, {thumbnail} = {second}, {processed} = {third} WHERE {condition}"
    ))
}

fn update_user(dialect: Dialect, names: &SchemaNames, kind: IdKind) -> Result<String, StoreError> {
    let users = &names.users;
    let (table, id) = (dialect.quote(&users.table)?, dialect.quote(&users.id)?);
    let avatar = dialect.quote(&users.avatar)?;
    let condition = is_id(dialect, &id, (kind, 2));
    Ok(format!("UPDATE {table} SET {avatar} = {} WHERE {condition}", dialect.placeholder(1)))
}

/// Rows are added to the embedded database only, so these are SQLite's: a subscription, a file, a user.
fn embedded_inserts(dialect: Dialect, names: &SchemaNames) -> Result<(String, String, String), StoreError> {
    let SchemaNames { subscriptions, files, users } = names;
    let columns = [
        &subscriptions.id,
        &subscriptions.user_id,
        &subscriptions.endpoint,
        &subscriptions.p256dh,
        &subscriptions.auth,
    ];
    let columns = columns.into_iter().map(|name| dialect.quote(name)).collect::<Result<Vec<_>, _>>()?.join(", ");
    let table = dialect.quote(&subscriptions.table)?;
    let insert_id = |table: &str, id: &str| -> Result<String, StoreError> {
        let (table, id) = (dialect.quote(table)?, dialect.quote(id)?);
        Ok(format!("INSERT INTO {table} ({id}) VALUES (?) ON CONFLICT ({id}) DO NOTHING"))
    };
    Ok((
        format!("INSERT OR REPLACE INTO {table} ({columns}) VALUES (?, ?, ?, ?, ?)"),
        insert_id(&files.table, &files.id)?,
        insert_id(&users.table, &users.id)?,
    ))
}
