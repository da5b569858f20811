//! `docs/coverage.md`: every operation of AWS's models, and how far it works as the control plane's own tables say. The tables are read as text:
//! this tool does not compile the house.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::str::FromStr as _;

use proc_macro2::{TokenStream, TokenTree};

use super::model::Model;
use super::reach::chosen;
use super::services::ServiceChoice;

/// Where the list stands.
pub const FILE: &str = "docs/coverage.md";

/// Operations that have a row, and what is missing of those that work in part.
type Rows = BTreeMap<String, Option<String>>;

/// The list of all services.
pub fn page(root: &Path, models: &[(&ServiceChoice, Model)]) -> Result<String, String> {
    let mut out = String::from(
        "<!-- Written by `cargo xtask codegen` from the operation tables in crates/control-plane. Do not edit. -->\n\
         # Which operations work\n\n\
         Every operation of the services' models. An operation that works in part refuses what is missing with a typed error, or keeps it and answers it back\n\
         without effect, as its line says; one that is not there yet answers a typed error. `cognate coverage` prints the same list.\n",
    );
    for (choice, model) in models {
        section(&mut out, choice, model, &rows(root, choice.module)?);
    }
    Ok(out)
}

fn section(out: &mut String, choice: &ServiceChoice, model: &Model, rows: &Rows) {
    let (listed, others): (Vec<_>, Vec<_>) =
        model.operations.iter().partition(|operation| chosen(choice, operation) || rows.contains_key(&operation.name));
    let service = choice.model.split('/').next().unwrap_or_default();
    let works = listed.iter().filter(|operation| rows.contains_key(&operation.name)).count();
    let _ = write!(out, "\n## {service}\n\n{works} of {} operations", listed.len());
    if !others.is_empty() {
        let _ = write!(out, "; the model's other {} {}", others.len(), choice.others);
    }
    out.push_str(".\n\n| operation | works | what is missing |\n|---|---|---|\n");
    for operation in listed {
        let (word, missing) = match rows.get(&operation.name) {
            Some(None) => ("yes", ""),
            Some(Some(missing)) => ("in part", missing.as_str()),
            None => ("not yet", ""),
        };
        let _ = writeln!(out, "| {} | {word} | {} |", operation.name, missing.replace('|', "\\|"));
    }
}

fn rows(root: &Path, module: &str) -> Result<Rows, String> {
    let path = root.join(format!("crates/control-plane/src/{module}/table.rs"));
    let told = |why: String| format!("codegen: {}: {why}", path.display());
    let text = std::fs::read_to_string(&path).map_err(|e| told(e.to_string()))?;
    let rows = read(&text).map_err(told)?;
    if rows.is_empty() { Err(told("no operations! with rows".to_owned())) } else { Ok(rows) }
}

/// The rows of `operations! { … }`.
fn read(text: &str) -> Result<Rows, String> {
    let tokens: Vec<TokenTree> = TokenStream::from_str(text).map_err(|e| e.to_string())?.into_iter().collect();
    let table = tokens.windows(3).find_map(|three| match three {
        [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Group(rows)]
            if name == "operations" && mark.as_char() == '!' =>
        {
            Some(rows.stream())
        }
        _ => None,
    });
    let tokens: Vec<TokenTree> = table.ok_or("no operations! here")?.into_iter().collect();
    let rows = tokens.split(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';'));
    rows.filter(|row| !row.is_empty()).map(row).collect()
}

/// `[caller] Name = folder::file [, missing "…"]`
fn row(tokens: &[TokenTree]) -> Result<(String, Option<String>), String> {
    let name = tokens.windows(2).find_map(|two| match two {
        [TokenTree::Ident(name), TokenTree::Punct(mark)] if mark.as_char() == '=' => Some(name.to_string()),
        _ => None,
    });
    let missing = tokens.windows(2).find_map(|two| match two {
        [TokenTree::Ident(word), TokenTree::Literal(text)] if word == "missing" => Some(text.to_string()),
        _ => None,
    });
    let missing = missing.map(|literal| syn::parse_str::<syn::LitStr>(&literal).map(|text| text.value()));
    let missing = missing.transpose().map_err(|e| e.to_string())?;
    Ok((name.ok_or("a row without a name")?, missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_with_and_without_caller_and_what_is_missing() {
        let table = r#"
            macro_rules! operations { ($($name:ident = $file:ident;)*) => { static TABLE: &[Row] = &[]; }; }
            operations! {
                // Pools
                signed CreateUserPool = pools::create_user_pool,
                    missing "kept: \"x\"";
                GetApi = apis::get_api;
            }
        "#;
        let rows: Vec<_> = read(table).unwrap().into_iter().collect();
        assert_eq!(rows, [("CreateUserPool".into(), Some("kept: \"x\"".into())), ("GetApi".into(), None)]);
        assert!(read("fn main() {}").is_err());
    }
}
