//! Replies as bytes of RESP2, taken apart element by element.
//!
//! The decoder of `redis` is written for every protocol version and costs more per job than all else that is done with a reply.
//! <https://redis.io/docs/latest/develop/reference/protocol-spec/>

use bytes::{Buf, BytesMut};
use redis::{ErrorKind, RedisError, RedisResult, Value};

/// Deeper arrays than this are no reply of ours.
const DEPTH_MAX: usize = 16;

/// No element of a reply is longer; the server's own limit.
const LENGTH_MAX: i64 = 512 * 1024 * 1024;

/// Room that an array gets before its elements have come, whatever it says about their number.
const ROOM_MAX: usize = 4096;

/// Keeps what has come of a reply until the rest has.
#[derive(Debug, Default)]
pub(super) struct ReplyDecoder {
    /// Arrays that are not complete, the outermost first.
    open: Vec<OpenArray>,
}

#[derive(Debug)]
struct OpenArray {
    missing: usize,
    elements: Vec<Value>,
}

/// What stands at the front of the input.
enum Element {
    Complete(Value),
    Array { length: usize },
}

impl ReplyDecoder {
    /// The next reply, taken off `input`; `None` until all of it has come.
    ///
    /// # Errors
    /// Bytes that are no RESP2; the connection is of no use after that.
    pub(super) fn decode(&mut self, input: &mut BytesMut) -> RedisResult<Option<Value>> {
        while let Some(element) = next_element(input)? {
            let value = match element {
                Element::Complete(value) => value,
                Element::Array { length: 0 } => Value::Array(Vec::new()),
                Element::Array { length } => {
                    if self.open.len() == DEPTH_MAX {
                        return Err(malformed("arrays in arrays"));
                    }
                    self.open.push(OpenArray { missing: length, elements: Vec::with_capacity(length.min(ROOM_MAX)) });
                    continue;
                }
            };
            if let Some(reply) = self.place(value) {
                return Ok(Some(reply));
            }
        }
        Ok(None)
    }

    /// Puts a value where it belongs; the whole reply if it was its last part.
    fn place(&mut self, mut value: Value) -> Option<Value> {
        while let Some(array) = self.open.last_mut() {
            array.elements.push(value);
            array.missing -= 1;
            if array.missing > 0 {
                return None;
            }
            value = Value::Array(self.open.pop()?.elements);
        }
        Some(value)
    }
}

/// Takes one element off the front of `input`; `None` until all of it has come.
fn next_element(input: &mut BytesMut) -> RedisResult<Option<Element>> {
    let Some(end) = memchr::memchr(b'\n', input) else { return Ok(None) };
    let after = end + 1;
    let [kind, line @ .., b'\r', b'\n'] = &input[..after] else { return Err(malformed("a line")) };
    let element = match kind {
        b'$' => return bulk_string(input, after),
        b'*' => match number(line)? {
            -1 => Element::Complete(Value::Nil),
            length => Element::Array { length: bounded(length)? },
        },
        b':' => Element::Complete(Value::Int(number(line)?)),
        b'+' if line == b"OK" => Element::Complete(Value::Okay),
        b'+' => Element::Complete(Value::SimpleString(String::from_utf8_lossy(line).into_owned())),
        b'-' => Element::Complete(redis::parse_redis_value(&input[..after])?),
        _ => return Err(malformed("an unknown kind of element")),
    };
    input.advance(after);
    Ok(Some(element))
}

/// Takes off a string whose header ends at `start`.
fn bulk_string(input: &mut BytesMut, start: usize) -> RedisResult<Option<Element>> {
    let length = number(&input[1..start - 2])?;
    if length == -1 {
        input.advance(start);
        return Ok(Some(Element::Complete(Value::Nil)));
    }
    let end = start + bounded(length)?;
    let Some(closing) = input.get(end..end + 2) else {
        input.reserve(end + 2 - input.len());
        return Ok(None);
    };
    if closing != b"\r\n" {
        return Err(malformed("a string without its end"));
    }
    let text = input[start..end].to_vec();
    input.advance(end + 2);
    Ok(Some(Element::Complete(Value::BulkString(text))))
}

fn number(digits: &[u8]) -> RedisResult<i64> {
    std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()).ok_or_else(|| malformed("a number"))
}

fn bounded(length: i64) -> RedisResult<usize> {
    usize::try_from(length).ok().filter(|_| length <= LENGTH_MAX).ok_or_else(|| malformed("a length"))
}

fn malformed(what: &'static str) -> RedisError {
    (ErrorKind::Parse, "a reply that is not RESP2", what.to_owned()).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode_all(bytes: &[u8]) -> RedisResult<Vec<Value>> {
        decode_in_parts(&[bytes])
    }

    fn decode_in_parts(parts: &[&[u8]]) -> RedisResult<Vec<Value>> {
        let (mut decoder, mut input, mut replies) = (ReplyDecoder::default(), BytesMut::new(), Vec::new());
        for part in parts {
            input.extend_from_slice(part);
            while let Some(reply) = decoder.decode(&mut input)? {
                replies.push(reply);
            }
        }
        Ok(replies)
    }

    fn text(text: &str) -> Value {
        Value::BulkString(text.into())
    }

    #[test]
    fn every_kind_of_element_is_read() {
        let replies = decode_all(b"+OK\r\n+PONG\r\n:-5\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n").unwrap();
        let nothing = || Value::Array(Vec::new());
        let pong = Value::SimpleString("PONG".into());
        assert_eq!(
            replies,
            [Value::Okay, pong, Value::Int(-5), text("a\r\nbc"), text(""), Value::Nil, Value::Nil, nothing()]
        );
    }

    #[test]
    fn arrays_stand_in_arrays() {
        let replies = decode_all(b"*3\r\n*2\r\n:1\r\n*1\r\n$1\r\na\r\n*0\r\n:2\r\n").unwrap();
        let inner = Value::Array(vec![Value::Int(1), Value::Array(vec![text("a")])]);
        assert_eq!(replies, [Value::Array(vec![inner, Value::Array(Vec::new()), Value::Int(2)])]);
    }

    #[test]
    fn an_error_keeps_its_code() {
        let replies = decode_all(b"*1\r\n-NOSCRIPT No matching script\r\n").unwrap();
        let error = replies[0].clone().extract_error().unwrap_err();
        assert_eq!(error.code(), Some("NOSCRIPT"));
    }

    #[test]
    fn what_is_no_reply_is_refused() {
        let deep = b"*1\r\n".repeat(DEPTH_MAX + 1);
        let inputs: [&[u8]; 7] =
            [b"hello\r\n", b":x\r\n", b"$x\r\n", b"$-2\r\n", b"*-2\r\n", b"$1\r\nabc", b"$999999999999\r\n"];
        for input in inputs.into_iter().chain([&deep[..], b":1\n"]) {
            assert!(decode_all(input).is_err(), "{:?}", String::from_utf8_lossy(input));
        }
    }

    #[test]
    fn an_array_that_promises_much_gets_its_room_as_it_comes() {
        let mut decoder = ReplyDecoder::default();
        assert!(decoder.decode(&mut BytesMut::from(&b"*500000000\r\n"[..])).unwrap().is_none());
        assert!(decoder.open[0].elements.capacity() <= ROOM_MAX);
    }

    fn any_reply() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Nil),
            Just(Value::Okay),
            any::<i64>().prop_map(Value::Int),
            proptest::collection::vec(any::<u8>(), 0..40).prop_map(Value::BulkString),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| proptest::collection::vec(inner, 0..6).prop_map(Value::Array))
    }

    fn encode(value: &Value, bytes: &mut Vec<u8>) {
        match value {
            Value::Nil => bytes.extend(b"$-1\r\n"),
            Value::Okay => bytes.extend(b"+OK\r\n"),
            Value::Int(number) => bytes.extend(format!(":{number}\r\n").bytes()),
            Value::BulkString(text) => {
                bytes.extend(format!("${}\r\n", text.len()).bytes());
                bytes.extend(text);
                bytes.extend(b"\r\n");
            }
            Value::Array(elements) => {
                bytes.extend(format!("*{}\r\n", elements.len()).bytes());
                for element in elements {
                    encode(element, bytes);
                }
            }
            other => unreachable!("{other:?} is not generated"),
        }
    }

    proptest! {
        #[test]
        fn replies_cut_anywhere_read_as_the_library_reads_them(
            replies in proptest::collection::vec(any_reply(), 1..5),
            size in 1_usize..50,
        ) {
            let mut bytes = Vec::new();
            for reply in &replies {
                encode(reply, &mut bytes);
            }
            let parts: Vec<&[u8]> = bytes.chunks(size).collect();
            prop_assert_eq!(&decode_in_parts(&parts).unwrap(), &replies);
            let mut first = Vec::new();
            encode(&replies[0], &mut first);
            prop_assert_eq!(&redis::parse_redis_value(&first).unwrap(), &replies[0]);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            drop(decode_all(&bytes));
        }
    }
}
