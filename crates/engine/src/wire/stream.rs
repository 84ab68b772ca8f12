//! Reading the entries of the event stream.

use redis::Value;

use super::reply::{Reply, malformed};
use crate::error::Result;

/// One entry: its id, then its fields in the order they were written.
pub(crate) type Entry = (String, Vec<(String, String)>);

/// Reads the answer of XREAD on one stream, in either protocol version; empty when the wait timed out.
///
/// # Errors
/// `MalformedState` if the answer is of another kind.
pub(crate) fn stream_entries(reply: Value) -> Result<Vec<Entry>> {
    let entries = match reply {
        Value::Nil => return Ok(Vec::new()),
        Value::Map(mut streams) => streams.pop().map(|(_, entries)| entries),
        streams => match Reply::new("streams", streams).into_items()?.pop() {
            Some(stream) => Reply::new("stream", stream).into_items()?.pop(),
            None => None,
        },
    };
    Reply::new("stream entries", entries.unwrap_or(Value::Nil)).into_items()?.into_iter().map(entry).collect()
}

fn entry(entry: Value) -> Result<Entry> {
    let parts = Reply::new("stream entry", entry).into_items()?;
    let [id, fields] = <[Value; 2]>::try_from(parts).map_err(|_| malformed("stream entry", "not an id and fields"))?;
    let mut texts = Reply::new("stream fields", fields).into_texts()?.into_iter();
    let mut fields = Vec::with_capacity(texts.len() / 2);
    while let (Some(field), Some(value)) = (texts.next(), texts.next()) {
        fields.push((field, value));
    }
    Ok((Reply::new("stream entry id", id).into_text()?, fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::BulkString(text.as_bytes().to_vec())
    }

    fn entries() -> Value {
        let fields = Value::Array(vec![text("event"), text("added"), text("jobId"), text("7")]);
        Value::Array(vec![Value::Array(vec![text("1-0"), fields])])
    }

    #[test]
    fn both_protocol_versions_read_the_same() {
        let expected = vec![(
            "1-0".to_owned(),
            vec![("event".to_owned(), "added".to_owned()), ("jobId".to_owned(), "7".to_owned())],
        )];
        let resp2 = Value::Array(vec![Value::Array(vec![text("bull:q:events"), entries()])]);
        assert_eq!(stream_entries(resp2).unwrap(), expected);
        assert_eq!(stream_entries(Value::Map(vec![(text("bull:q:events"), entries())])).unwrap(), expected);
    }

    #[test]
    fn a_wait_that_timed_out_brings_nothing() {
        assert_eq!(stream_entries(Value::Nil).unwrap(), []);
    }
}
