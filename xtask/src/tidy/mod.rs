//! The laws of the house, held by reading the tree: which room may use which, how large things may grow, door-plates,
//! unfinished work, operation files and tables. Reads only; says every breach, not just the first.

mod arrows;
mod operations;
mod plates;
mod sizes;
mod sources;
mod unfinished;

use std::path::Path;

/// A law, and the function that looks for breaches of it. Each breach is one line: where, what, and what to do.
type Law = (&'static str, fn(&Path, &[sources::Source]) -> Result<Vec<String>, String>);

const LAWS: [Law; 5] = [
    ("arrows", arrows::breaches),
    ("sizes", sizes::breaches),
    ("door-plates", plates::breaches),
    ("unfinished work", unfinished::breaches),
    ("operation tables", operations::breaches),
];

/// Checks every law.
pub fn run(root: &Path) -> Result<String, String> {
    let sources = sources::read(root)?;
    let mut breaches = Vec::new();
    for (name, law) in LAWS {
        let found = law(root, &sources).map_err(|e| format!("tidy: {name}: {e}"))?;
        breaches.extend(found.into_iter().map(|breach| format!("tidy: {name}: {breach}")));
    }
    if breaches.is_empty() {
        return Ok(format!("tidy: {} laws held in {} files; {}", LAWS.len(), sources.len(), sizes::summary(&sources)));
    }
    Err(format!("{}\ntidy: {} breaches", breaches.join("\n"), breaches.len()))
}
