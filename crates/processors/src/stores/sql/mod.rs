//! The stores in a SQL database.

mod database_url;
mod dialect;
mod gathered;
mod id_kind;
mod migrations;
mod pool;
mod sql_stores;
mod statements;

pub use sql_stores::SqlStores;
