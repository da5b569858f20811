//! The tables of a service: its operations, its error codes, its module.

use std::fmt::Write as _;

use super::model::Model;
use super::names;
use super::reach::{Reach, chosen};
use super::services::ServiceChoice;

/// The service's `mod.rs`.
pub fn module(choice: &ServiceChoice, model: &Model) -> String {
    format!(
        "//! `{}` {}: shapes, constraints, operations and error codes, as AWS's model has them.\n//! Nothing here decides; `SERVICE` is the way in for the codecs.\n\n\
         mod enums;\nmod errors;\nmod operations;\nmod patterns;\nmod schema;\nmod structures;\n\n\
         pub use enums::*;\npub use errors::ErrorCode;\npub use operations::SERVICE;\npub use structures::*;\n\n\
         #[cfg(test)]\npub(crate) use operations::READERS;\n#[cfg(test)]\npub(crate) use patterns::ALL as PATTERNS;\n",
        choice.model.split('/').next().unwrap_or_default(),
        model.api_version
    )
}

/// The operation table.
pub fn operations(choice: &ServiceChoice, model: &Model, reach: &Reach) -> String {
    let mut out = format!(
        "//! The operations, sorted by name.\n\nuse super::schema;\nuse crate::schema::{{Auth, Operation, Service}};\n\n\
         /// The service and all its operations.\npub static SERVICE: Service = Service {{ signing_name: {:?}, target_prefix: {:?}, api_version: {:?}, operations: OPERATIONS }};\n\n\
         static OPERATIONS: &[Operation] = &[\n",
        model.signing_name, model.target_prefix, model.api_version
    );
    for operation in &model.operations {
        let known = chosen(choice, operation) && reach.inputs.contains(&operation.input);
        let input =
            if known { format!("Some(&schema::{})", names::constant(&operation.input)) } else { "None".to_owned() };
        let auth = if operation.unsigned { "None" } else { "SigV4" };
        let _ = writeln!(
            out,
            "Operation {{ name: {:?}, method: {:?}, uri: {:?}, status: {}, auth: Auth::{auth}, input: {input}, input_name: {:?}, output_name: {:?}, errors: &{:?} }},",
            operation.name,
            operation.method,
            operation.uri,
            operation.status,
            operation.input,
            operation.output,
            operation.errors
        );
    }
    out.push_str("];\n");
    out.push_str(&readers(choice, model));
    out
}

/// For a test: what reads each input, to prove that the schema and the type agree.
fn readers(choice: &ServiceChoice, model: &Model) -> String {
    let mut out = String::from(
        "\n/// Each operation's input type as a function, for the test that proves schema and type agree.\n\
         #[cfg(test)]\n#[allow(clippy::type_complexity, reason = \"a table that one test reads\")]\npub static READERS: &[(&str, fn(serde_json::Value) -> Result<(), serde_json::Error>)] = &[\n",
    );
    for operation in model.operations.iter().filter(|operation| chosen(choice, operation)) {
        let input = names::type_name(&operation.input);
        let _ = writeln!(out, "({:?}, |it| serde_json::from_value::<super::{input}>(it).map(drop)),", operation.name);
    }
    out.push_str("];\n");
    out
}

/// The exceptions and their HTTP statuses.
pub fn errors(model: &Model) -> String {
    let mut out = String::from(
        "//! The exceptions and the HTTP status of each.\n\nuse crate::error::error_codes;\n\nerror_codes!(ErrorCode {\n",
    );
    for (name, shape) in &model.shapes {
        if let Some(status) = shape.exception {
            let _ = writeln!(out, "    {name} = {status},");
        }
    }
    out.push_str("});\n");
    out
}
