//! The constraints of everything an input may hold, as static tables for `aws::check`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::model::{Kind, Member, Model, Shape};
use super::names;
use super::patterns;
use super::reach::Reach;
use super::services::ServiceChoice;

/// The shapes that inputs reach.
pub fn schema(choice: &ServiceChoice, model: &Model, reach: &Reach) -> Result<String, String> {
    let mut out = format!(
        "//! What the inputs of {} must satisfy.\n\nuse super::patterns;\nuse crate::schema::{{\n    Length, ListShape, Location, MapShape, Member, Range, Shape, StringShape, StructureShape,\n}};\n",
        choice.module
    );
    let pattern_names = pattern_names(model, reach);
    let mut seen = BTreeMap::new();
    for name in &reach.read {
        if let Some(other) = seen.insert(names::constant(name), name) {
            return Err(format!("shapes {other} and {name} have one constant name"));
        }
        let shape = model.shape(name);
        let constant = names::constant(name);
        let text = match &shape.kind {
            Kind::Structure { members } if reach.inputs.contains(name) => {
                format!("pub static {constant}: StructureShape = {};", structure(shape, members))
            }
            _ => format!("static {constant}: Shape = {};", expression(shape, &pattern_names)),
        };
        let _ = writeln!(out, "\n{text}");
    }
    Ok(out)
}

fn expression(shape: &Shape, pattern_names: &BTreeMap<String, String>) -> String {
    let sensitive = shape.sensitive;
    match &shape.kind {
        Kind::String { pattern, values } => {
            let pattern = pattern.as_ref().and_then(|java| pattern_names.get(java));
            let pattern = pattern.map_or("None".to_owned(), |name| format!("Some(&patterns::{name})"));
            format!(
                "Shape::String(StringShape {{ length: {}, pattern: {pattern}, values: &{values:?}, sensitive: {sensitive} }})",
                length(shape)
            )
        }
        Kind::Integer => format!("Shape::Integer({})", range(shape)),
        Kind::Long => format!("Shape::Long({})", range(shape)),
        Kind::Double => "Shape::Double".to_owned(),
        Kind::Boolean => "Shape::Boolean".to_owned(),
        Kind::Timestamp { iso8601 } => format!("Shape::{}", if *iso8601 { "Iso8601" } else { "Timestamp" }),
        Kind::Blob => format!("Shape::Blob({})", length(shape)),
        Kind::Document => "Shape::Document".to_owned(),
        Kind::List { member } => format!(
            "Shape::List(ListShape {{ length: {}, member: &{}, sensitive: {sensitive} }})",
            length(shape),
            names::constant(member)
        ),
        Kind::Map { key, value } => format!(
            "Shape::Map(MapShape {{ length: {}, key: &{}, value: &{}, sensitive: {sensitive} }})",
            length(shape),
            names::constant(key),
            names::constant(value)
        ),
        Kind::Structure { members } => format!("Shape::Structure({})", structure(shape, members)),
    }
}

fn structure(shape: &Shape, members: &[Member]) -> String {
    let mut out = String::from("StructureShape { members: &[");
    for member in members {
        let location = match member.location.as_deref() {
            Some("uri") => "Uri",
            Some("querystring") => "Query",
            Some("header") => "Header",
            Some("payload") => "Payload",
            _ => "Body",
        };
        let _ = write!(
            out,
            "Member {{ wire: {:?}, path: {:?}, location: Location::{location}, required: {}, shape: &{} }},",
            member.wire,
            names::lower_first(&member.name),
            member.required,
            names::constant(&member.shape)
        );
    }
    let _ = write!(out, "], sensitive: {} }}", shape.sensitive);
    out
}

fn length(shape: &Shape) -> String {
    format!("Length {{ min: {:?}, max: {:?} }}", shape.min, shape.max)
}

fn range(shape: &Shape) -> String {
    format!("Range {{ min: {:?}, max: {:?} }}", shape.min, shape.max)
}

/// Each distinct pattern under the name of the first shape that has it.
fn pattern_names(model: &Model, reach: &Reach) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for name in &reach.read {
        if let Kind::String { pattern: Some(java), .. } = &model.shape(name).kind {
            found.entry(java.clone()).or_insert_with(|| names::constant(name));
        }
    }
    found
}

/// The patterns, each once.
pub fn patterns(model: &Model, reach: &Reach) -> Result<String, String> {
    let mut out = String::from(
        "//! The regular expressions of the model, each once, in both dialects.\n\nuse crate::schema::Pattern;\n",
    );
    let mut by_name: Vec<(String, String)> =
        pattern_names(model, reach).into_iter().map(|(java, name)| (name, java)).collect();
    by_name.sort();
    for (name, java) in &by_name {
        let rust = patterns::translate(java)?;
        let _ = writeln!(out, "\npub static {name}: Pattern = Pattern::new({java:?}, {rust:?});");
    }
    let all: Vec<String> = by_name.iter().map(|(name, _)| format!("&{name}")).collect();
    let _ = writeln!(
        out,
        "\n/// All of them, for the test that compiles each.\n#[cfg(test)]\npub static ALL: &[&Pattern] = &[{}];",
        all.join(", ")
    );
    Ok(out)
}
