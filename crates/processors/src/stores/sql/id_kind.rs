//! How ids are compared with columns that may not be text.

use sqlx::{MySqlPool, PgPool, Row};

use super::pool::DatabasePool;
use crate::stores::{SchemaNames, StoreError};

/// Length of a UUID in its usual form.
const UUID_LEN: usize = 36;

/// What a column holds. Ids are text here: a comparison has to keep to the column's type, or its index would not be used, and what
/// cannot stand in the column must not be asked for: PostgreSQL refuses it, and MySQL takes `7abc` for 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum IdKind {
    /// Text of any length.
    #[default]
    Text,
    /// Whole numbers of any size.
    Integer,
    Uuid,
    /// Compared as text, without the help of an index.
    Other,
}

/// The kinds of the columns that statements compare.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct IdKinds {
    pub(super) subscription: IdKind,
    pub(super) subscription_user: IdKind,
    pub(super) file: IdKind,
    pub(super) user: IdKind,
}

impl IdKinds {
    /// Asks the database. Tables that it does not have may not be needed: their columns count as text. So do all of SQLite, which
    /// converts and finds nothing equal that is not.
    pub(super) async fn of(pool: &DatabasePool, names: &SchemaNames) -> Result<Self, StoreError> {
        let kind = async |table: &str, column: &str| {
            let name = match pool {
                DatabasePool::Sqlite(_) => Ok(None),
                DatabasePool::Postgres(pool) => type_in_postgres(pool, table, column).await,
                DatabasePool::MySql(pool) => type_in_my_sql(pool, table, column).await,
            };
            let name = name.map_err(StoreError::failed_to("read the types of columns"))?;
            Ok(name.map_or(IdKind::default(), |name| IdKind::of(&name)))
        };
        let SchemaNames { subscriptions, files, users } = names;
        Ok(Self {
            subscription: kind(&subscriptions.table, &subscriptions.id).await?,
            subscription_user: kind(&subscriptions.table, &subscriptions.user_id).await?,
            file: kind(&files.table, &files.id).await?,
            user: kind(&users.table, &users.id).await?,
        })
    }
}

impl IdKind {
    fn of(type_name: &str) -> Self {
        match type_name {
            "text" | "character varying" | "character" | "citext" | "varchar" | "char" => Self::Text,
            "smallint" | "integer" | "bigint" | "int" | "mediumint" | "tinyint" => Self::Integer,
            "uuid" => Self::Uuid,
            _ => Self::Other,
        }
    }

    /// Whether a column of this kind can hold `id`.
    pub(super) fn can_hold(self, id: &str) -> bool {
        match self {
            Self::Text | Self::Other => true,
            // Not 07 and not +7: an id is equal to itself only.
            Self::Integer => id.parse::<i64>().is_ok_and(|number| number.to_string() == id),
            Self::Uuid => {
                let is_dash = |index: usize| matches!(index, 8 | 13 | 18 | 23);
                let is_right =
                    |(index, byte): (usize, u8)| if is_dash(index) { byte == b'-' } else { byte.is_ascii_hexdigit() };
                id.len() == UUID_LEN && id.bytes().enumerate().all(is_right)
            }
        }
    }

    /// A condition of PostgreSQL that is true for rows whose `column` (already quoted) is in the JSON list of texts bound to `placeholder`.
    pub(super) fn is_in(self, column: &str, placeholder: &str) -> String {
        let (left, value) = match self {
            Self::Text => (column.to_owned(), "value"),
            Self::Integer => (column.to_owned(), "value::bigint"),
            Self::Uuid => (column.to_owned(), "value::uuid"),
            Self::Other => (format!("CAST({column} AS TEXT)"), "value"),
        };
        format!("{left} = ANY(ARRAY(SELECT {value} FROM json_array_elements_text({placeholder}::json) AS ids(value)))")
    }
}

async fn type_in_postgres(pool: &PgPool, table: &str, column: &str) -> Result<Option<String>, sqlx::Error> {
    // `to_regclass` follows the search path, as the statements do, and is null for a table that is missing.
    let query = "SELECT format_type(atttypid, NULL) FROM pg_attribute \
                 WHERE attrelid = to_regclass(quote_ident($1)) AND attname = $2 AND NOT attisdropped";
    sqlx::query(query).bind(table).bind(column).fetch_optional(pool).await?.map(|row| row.try_get(0)).transpose()
}

async fn type_in_my_sql(pool: &MySqlPool, table: &str, column: &str) -> Result<Option<String>, sqlx::Error> {
    let query = "SELECT CAST(data_type AS CHAR) FROM information_schema.columns \
                 WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?";
    sqlx::query(query).bind(table).bind(column).fetch_optional(pool).await?.map(|row| row.try_get(0)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_asked_only_for_what_it_can_hold() {
        for (kind, id, expected) in [
            (IdKind::Text, "7abc", true),
            (IdKind::Integer, "7", true),
            (IdKind::Integer, "-7", true),
            (IdKind::Integer, "7abc", false),
            (IdKind::Integer, "07", false),
            (IdKind::Integer, "+7", false),
            (IdKind::Integer, "", false),
            (IdKind::Integer, "99999999999999999999", false),
            (IdKind::Uuid, "0f8fad5b-d9cb-469f-a165-70867728950e", true),
            (IdKind::Uuid, "0F8FAD5B-D9CB-469F-A165-70867728950E", true),
            (IdKind::Uuid, "0f8fad5bd9cb469fa16570867728950e", false),
            (IdKind::Uuid, "0f8fad5b-d9cb-469f-a165-70867728950g", false),
        ] {
            assert_eq!(kind.can_hold(id), expected, "{kind:?} {id}");
        }
    }
}
