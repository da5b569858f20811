//! Holds a raw JSON input against its shape before an operation runs, and words what is wrong as AWS does.
//!
//! Two kinds of failure: a wrong JSON type ends at once (AWS cannot even deserialise it); broken constraints are
//! collected in the order of the model's members. Forms of the words, as seen on AWS: `schema.1.member.name` for
//! structures in lists, `Member must satisfy constraint: [..]` over the whole list for lists of scalars,
//! `Map value must satisfy constraint: [..]` and `Map keys must ..` over the whole map.

use std::fmt::Write as _;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::schema::{Length, ListShape, MapShape, Range, Shape, StringShape, StructureShape};
use crate::types::{Iso8601, Timestamp};

/// Violations told at most: an answer must not grow out of proportion to the question.
const MAX_TOLD: usize = 100;

/// Why an input was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A value of the wrong JSON type; the text is a `SerializationException`'s.
    WrongType(String),
    /// Broken constraints; the text is complete, count included.
    Violations(String),
}

/// How strictly to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// As the model says.
    Model,
    /// Empty texts pass: in a PATCH of API Gateway `""` means "clear this".
    EmptyTextClears,
}

/// Checks `input` against `shape`. On the way whole numbers written as `60.0` become `60`, and members that are null
/// go: AWS reads them as absent. Nothing else changes.
pub(crate) fn check(shape: &StructureShape, input: &mut Value, strictness: Strictness) -> Result<(), Refusal> {
    let mut walk = Walk { path: String::new(), told: Vec::new(), strictness };
    walk.structure(shape, input).map_err(Refusal::WrongType)?;
    match walk.told.len() {
        0 => Ok(()),
        1 => Err(Refusal::Violations(format!("1 validation error detected: {}", walk.told[0]))),
        n => Err(Refusal::Violations(format!("{n} validation errors detected: {}", walk.told.join("; ")))),
    }
}

struct Walk {
    /// Where we are: `schema.1.member.name`.
    path: String,
    told: Vec<String>,
    strictness: Strictness,
}

impl Walk {
    fn value(&mut self, shape: &Shape, value: &mut Value) -> Result<(), String> {
        match shape {
            Shape::Structure(shape) => self.structure(shape, value),
            Shape::List(shape) => self.list(shape, value),
            Shape::Map(shape) => self.map(shape, value),
            scalar => {
                of_type(scalar, value)?;
                for broken in self.broken(scalar, value) {
                    self.tell(value, is_sensitive(scalar), &broken);
                }
                Ok(())
            }
        }
    }

    fn structure(&mut self, shape: &StructureShape, value: &mut Value) -> Result<(), String> {
        let Value::Object(members) = value else { return Err(not_a_container(value, "null")) };
        for member in shape.members {
            let here = self.enter(member.path);
            match members.get_mut(member.wire) {
                None | Some(Value::Null) if member.required => {
                    self.tell(&Value::Null, false, "Member must not be null");
                }
                None | Some(Value::Null) => {}
                Some(value) => self.value(member.shape, value)?,
            }
            self.path.truncate(here);
        }
        members.retain(|_, value| !value.is_null());
        Ok(())
    }

    fn list(&mut self, shape: &ListShape, value: &mut Value) -> Result<(), String> {
        let Value::Array(entries) = value else { return Err(not_a_container(value, "list or null")) };
        let whole = !is_container(shape.member);
        let mut broken_entry = false;
        for (n, entry) in entries.iter_mut().enumerate() {
            if entry.is_null() {
                broken_entry = true;
            } else if whole {
                of_type(shape.member, entry)?;
                broken_entry |= !self.broken(shape.member, entry).is_empty();
            } else {
                let here = self.enter(&format!("{}.member", n + 1));
                self.value(shape.member, entry)?;
                self.path.truncate(here);
            }
        }
        let sensitive = shape.sensitive || is_sensitive(shape.member);
        for broken in length_broken(shape.length, entries.len()) {
            self.tell(value, sensitive, &broken);
        }
        if broken_entry {
            let rules = rules(shape.member).join(", ");
            self.tell(value, sensitive, &format!("Member must satisfy constraint: [{rules}]"));
        }
        Ok(())
    }

    fn map(&mut self, shape: &MapShape, value: &mut Value) -> Result<(), String> {
        let Value::Object(entries) = value else { return Err(not_a_container(value, "null")) };
        let whole = !is_container(shape.value);
        let (mut broken_key, mut broken_value) = (false, false);
        // amazon-cognito-identity-js refreshes with `"DEVICE_KEY": null` where it knows no device, and AWS takes it.
        entries.retain(|_, entry| !entry.is_null());
        for (key, entry) in entries.iter_mut() {
            broken_key |= !self.broken(shape.key, &Value::String(key.clone())).is_empty();
            if whole {
                of_type(shape.value, entry)?;
                broken_value |= !self.broken(shape.value, entry).is_empty();
            } else {
                let here = self.enter(&format!("{key}.member"));
                self.value(shape.value, entry)?;
                self.path.truncate(here);
            }
        }
        let sensitive = shape.sensitive || is_sensitive(shape.value) || is_sensitive(shape.key);
        for broken in length_broken(shape.length, entries.len()) {
            self.tell(value, sensitive, &broken);
        }
        if broken_key {
            let rules = rules(shape.key).join(", ");
            self.tell(value, sensitive, &format!("Map keys must satisfy constraint: [{rules}]"));
        }
        if broken_value {
            let rules = rules(shape.value).join(", ");
            self.tell(value, sensitive, &format!("Map value must satisfy constraint: [{rules}]"));
        }
        Ok(())
    }

    /// Appends a step to the path; the caller truncates it back to the length returned.
    fn enter(&mut self, step: &str) -> usize {
        let here = self.path.len();
        if here > 0 {
            self.path.push('.');
        }
        self.path.push_str(step);
        here
    }

    fn tell(&mut self, value: &Value, sensitive: bool, constraint: &str) {
        if self.told.len() >= MAX_TOLD {
            return;
        }
        let shown = match value {
            Value::Null => " null".to_owned(),
            _ if sensitive => String::new(),
            value => format!(" '{}'", java(value)),
        };
        self.told.push(format!("Value{shown} at '{}' failed to satisfy constraint: {constraint}", self.path));
    }

    /// The constraints a scalar of the right type breaks.
    fn broken(&self, shape: &Shape, value: &Value) -> Vec<String> {
        match (shape, value) {
            (Shape::String(_), Value::String(text))
                if text.is_empty() && self.strictness == Strictness::EmptyTextClears && free_text(shape) =>
            {
                Vec::new()
            }
            (Shape::String(shape), Value::String(text)) => text_broken(shape, text),
            (Shape::Integer(range) | Shape::Long(range), Value::Number(number)) => {
                range_broken(*range, number.as_i64())
            }
            (Shape::Blob(length), Value::String(text)) => {
                length_broken(*length, STANDARD.decode(text).map_or(0, |bytes| bytes.len()))
            }
            _ => Vec::new(),
        }
    }
}

/// A text that is not one of an enum's words.
fn free_text(shape: &Shape) -> bool {
    matches!(shape, Shape::String(text) if text.values.is_empty())
}

fn is_container(shape: &Shape) -> bool {
    matches!(shape, Shape::Structure(_) | Shape::List(_) | Shape::Map(_))
}

/// Whether anything inside must not be echoed. Containers of structures are never printed with their secrets.
fn is_sensitive(shape: &Shape) -> bool {
    match shape {
        Shape::String(shape) => shape.sensitive,
        Shape::List(shape) => shape.sensitive || is_sensitive(shape.member),
        Shape::Map(shape) => shape.sensitive || is_sensitive(shape.value),
        Shape::Structure(shape) => shape.sensitive || shape.members.iter().any(|member| is_sensitive(member.shape)),
        Shape::Blob(_) | Shape::Document => true,
        _ => false,
    }
}

fn text_broken(shape: &StringShape, text: &str) -> Vec<String> {
    let mut broken = length_broken(shape.length, text.chars().count());
    if let Some(pattern) = shape.pattern.filter(|pattern| !pattern.matches(text)) {
        broken.push(pattern_rule(pattern.java));
    }
    if !shape.values.is_empty() && !shape.values.contains(&text) {
        broken.push(values_rule(shape.values));
    }
    broken
}

fn length_broken(length: Length, actual: usize) -> Vec<String> {
    let actual = actual as u64;
    let mut broken = Vec::new();
    if let Some(min) = length.min.filter(|min| actual < *min) {
        broken.push(min_length_rule(min));
    }
    if let Some(max) = length.max.filter(|max| actual > *max) {
        broken.push(max_length_rule(max));
    }
    broken
}

fn range_broken(range: Range, actual: Option<i64>) -> Vec<String> {
    let Some(actual) = actual else { return Vec::new() };
    let mut broken = Vec::new();
    if let Some(min) = range.min.filter(|min| actual < *min) {
        broken.push(min_value_rule(min));
    }
    if let Some(max) = range.max.filter(|max| actual > *max) {
        broken.push(max_value_rule(max));
    }
    broken
}

fn min_length_rule(min: u64) -> String {
    format!("Member must have length greater than or equal to {min}")
}
fn max_length_rule(max: u64) -> String {
    format!("Member must have length less than or equal to {max}")
}
fn min_value_rule(min: i64) -> String {
    format!("Member must have value greater than or equal to {min}")
}
fn max_value_rule(max: i64) -> String {
    format!("Member must have value less than or equal to {max}")
}
fn pattern_rule(java: &str) -> String {
    format!("Member must satisfy regular expression pattern: {java}")
}
fn values_rule(values: &[&str]) -> String {
    format!("Member must satisfy enum value set: [{}]", values.join(", "))
}

/// Every constraint of a scalar, as AWS lists them between brackets: maximum before minimum, then the pattern.
fn rules(shape: &Shape) -> Vec<String> {
    let mut rules = Vec::new();
    match shape {
        Shape::String(shape) => {
            rules.extend(shape.length.max.map(max_length_rule));
            rules.extend(shape.length.min.map(min_length_rule));
            rules.extend(shape.pattern.map(|pattern| pattern_rule(pattern.java)));
            if !shape.values.is_empty() {
                rules.push(values_rule(shape.values));
            }
        }
        Shape::Integer(range) | Shape::Long(range) => {
            rules.extend(range.max.map(max_value_rule));
            rules.extend(range.min.map(min_value_rule));
        }
        _ => {}
    }
    if rules.is_empty() {
        rules.push("Member must not be null".to_owned());
    }
    rules
}

/// Whether a scalar has the JSON type its shape wants; the error is AWS's sentence.
fn of_type(shape: &Shape, value: &mut Value) -> Result<(), String> {
    let wanted = match shape {
        Shape::String(_) => return wants(value.is_string(), value, "a String"),
        Shape::Boolean => return wants(value.is_boolean(), value, "a Boolean"),
        Shape::Double => return wants(value.is_number(), value, "a Double"),
        Shape::Timestamp => return wants(reads_as::<Timestamp>(value), value, "a Date"),
        Shape::Iso8601 => return wants(reads_as::<Iso8601>(value), value, "a Date"),
        Shape::Integer(_) => "an Integer",
        Shape::Long(_) => "a Long",
        Shape::Blob(_) => {
            let decodes = value.as_str().is_some_and(|text| STANDARD.decode(text).is_ok());
            return wants(decodes, value, "a Blob");
        }
        _ => return Ok(()),
    };
    make_whole(value);
    let fits = match shape {
        Shape::Integer(_) => value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
        _ => value.is_i64(),
    };
    wants(fits, value, wanted)
}

fn reads_as<'a, T: Deserialize<'a>>(value: &'a Value) -> bool {
    T::deserialize(value).is_ok()
}

/// Some clients write whole numbers as `60.0`.
fn make_whole(value: &mut Value) {
    let whole = value.as_f64().filter(|n| value.is_f64() && n.fract() == 0.0 && n.abs() < 9.0e15);
    if let Some(whole) = whole {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within range")]
        let whole = whole as i64;
        *value = Value::from(whole);
    }
}

fn wants(is: bool, value: &Value, wanted: &str) -> Result<(), String> {
    if is {
        return Ok(());
    }
    Err(match value {
        Value::Array(_) => "Start of list found where not expected".to_owned(),
        Value::Object(_) => "Start of structure or map found where not expected.".to_owned(),
        scalar => format!("{} can not be converted to {wanted}", token(scalar)),
    })
}

fn not_a_container(value: &Value, expected: &str) -> String {
    match value {
        Value::Array(_) => "Start of list found where not expected".to_owned(),
        Value::Object(_) => "Start of structure or map found where not expected.".to_owned(),
        _ => format!("Expected {expected}"),
    }
}

/// The parser's name for a scalar token, which AWS's messages show.
fn token(value: &Value) -> &'static str {
    match value {
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        _ => "NULL_VALUE",
    }
}

/// A value as Java prints it: `[a, b]`, `{k=v}`.
fn java(value: &Value) -> String {
    let mut out = String::new();
    write_java(&mut out, value);
    out
}

fn write_java(out: &mut String, value: &Value) {
    match value {
        Value::String(text) => out.push_str(text),
        Value::Array(entries) => {
            out.push('[');
            for (n, entry) in entries.iter().enumerate() {
                out.push_str(if n == 0 { "" } else { ", " });
                write_java(out, entry);
            }
            out.push(']');
        }
        Value::Object(entries) => write_java_map(out, entries),
        scalar => {
            let _ = write!(out, "{scalar}");
        }
    }
}

fn write_java_map(out: &mut String, entries: &Map<String, Value>) {
    out.push('{');
    for (n, (key, entry)) in entries.iter().enumerate() {
        out.push_str(if n == 0 { "" } else { ", " });
        out.push_str(key);
        out.push('=');
        write_java(out, entry);
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cognito_idp::SERVICE;
    use serde_json::json;

    fn refusal(operation: &str, mut input: Value) -> Refusal {
        check(SERVICE.operation(operation).unwrap().input.unwrap(), &mut input, Strictness::Model).unwrap_err()
    }

    fn told(operation: &str, input: Value) -> String {
        match refusal(operation, input) {
            Refusal::Violations(message) => message,
            Refusal::WrongType(message) => panic!("wrong type: {message}"),
        }
    }

    fn wrong_type(operation: &str, input: Value) -> String {
        match refusal(operation, input) {
            Refusal::WrongType(message) => message,
            Refusal::Violations(message) => panic!("violations: {message}"),
        }
    }

    /// Sentences seen on AWS, with the input that made them.
    #[test]
    fn the_words_are_awss() {
        let pool = json!({"PoolName": "p", "Schema": [{"Name": "phone_number_verified"}]});
        assert_eq!(
            told("CreateUserPool", pool),
            "1 validation error detected: Value 'phone_number_verified' at 'schema.1.member.name' failed to satisfy \
             constraint: Member must have length less than or equal to 20"
        );
        assert_eq!(
            told("AdminGetUser", json!({"UserPoolId": "us-east-1_abc", "Username": ""})),
            "2 validation errors detected: Value at 'username' failed to satisfy constraint: Member must have length \
             greater than or equal to 1; Value at 'username' failed to satisfy constraint: Member must satisfy regular \
             expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"
        );
        assert_eq!(
            told("CreateUserPool", json!({"PoolName": "p", "MfaConfiguration": "false"})),
            "1 validation error detected: Value 'false' at 'mfaConfiguration' failed to satisfy constraint: Member \
             must satisfy enum value set: [OFF, ON, OPTIONAL]"
        );
        assert_eq!(
            told("InitiateAuth", json!({"AuthFlow": "USER_AUTH"})),
            "1 validation error detected: Value null at 'clientId' failed to satisfy constraint: Member must not be null"
        );
        assert_eq!(
            told("InitiateAuth", json!({"AuthFlow": "USER_AUTH", "ClientId": ""})),
            "2 validation errors detected: Value '' at 'clientId' failed to satisfy constraint: Member must have \
             length greater than or equal to 1; Value '' at 'clientId' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: [\\w+]+"
        );
        let client = json!({"UserPoolId": "us-east-1_abc", "ClientId": "c", "CallbackURLs": [""], "LogoutURLs": []});
        assert_eq!(
            told("UpdateUserPoolClient", client),
            "1 validation error detected: Value '[]' at 'callbackURLs' failed to satisfy constraint: Member must \
             satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater \
             than or equal to 1, Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+]"
        );
    }

    #[test]
    fn a_sensitive_value_is_never_echoed() {
        let body = json!({"ClientId": "c", "Username": "u", "Password": "canary with space"});
        let message = told("SignUp", body);
        assert!(message.contains("Value at 'password' failed") && !message.contains("canary"), "{message}");
        let body = json!({"ClientId": "c", "Username": "u", "Password": "p", "UserAttributes": [{"Name": "a", "Value": "x".repeat(3000)}]});
        assert!(!told("SignUp", body).contains("xxx"));
    }

    #[test]
    fn map_keys_and_values_are_told_over_the_whole_map() {
        let body = json!({"UserPoolId": "us-east-1_abc", "ClientId": "c", "TermsName": "terms-of-use",
            "TermsSource": "LINK", "Enforcement": "NONE", "Links": {"klingon": "https://e.x"}});
        let message = told("CreateTerms", body);
        assert!(message.contains("Value '{klingon=https://e.x}' at 'links' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: "), "{message}");
        let tags = json!({"ResourceArn": "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_abc",
            "Tags": {"k": "v".repeat(257)}});
        assert!(
            told("TagResource", tags)
                .contains("Map value must satisfy constraint: [Member must have length less than or equal to 256")
        );
    }

    #[test]
    fn lengths_of_lists_and_bounds_of_numbers_are_held() {
        let many: Vec<Value> = (0..101).map(|n| json!(format!("https://e.x/{n}"))).collect();
        let body = json!({"UserPoolId": "us-east-1_abc", "ClientName": "c", "CallbackURLs": many});
        assert!(told("CreateUserPoolClient", body).contains("Member must have length less than or equal to 100"));
        let body = json!({"UserPoolId": "us-east-1_abc", "ClientName": "c", "AuthSessionValidity": 2});
        assert!(told("CreateUserPoolClient", body).ends_with("Value '2' at 'authSessionValidity' failed to satisfy constraint: Member must have value greater than or equal to 3"));
    }

    #[test]
    fn length_counts_code_points() {
        let name = "😀".repeat(128);
        let mut body = json!({"UserPoolId": "us-east-1_abc", "Username": name});
        assert!(check(SERVICE.operation("AdminGetUser").unwrap().input.unwrap(), &mut body, Strictness::Model).is_ok());
    }

    #[test]
    fn a_wrong_json_type_ends_at_once() {
        let flow = |value: Value| json!({"AuthFlow": value});
        assert_eq!(wrong_type("InitiateAuth", flow(json!(1))), "NUMBER_VALUE can not be converted to a String");
        assert_eq!(wrong_type("InitiateAuth", flow(json!(true))), "TRUE_VALUE can not be converted to a String");
        assert_eq!(wrong_type("InitiateAuth", flow(json!([]))), "Start of list found where not expected");
        assert_eq!(wrong_type("InitiateAuth", flow(json!({}))), "Start of structure or map found where not expected.");
        assert_eq!(wrong_type("ListUsers", json!({"Limit": "5"})), "STRING_VALUE can not be converted to an Integer");
        assert_eq!(wrong_type("ListUsers", json!({"Limit": 1.5})), "NUMBER_VALUE can not be converted to an Integer");
        assert_eq!(wrong_type("ListUsers", json!({"Limit": 1e12})), "NUMBER_VALUE can not be converted to an Integer");
        assert_eq!(wrong_type("SignUp", json!({"UserAttributes": "x"})), "Expected list or null");
        assert_eq!(wrong_type("SignUp", json!({"UserAttributes": ["x"]})), "Expected null");
        assert_eq!(wrong_type("SignUp", json!([])), "Start of list found where not expected");
    }

    #[test]
    fn a_whole_number_may_be_written_as_a_float() {
        let mut body = json!({"UserPoolId": "us-east-1_abc", "Limit": 5.0});
        check(SERVICE.operation("ListUsers").unwrap().input.unwrap(), &mut body, Strictness::Model).unwrap();
        assert_eq!(body["Limit"].as_i64(), Some(5));
    }

    #[test]
    fn a_null_entry_of_a_map_reads_as_absent() {
        let parameters = json!({"REFRESH_TOKEN": "t", "DEVICE_KEY": null});
        let mut body = json!({"ClientId": "c", "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters});
        check(SERVICE.operation("InitiateAuth").unwrap().input.unwrap(), &mut body, Strictness::Model).unwrap();
        assert_eq!(body["AuthParameters"], json!({"REFRESH_TOKEN": "t"}));
    }

    #[test]
    fn a_null_member_reads_as_absent() {
        let mut body = json!({"UserPoolId": "us-east-1_abc", "Limit": null, "AttributesToGet": null});
        check(SERVICE.operation("ListUsers").unwrap().input.unwrap(), &mut body, Strictness::Model).unwrap();
        assert_eq!(body, json!({"UserPoolId": "us-east-1_abc"}));
    }

    #[test]
    fn an_answer_does_not_grow_out_of_proportion() {
        let attributes: Vec<Value> = (0..20_000).map(|_| json!({})).collect();
        let message = told("SignUp", json!({"ClientId": "c", "Username": "u", "UserAttributes": attributes}));
        assert!(message.len() < 20_000, "{}", message.len());
    }

    #[test]
    fn every_pattern_of_the_model_compiles() {
        let all =
            crate::cognito_idp::PATTERNS.iter().chain(crate::apigatewayv2::PATTERNS).chain(crate::lambda::PATTERNS);
        let mut count = 0;
        for pattern in all {
            assert!(pattern.compiled().is_some(), "{}", pattern.java);
            count += 1;
        }
        assert!(count > 30, "{count}");
    }

    /// A value of the right types for a shape: every member, or the required ones only. Constraints are not looked at.
    fn sample(shape: &Shape, all: bool) -> Value {
        match shape {
            Shape::String(text) => json!(text.values.first().copied().unwrap_or("x")),
            Shape::Integer(_) | Shape::Long(_) | Shape::Timestamp => json!(1),
            Shape::Iso8601 => json!("2026-08-22T06:22:32Z"),
            Shape::Double => json!(1.5),
            Shape::Boolean => json!(true),
            Shape::Blob(_) => json!("AAAA"),
            Shape::Document => json!({"a": [1, null]}),
            Shape::List(list) => json!([sample(list.member, all)]),
            Shape::Map(map) => json!({"k": sample(map.value, all)}),
            Shape::Structure(structure) => sample_of(structure, all),
        }
    }

    fn sample_of(structure: &StructureShape, all: bool) -> Value {
        let wanted = structure.members.iter().filter(|member| all || member.required);
        wanted.map(|member| (member.wire.to_owned(), sample(member.shape, all))).collect()
    }

    #[test]
    fn what_the_schema_lets_through_the_type_can_read() {
        let services = [
            (&crate::cognito_idp::SERVICE, crate::cognito_idp::READERS),
            (&crate::apigatewayv2::SERVICE, crate::apigatewayv2::READERS),
            (&crate::lambda::SERVICE, crate::lambda::READERS),
        ];
        for (service, readers) in services {
            for (name, read) in readers {
                let shape = service.operation(name).unwrap().input.unwrap();
                for all in [true, false] {
                    let mut value = sample_of(shape, all);
                    let checked = check(shape, &mut value, Strictness::Model);
                    assert!(!matches!(checked, Err(Refusal::WrongType(_))), "{name}: {checked:?}");
                    read(value).unwrap_or_else(|e| panic!("{name}: {e}"));
                }
            }
        }
    }
}
