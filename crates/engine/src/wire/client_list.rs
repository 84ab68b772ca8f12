//! Reading CLIENT LIST: one connection per line, `name=value` pairs with spaces between.

/// A connection as the server describes it: pairs of name and value, in its order.
pub(crate) type Client = Vec<(String, String)>;

/// The connections of a CLIENT LIST reply whose name `is_wanted`.
pub(crate) fn clients(reply: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<Client> {
    reply.lines().map(pairs).filter(|client| is_wanted(name_of(client))).collect()
}

fn pairs(line: &str) -> Client {
    // A value may contain `=`, a name does not.
    line.split_whitespace()
        .filter_map(|pair| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
        .collect()
}

fn name_of(client: &Client) -> &str {
    client.iter().find(|(name, _)| name == "name").map_or("", |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_wanted_connections_with_all_their_values() {
        let reply = "id=3 addr=127.0.0.1:1 name=bull:Zm8= flags=b\nid=4 addr=127.0.0.1:2 name= flags=N\n";
        let found = clients(reply, |name| name == "bull:Zm8=");
        let expected = [("id", "3"), ("addr", "127.0.0.1:1"), ("name", "bull:Zm8="), ("flags", "b")];
        assert_eq!(found, [expected.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()]);
    }
}
