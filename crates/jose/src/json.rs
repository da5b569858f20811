//! A strict reader of JSON objects from strangers: no member twice (at any depth), no deep nesting, nothing behind the
//! object. Two readers that disagree about a duplicate member are how one claim passes the check and another is used.
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Objects and lists may nest this deep, the outermost one counted.
pub(crate) const MAX_DEPTH: usize = 16;

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonFault {
    /// Not one JSON object.
    Syntax,
    /// A member occurs twice.
    Duplicate,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
}

/// Reads exactly one JSON object.
pub(crate) fn read_object(bytes: &[u8]) -> Result<Map<String, Value>, JsonFault> {
    let fault = Cell::new(JsonFault::Syntax);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: 0, fault: &fault }.deserialize(&mut deserializer);
    match value.and_then(|value| deserializer.end().map(|()| value)) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(JsonFault::Syntax),
        Err(_) => Err(fault.get()),
    }
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    fault: &'a Cell<JsonFault>,
}

impl Strict<'_> {
    fn refuse<E: Error>(self, fault: JsonFault) -> E {
        self.fault.set(fault);
        E::custom("refused")
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.refuse(JsonFault::TooDeep));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate members")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| self.refuse(JsonFault::Syntax))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(self.refuse(JsonFault::Duplicate));
            }
            object.insert(name, members.next_value_seed(inner)?);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proper_object_reads_as_serde_json_reads_it() {
        let text = r#"{"s":"a\u00e9\"","n":-1,"u":18446744073709551615,"f":1.5e3,"l":[1,[true,null]],"o":{"x":{}}}"#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(Value::Object(read_object(text.as_bytes()).unwrap()), expected);
    }

    #[test]
    fn a_member_given_twice_is_refused_at_any_depth_and_in_any_spelling() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":{"b":1,"c":[{"d":1,"d":2}]}}"#, r#"{"a":1,"\u0061":2}"#] {
            assert_eq!(read_object(text.as_bytes()), Err(JsonFault::Duplicate), "{text}");
        }
        assert!(read_object(br#"{"a":{"x":1},"b":{"x":1}}"#).is_ok());
    }

    #[test]
    fn a_nested_bomb_is_refused_before_the_stack_feels_it() {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let nested = |depth: usize| format!(r#"{{"x":{}1{}}}"#, open.repeat(depth), close.repeat(depth));
            assert!(read_object(nested(MAX_DEPTH - 1).as_bytes()).is_ok());
            assert_eq!(read_object(nested(MAX_DEPTH).as_bytes()), Err(JsonFault::TooDeep));
            assert_eq!(read_object(nested(100_000).as_bytes()), Err(JsonFault::TooDeep));
        }
    }

    #[test]
    fn anything_but_one_object_is_refused() {
        let refused: [&[u8]; 12] = [
            b"",
            b"[]",
            b"1",
            b"null",
            b"\"a\"",
            b"{}{}",
            b"{} x",
            b"{\"a\":1e999}",
            b"{\"a\":NaN}",
            b"{a:1}",
            b"{\"a\":1,}",
            b"{\"a\":\"\xff\"}",
        ];
        for text in refused {
            assert_eq!(read_object(text), Err(JsonFault::Syntax), "{:?}", String::from_utf8_lossy(text));
        }
    }
}
