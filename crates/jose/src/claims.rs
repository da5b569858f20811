//! The claims of a token, read by kind. Absent and malformed are told apart where it matters for a decision.
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Seconds of the year 9999's end; what lies beyond is a mistake or an attack, never a date.
const LAST_SECOND: i64 = 253_402_300_799;

/// The claims of one token. Those that [`crate::verify`] returns were signed by a key of the set it was given; whether
/// issuer, audience and times suit is the caller's to check.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// Wraps claims that the caller vouches for (its own issuer has just signed them).
    pub fn new(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// Any claim, as it was written.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A claim that is a string; `None` when it is absent or something else.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A claim that is a point in time, in whole seconds since 1970 (a fraction is cut off downwards: `1.7e9` and `12.9`
    /// are accepted). `None` when it is absent, not a number, negative, or beyond the year 9999.
    /// [`crate::Jwt::parse`] refuses tokens whose `exp`, `nbf` or `iat` is present but unreadable, so for these three
    /// `None` means absent.
    pub fn seconds(&self, name: &str) -> Option<i64> {
        let number = self.0.get(name)?.as_number()?;
        let seconds = match number.as_i64() {
            Some(seconds) => seconds,
            None => whole_seconds(number.as_f64()?)?,
        };
        (0..=LAST_SECOND).contains(&seconds).then_some(seconds)
    }

    /// `aud` as a list. `None` only when the claim is absent; a malformed one is an audience that nobody has (empty list).
    pub fn audience(&self) -> Option<Vec<&str>> {
        match self.0.get("aud")? {
            Value::String(one) => Some(vec![one]),
            Value::Array(many) => Some(strings(many).unwrap_or_default()),
            _ => Some(Vec::new()),
        }
    }

    /// The scopes: `scope`, or `scp` where there is no `scope`; a list, or a string split at spaces. Empty when there are none.
    pub fn scopes(&self) -> Vec<&str> {
        match self.0.get("scope").or_else(|| self.0.get("scp")) {
            Some(Value::String(text)) => text.split(' ').filter(|scope| !scope.is_empty()).collect(),
            Some(Value::Array(list)) => strings(list).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// Roughly what the claims weigh in memory, in bytes: for [`crate::CachedToken::value_bytes`].
    pub fn approximate_bytes(&self) -> usize {
        object_bytes(&self.0)
    }

    /// All claims in the order of the token.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// All claims in the order of the token.
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

impl From<Map<String, Value>> for Claims {
    fn from(members: Map<String, Value>) -> Self {
        Self(members)
    }
}

/// The strings of a list; `None` when any item is something else.
fn strings(list: &[Value]) -> Option<Vec<&str>> {
    list.iter().map(Value::as_str).collect()
}

/// A member costs its name, its value and about 64 bytes of table; every text costs a block of the allocator.
fn object_bytes(object: &Map<String, Value>) -> usize {
    object.iter().map(|(name, value)| 64 + name.len() + value_bytes(value)).sum()
}

fn value_bytes(value: &Value) -> usize {
    let inside = match value {
        Value::String(text) => 16 + text.len(),
        Value::Array(list) => list.iter().map(value_bytes).sum(),
        Value::Object(object) => object_bytes(object),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    size_of::<Value>() + inside
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked before the cast")]
fn whole_seconds(seconds: f64) -> Option<i64> {
    (0.0..1e12).contains(&seconds).then(|| seconds.floor() as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Claims {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn times_may_be_floats_but_not_huge_negative_or_text() {
        let read = |value: Value| claims(json!({ "exp": value })).seconds("exp");
        assert_eq!(read(json!(1_700_000_000)), Some(1_700_000_000));
        assert_eq!(read(json!(1.7e9)), Some(1_700_000_000));
        assert_eq!(read(json!(12.9)), Some(12));
        assert_eq!(read(json!(0)), Some(0));
        assert_eq!(read(json!(LAST_SECOND)), Some(LAST_SECOND));
        for refused in
            [json!(LAST_SECOND + 1), json!(u64::MAX), json!(1e300), json!(-1), json!(-0.5), json!("1"), json!(null)]
        {
            assert_eq!(read(refused.clone()), None, "{refused}");
        }
    }

    #[test]
    fn the_weight_grows_with_what_the_claims_hold() {
        let bytes = |value: Value| claims(value).approximate_bytes();
        assert_eq!(bytes(json!({})), 0);
        let long = "x".repeat(5_000);
        for heavy in [json!({"a": long}), json!({ "a": {"b": long} }), json!({"a": [[long]]}), json!({long: 1})] {
            assert!((5_000..6_000).contains(&bytes(heavy)));
        }
    }

    #[test]
    fn a_malformed_audience_is_present_and_matches_nobody() {
        assert_eq!(claims(json!({})).audience(), None);
        assert_eq!(claims(json!({"aud": "a"})).audience(), Some(vec!["a"]));
        assert_eq!(claims(json!({"aud": ["a", "b"]})).audience(), Some(vec!["a", "b"]));
        for malformed in [json!(null), json!(1), json!({"a": 1}), json!(["a", 1])] {
            assert_eq!(claims(json!({ "aud": malformed })).audience(), Some(vec![]));
        }
    }

    #[test]
    fn scopes_are_read_from_scope_else_scp_as_text_or_list() {
        assert_eq!(claims(json!({"scope": "openid  dash/read", "scp": "x"})).scopes(), ["openid", "dash/read"]);
        assert_eq!(claims(json!({"scp": ["a", "b c"]})).scopes(), ["a", "b c"]);
        assert!(claims(json!({"scope": 1, "scp": "x"})).scopes().is_empty());
        assert!(claims(json!({})).scopes().is_empty());
    }
}
