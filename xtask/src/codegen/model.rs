//! A service model as botocore stores it, read into plain types. Anything the generator does not understand is an
//! error, never skipped in silence.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A whole service.
pub struct Model {
    /// `metadata.apiVersion`.
    pub api_version: String,
    /// `metadata.signingName`, else `endpointPrefix`.
    pub signing_name: String,
    /// `metadata.targetPrefix`, empty for REST.
    pub target_prefix: String,
    /// Sorted by name.
    pub operations: Vec<Operation>,
    /// By name.
    pub shapes: BTreeMap<String, Shape>,
}

/// One operation.
pub struct Operation {
    pub name: String,
    pub method: String,
    pub uri: String,
    pub status: u64,
    pub unsigned: bool,
    pub input: String,
    pub output: Option<String>,
    pub errors: Vec<String>,
}

/// One shape.
pub struct Shape {
    pub kind: Kind,
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub sensitive: bool,
    /// An exception, and the HTTP status it is told with.
    pub exception: Option<u64>,
}

/// What a shape is.
pub enum Kind {
    String { pattern: Option<String>, values: Vec<String> },
    Integer,
    Long,
    Double,
    Boolean,
    Timestamp { iso8601: bool },
    Blob,
    Document,
    List { member: String },
    Map { key: String, value: String },
    Structure { members: Vec<Member> },
}

/// One member of a structure.
pub struct Member {
    /// The model's name.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// `uri`, `querystring`, `header`, `statusCode`, `payload` (the whole body), or none for a member of the JSON body.
    pub location: Option<String>,
    pub required: bool,
    pub shape: String,
}

type Json = Map<String, Value>;

impl Model {
    /// Reads `service-2.json`.
    pub fn read(json: &Value) -> Result<Self, String> {
        let metadata = object(json, "metadata")?;
        let text = |key: &str| metadata.get(key).and_then(Value::as_str);
        let shapes = object(json, "shapes")?;
        let mut operations = object(json, "operations")?
            .iter()
            .map(|(name, it)| Operation::read(name, it).map_err(|e| format!("operation {name}: {e}")))
            .collect::<Result<Vec<_>, _>>()?;
        operations.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self {
            api_version: text("apiVersion").ok_or("no apiVersion")?.to_owned(),
            signing_name: text("signingName").or(text("endpointPrefix")).ok_or("no signing name")?.to_owned(),
            target_prefix: text("targetPrefix").unwrap_or_default().to_owned(),
            operations,
            shapes: shapes
                .iter()
                .map(|(name, it)| Ok((name.clone(), Shape::read(name, it).map_err(|e| format!("shape {name}: {e}"))?)))
                .collect::<Result<_, String>>()?,
        })
    }

    /// A shape that must be there.
    pub fn shape(&self, name: &str) -> &Shape {
        self.shapes.get(name).unwrap_or(&MISSING)
    }
}

/// A dangling reference reads as free JSON; the generated code then fails to compile where it matters.
static MISSING: Shape = Shape { kind: Kind::Document, min: None, max: None, sensitive: false, exception: None };

impl Operation {
    fn read(name: &str, json: &Value) -> Result<Self, String> {
        let http = object(json, "http")?;
        let reference = |key: &str| json.get(key).and_then(|it| it.get("shape")).and_then(Value::as_str);
        let errors = json.get("errors").and_then(Value::as_array).into_iter().flatten();
        Ok(Self {
            name: name.to_owned(),
            method: string(http, "method")?,
            uri: string(http, "requestUri")?,
            status: http.get("responseCode").and_then(Value::as_u64).unwrap_or(200),
            unsigned: json.get("authtype").and_then(Value::as_str) == Some("none"),
            input: reference("input").ok_or("no input")?.to_owned(),
            output: reference("output").map(str::to_owned),
            errors: errors.filter_map(|e| e.get("shape")?.as_str().map(str::to_owned)).collect(),
        })
    }
}

impl Shape {
    fn read(name: &str, json: &Value) -> Result<Self, String> {
        let json = json.as_object().ok_or("not an object")?;
        let flag = |key: &str| json.get(key).and_then(Value::as_bool).unwrap_or(false);
        let bound = |key: &str| json.get(key).and_then(Value::as_i64);
        let named = bounds_in_name(name);
        Ok(Self {
            kind: kind(json)?,
            min: bound("min").or(named.map(|(min, _)| min)),
            max: bound("max").or(named.map(|(_, max)| max)),
            sensitive: flag("sensitive"),
            exception: flag("exception").then(|| status(json, flag("fault"))),
        })
    }
}

/// API Gateway's model often says a text's bounds only in the shape's name: `StringWithLengthBetween1And128`.
fn bounds_in_name(name: &str) -> Option<(i64, i64)> {
    let (_, bounds) = name.split_once("WithLengthBetween")?;
    let (min, max) = bounds.split_once("And")?;
    let max = match max.strip_suffix('K') {
        Some(kilo) => kilo.parse::<i64>().ok()? * 1024,
        None => max.parse().ok()?,
    };
    Some((min.parse().ok()?, max))
}

fn status(json: &Json, fault: bool) -> u64 {
    let given = json.get("error").and_then(|error| error.get("httpStatusCode")).and_then(Value::as_u64);
    given.unwrap_or(if fault { 500 } else { 400 })
}

fn kind(json: &Json) -> Result<Kind, String> {
    let flag = |key: &str| json.get(key).and_then(Value::as_bool).unwrap_or(false);
    Ok(match string(json, "type")?.as_str() {
        "string" => Kind::String {
            pattern: json.get("pattern").and_then(Value::as_str).map(str::to_owned),
            values: strings(json, "enum"),
        },
        "integer" => Kind::Integer,
        "long" => Kind::Long,
        "double" => Kind::Double,
        "boolean" => Kind::Boolean,
        "timestamp" => {
            Kind::Timestamp { iso8601: json.get("timestampFormat").and_then(Value::as_str) == Some("iso8601") }
        }
        "blob" => Kind::Blob,
        "structure" if flag("document") => Kind::Document,
        "list" => Kind::List { member: reference(json, "member")? },
        "map" => Kind::Map { key: reference(json, "key")?, value: reference(json, "value")? },
        "structure" => Kind::Structure { members: members(json)? },
        other => return Err(format!("type {other} is unknown to the generator")),
    })
}

fn members(json: &Json) -> Result<Vec<Member>, String> {
    let required = strings(json, "required");
    let payload = json.get("payload").and_then(Value::as_str);
    let members = json.get("members").and_then(Value::as_object).ok_or("a structure without members")?;
    members
        .iter()
        .map(|(name, it)| {
            let it = it.as_object().ok_or("a member that is no object")?;
            let text = |key: &str| it.get(key).and_then(Value::as_str).map(str::to_owned);
            let location = text("location").or_else(|| (payload == Some(name)).then(|| "payload".to_owned()));
            let known = ["uri", "querystring", "header", "statusCode", "payload"];
            if location.as_deref().is_some_and(|location| !known.contains(&location)) {
                return Err(format!("member {name}: location {location:?} is unknown to the generator"));
            }
            Ok(Member {
                name: name.clone(),
                wire: text("locationName").unwrap_or_else(|| name.clone()),
                location,
                required: required.contains(name),
                shape: text("shape").ok_or("a member without a shape")?,
            })
        })
        .collect()
}

fn object<'a>(json: &'a Value, key: &str) -> Result<&'a Json, String> {
    json.get(key).and_then(Value::as_object).ok_or_else(|| format!("no object {key}"))
}

fn string(json: &Json, key: &str) -> Result<String, String> {
    json.get(key).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("no text {key}"))
}

fn strings(json: &Json, key: &str) -> Vec<String> {
    let list = json.get(key).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

fn reference(json: &Json, key: &str) -> Result<String, String> {
    let shape = json.get(key).and_then(|it| it.get("shape")).and_then(Value::as_str);
    shape.map(str::to_owned).ok_or_else(|| format!("no shape in {key}"))
}

#[cfg(test)]
mod tests {
    use super::bounds_in_name;

    #[test]
    fn bounds_stand_in_some_names() {
        assert_eq!(bounds_in_name("StringWithLengthBetween1And128"), Some((1, 128)));
        assert_eq!(bounds_in_name("StringWithLengthBetween0And32K"), Some((0, 32768)));
        assert_eq!(bounds_in_name("IntegerWithLengthBetweenMinus1And86400"), None);
        assert_eq!(bounds_in_name("UserPoolIdType"), None);
    }
}
