//! One operation = one file = one row. A file of a control plane's folders that has a `fn run` is an operation and must
//! stand in that API's `table.rs`; a row `folder::file` must have its file.

use std::collections::BTreeSet;
use std::path::Path;
use std::str::FromStr as _;

use proc_macro2::{TokenStream, TokenTree};

use super::sources::Source;

const APIS: [&str; 3] = [
    "crates/control-plane/src/cognito_idp",
    "crates/control-plane/src/apigatewayv2",
    "crates/control-plane/src/lambda",
];

/// Operation files without a row, and rows without an operation file.
pub fn breaches(_: &Path, sources: &[Source]) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for api in APIS {
        let files = files(api, sources);
        let Some(table) = sources.iter().find(|source| source.path == format!("{api}/table.rs")) else {
            if !files.is_empty() {
                found.push(format!("{api} has operations but no table.rs"));
            }
            continue;
        };
        let folders: BTreeSet<&str> = files.iter().filter_map(|file| file.split("::").next()).collect();
        let rows = rows(&table.text, &folders)?;
        found.extend(
            files
                .difference(&rows)
                .map(|file| format!("{api}/{}.rs is an operation without a row in table.rs", file.replace("::", "/"))),
        );
        found.extend(
            rows.difference(&files).map(|row| format!("{api}/table.rs names {row}, which has no file with a `fn run`")),
        );
    }
    Ok(found)
}

/// `folder::file` of every file, one folder down, that has a `fn run`.
fn files(api: &str, sources: &[Source]) -> BTreeSet<String> {
    let below = sources.iter().filter_map(|source| {
        let rest = source.path.strip_prefix(api)?.strip_prefix('/')?;
        let (folder, file) = rest.strip_suffix(".rs")?.split_once('/')?;
        let has_run = source.syntax.items.iter().any(|item| matches!(item, syn::Item::Fn(it) if it.sig.ident == "run"));
        (has_run && !file.contains('/')).then(|| format!("{folder}::{file}"))
    });
    below.collect()
}

/// Every path `folder::file` in the table whose first part is one of the folders.
fn rows(table: &str, folders: &BTreeSet<&str>) -> Result<BTreeSet<String>, String> {
    let mut rows = BTreeSet::new();
    let tokens = TokenStream::from_str(table).map_err(|e| e.to_string())?;
    look(tokens, folders, &mut rows);
    Ok(rows)
}

fn look(tokens: TokenStream, folders: &BTreeSet<&str>, rows: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for four in tokens.windows(4) {
        if let [TokenTree::Ident(folder), TokenTree::Punct(a), TokenTree::Punct(b), TokenTree::Ident(file)] = four {
            let folder = folder.to_string();
            if a.as_char() == ':' && b.as_char() == ':' && folders.contains(folder.as_str()) {
                rows.insert(format!("{folder}::{file}"));
            }
        }
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            look(group.stream(), folders, rows);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: format!("{}/{path}", APIS[0]), text: text.into(), syntax: syn::parse_file(text).unwrap() }
    }

    fn judge(sources: &[Source]) -> Vec<String> {
        breaches(Path::new("."), sources).unwrap()
    }

    #[test]
    fn a_file_and_its_row_agree() {
        let table = source("table.rs", "operations! { public SignUp = users::sign_up; }");
        let file = source("users/sign_up.rs", "pub async fn run() {}");
        let helper = source("users/shown.rs", "pub fn user() {}");
        assert!(judge(&[table, file, helper]).is_empty());
    }

    #[test]
    fn a_file_without_a_row_and_a_row_without_a_file_are_breaches() {
        let table = source("table.rs", "operations! { public SignUp = users::sign_up; }");
        let file = source("users/confirm.rs", "pub async fn run() {}");
        assert_eq!(judge(&[table, file]).len(), 2);
    }
}
