//! How token claims look to a function: every claim is a string (httpapi.md C.7).
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Prints claims as the gateway does: scalars as text, arrays as `[a b]`, objects as JSON text, nulls left out.
pub fn print_claims(claims: &Map<String, Value>) -> BTreeMap<String, String> {
    claims.iter().filter_map(|(name, value)| Some((name.clone(), print(value)?))).collect()
}

/// `None` for null: a null claim does not reach the function at all.
fn print(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => Some(print_list(items)),
        // Numbers keep their written form: a number of seconds must not turn into `1.787996002e+09`.
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => Some(value.to_string()),
    }
}

/// Go's way of printing a slice. A null inside it shows as `<nil>`.
fn print_list(items: &[Value]) -> String {
    let items: Vec<String> = items.iter().map(|item| print(item).unwrap_or_else(|| "<nil>".into())).collect();
    format!("[{}]", items.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_claim_reaches_the_function_as_a_string() {
        let Value::Object(claims) = json!({
            "cognito:groups": ["admin", "poweruser"], "one": ["one"], "exp": 1_787_996_002, "email_verified": true,
            "x": null, "o": {"a": 1}, "f": 1.5, "sub": "u-1", "none": []
        }) else {
            unreachable!()
        };
        let printed = print_claims(&claims);
        let expected = [
            ("cognito:groups", "[admin poweruser]"),
            ("one", "[one]"),
            ("exp", "1787996002"),
            ("email_verified", "true"),
            ("o", "{\"a\":1}"),
            ("f", "1.5"),
            ("sub", "u-1"),
            ("none", "[]"),
        ];
        assert_eq!(printed, expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
    }
}
