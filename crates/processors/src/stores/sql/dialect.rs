//! What the databases write differently.

use crate::stores::StoreError;

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
    MySql,
}

impl Dialect {
    /// A name as SQL identifier: quoted, so that case is kept and no content can end it.
    pub(super) fn quote(self, name: &str) -> Result<String, StoreError> {
        let reason = if name.is_empty() {
            "it is empty"
        } else if name.contains('\0') {
            "it contains a NUL character"
        } else {
            let mark = if self == Self::MySql { '`' } else { '"' };
            return Ok(format!("{mark}{}{mark}", name.replace(mark, &format!("{mark}{mark}"))));
        };
        Err(StoreError::InvalidName { name: name.into(), reason })
    }

    /// The place of the `number`th bound value, from 1.
    pub(super) fn placeholder(self, number: usize) -> String {
        if self == Self::Postgres { format!("${number}") } else { "?".into() }
    }

    /// A column as text: applications may number their rows.
    pub(super) fn as_text(self, column: &str) -> String {
        let text_type = if self == Self::MySql { "CHAR" } else { "TEXT" };
        format!("CAST({column} AS {text_type})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_cannot_end_an_identifier() {
        let name = "File\"`; DROP TABLE User; --";
        assert_eq!(Dialect::Postgres.quote(name).unwrap(), "\"File\"\"`; DROP TABLE User; --\"");
        assert_eq!(Dialect::Sqlite.quote(name).unwrap(), "\"File\"\"`; DROP TABLE User; --\"");
        assert_eq!(Dialect::MySql.quote(name).unwrap(), "`File\"``; DROP TABLE User; --`");
    }

    #[test]
    fn names_without_content_are_refused() {
        assert_eq!(Dialect::Sqlite.quote("").unwrap_err().code(), "INVALID_TABLE_NAME");
        assert_eq!(Dialect::MySql.quote("a\0b").unwrap_err().code(), "INVALID_TABLE_NAME");
    }
}
