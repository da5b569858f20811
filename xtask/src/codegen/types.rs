//! Rust types for the model's structures and enums.

use std::fmt::Write as _;

use super::model::{Kind, Member, Model};
use super::names;
use super::reach::Reach;
use super::services::ServiceChoice;

/// All structures, each with the serde directions it needs.
pub fn structures(choice: &ServiceChoice, model: &Model, reach: &Reach) -> Result<String, String> {
    let mut out = String::from(
        "//! Inputs, outputs and what they are made of. Names are the model's.\n\n\
         use std::collections::BTreeMap;\n\nuse serde::{Deserialize, Serialize};\n\nuse super::enums::*;\nuse crate::types::{Blob, Iso8601, Timestamp, redacted_debug};\n",
    );
    for name in reach.all() {
        if let Kind::Structure { members } = &model.shape(name).kind {
            let text = structure(choice, model, reach, name, members).map_err(|e| format!("structure {name}: {e}"))?;
            out.push_str(&text);
        }
    }
    Ok(out)
}

fn structure(
    choice: &ServiceChoice,
    model: &Model,
    reach: &Reach,
    name: &str,
    members: &[Member],
) -> Result<String, String> {
    let (read, written) = (reach.read.contains(name), reach.written.contains(name));
    let hidden: Vec<&Member> = members.iter().filter(|member| is_hidden(choice, model, &member.shape)).collect();
    let mut derives = vec!["Clone"];
    if hidden.is_empty() {
        derives.push("Debug");
    }
    if has_default(model, name, &mut Vec::new()) {
        derives.push("Default");
    }
    derives.push("PartialEq");
    derives.extend(read.then_some("Deserialize"));
    derives.extend(written.then_some("Serialize"));
    let rename = if members.iter().all(|m| m.wire.starts_with(|c: char| c.is_ascii_lowercase())) {
        "camelCase"
    } else {
        "PascalCase"
    };
    let mut out = format!(
        "\n/// `{name}` of the model.\n#[derive({})]\n#[serde(rename_all = \"{rename}\")]\npub struct {} {{\n",
        derives.join(", "),
        names::type_name(name)
    );
    for member in members {
        out.push_str(&field(model, member, rename, written)?);
    }
    out.push_str("}\n");
    if !hidden.is_empty() {
        let is_hidden = |member: &&Member| hidden.iter().any(|it| it.name == member.name);
        let list = |of: Vec<&Member>| of.iter().map(|m| names::field(&m.name) + ", ").collect::<String>();
        let shown = list(members.iter().filter(|member| !is_hidden(member)).collect());
        let _ = writeln!(out, "redacted_debug!({} [{shown}] [{}]);", names::type_name(name), list(hidden.clone()));
    }
    Ok(out)
}

fn field(model: &Model, member: &Member, rename: &str, written: bool) -> Result<String, String> {
    let name = names::field(&member.name);
    let mut rust = rust_type(model, &member.shape)?;
    let mut attributes = Vec::new();
    if serde_name(&name, rename) != member.wire {
        attributes.push(format!("rename = {:?}", member.wire));
    }
    if !member.required {
        rust = format!("Option<{rust}>");
        if written {
            attributes.push("skip_serializing_if = \"Option::is_none\"".to_owned());
        }
    }
    let mut out = String::new();
    if !attributes.is_empty() {
        let _ = writeln!(out, "#[serde({})]", attributes.join(", "));
    }
    let _ = writeln!(out, "pub {name}: {rust},");
    Ok(out)
}

/// What serde's `rename_all` makes of a field.
fn serde_name(field: &str, rename: &str) -> String {
    let words = field.trim_start_matches("r#").split('_');
    let pascal: String = words
        .map(|word| {
            let mut chars = word.chars();
            chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
        })
        .collect();
    if rename == "PascalCase" { pascal } else { names::lower_first(&pascal) }
}

fn rust_type(model: &Model, name: &str) -> Result<String, String> {
    Ok(match &model.shape(name).kind {
        Kind::String { values, .. } if values.is_empty() => "String".to_owned(),
        Kind::String { .. } | Kind::Structure { .. } => names::type_name(name),
        Kind::Integer => "i32".to_owned(),
        Kind::Long => "i64".to_owned(),
        Kind::Double => "f64".to_owned(),
        Kind::Boolean => "bool".to_owned(),
        Kind::Timestamp { iso8601: true } => "Iso8601".to_owned(),
        Kind::Timestamp { iso8601: false } => "Timestamp".to_owned(),
        Kind::Blob => "Blob".to_owned(),
        Kind::Document => "serde_json::Value".to_owned(),
        Kind::List { member } => format!("Vec<{}>", rust_type(model, member)?),
        Kind::Map { key, value } => {
            if !matches!(model.shape(key).kind, Kind::String { .. }) {
                return Err(format!("map {name} has keys that are no texts"));
            }
            format!("BTreeMap<String, {}>", rust_type(model, value)?)
        }
    })
}

/// Whether `Default` can be derived: no required member may be an enum or hold one.
fn has_default(model: &Model, name: &str, above: &mut Vec<String>) -> bool {
    match &model.shape(name).kind {
        Kind::String { values, .. } => values.is_empty(),
        Kind::Structure { members } => {
            if above.iter().any(|it| it == name) {
                return true;
            }
            above.push(name.to_owned());
            let all = members.iter().all(|member| !member.required || has_default(model, &member.shape, above));
            above.pop();
            all
        }
        _ => true,
    }
}

fn is_hidden(choice: &ServiceChoice, model: &Model, name: &str) -> bool {
    let shape = model.shape(name);
    shape.sensitive
        || choice.also_hidden.contains(&name)
        || match &shape.kind {
            Kind::List { member } => is_hidden(choice, model, member),
            Kind::Map { value, .. } => is_hidden(choice, model, value),
            _ => false,
        }
}

/// All enums that structures name.
pub fn enums(model: &Model, reach: &Reach) -> Result<String, String> {
    let mut out =
        String::from("//! The closed sets of texts. Names are the model's.\n\nuse crate::types::string_enum;\n");
    for name in reach.all() {
        let Kind::String { values, .. } = &model.shape(name).kind else { continue };
        if values.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\nstring_enum!({} {{", names::type_name(name));
        let mut seen = Vec::new();
        for value in values {
            let variant = names::variant(value);
            if seen.contains(&variant) {
                return Err(format!("enum {name}: two values become {variant}"));
            }
            let _ = writeln!(out, "    {variant} = {value:?},");
            seen.push(variant);
        }
        out.push_str("});\n");
    }
    Ok(out)
}
