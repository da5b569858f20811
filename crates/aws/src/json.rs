//! Reading JSON strictly, once: valid UTF-8, no member twice, not nested beyond reason, nothing after the value.
//! (Which of two equal members counts differs from parser to parser; whoever relies on that is up to no good.)

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Levels of lists and objects. The deepest modelled input has eight; free documents get the rest.
const MAX_DEPTH: usize = 64;

/// Parses a body. The error says where it stopped, never what stood there.
pub(crate) fn parse(body: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(body).map_err(|e| format!("invalid UTF-8 at byte {}", e.valid_up_to()))?;
    let mut from = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0 }.deserialize(&mut from).map_err(|e| e.to_string())?;
    from.end().map_err(|e| e.to_string())?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom("nested too deeply"));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }
    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(value) = from.next_element_seed(inner)? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        while let Some(key) = from.next_key::<String>()? {
            let value = from.next_value_seed(inner)?;
            if map.insert(key, value).is_some() {
                return Err(A::Error::custom("a member stands there twice"));
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_read_as_it_stands() {
        let value = parse(br#" {"a":[1,-2,1.5,true,null,"\u00e4"],"b":{}} "#).unwrap();
        assert_eq!(value, json!({"a": [1, -2, 1.5, true, null, "ä"], "b": {}}));
    }

    #[test]
    fn a_member_twice_is_refused_at_every_level() {
        assert!(parse(br#"{"a":1,"a":1}"#).unwrap_err().contains("twice"));
        assert!(parse(br#"{"x":[{"a":1,"\u0061":2}]}"#).unwrap_err().contains("twice"));
    }

    #[test]
    fn deep_nesting_is_refused_without_harm() {
        assert!(parse("[".repeat(64).as_bytes()).unwrap_err().contains("EOF"));
        assert!(parse("[".repeat(100_000).as_bytes()).unwrap_err().contains("deep"));
        let ok = format!("{}{}", "[".repeat(64), "]".repeat(64));
        assert!(parse(ok.as_bytes()).is_ok());
    }

    #[test]
    fn broken_text_is_refused() {
        for body in [&b""[..], b"{", b"{}x", b"nul", b"{\"a\":}", b"\xff", b"{\"a\":\"\xc3\"}", b"1e999", b"{\"a\":1,}"]
        {
            assert!(parse(body).is_err(), "{body:?}");
        }
    }
}
