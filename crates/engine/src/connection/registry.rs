//! One command connection per server and process.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, Weak};

use super::ConnectionOptions;
use super::shared_socket::SharedSocket;
use crate::error::Result;

/// Connections somebody still holds. Locked only to look up or insert, never across an await.
static SHARED: LazyLock<Mutex<HashMap<ConnectionOptions, Weak<SharedSocket>>>> = LazyLock::new(Mutex::default);

/// The process's connection for these options; made, but not yet opened, when nobody holds one.
pub(super) fn shared(options: &ConnectionOptions) -> Result<Arc<SharedSocket>> {
    let mut connections = SHARED.lock().expect("no code panics while it holds this lock");
    if let Some(connection) = connections.get(options).and_then(Weak::upgrade) {
        return Ok(connection);
    }
    connections.retain(|_, connection| connection.strong_count() > 0);
    let connection = Arc::new(SharedSocket::new(options.clone())?);
    connections.insert(options.clone(), Arc::downgrade(&connection));
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_options_share_one_connection_while_it_is_held() {
        let options = ConnectionOptions { database: 7, ..ConnectionOptions::default() };
        let first = shared(&options).unwrap();
        assert!(Arc::ptr_eq(&first, &shared(&options).unwrap()));
        assert!(!Arc::ptr_eq(&first, &shared(&ConnectionOptions::default()).unwrap()));
    }
}
