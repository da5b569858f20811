//! Every room and every folder of a room says at its door what it owns and what it refuses.

use std::path::Path;

use super::sources::Source;

/// `lib.rs`, `main.rs` and `mod.rs` files that do not begin with `//!`.
#[expect(clippy::unnecessary_wraps, reason = "all laws have one form")]
pub fn breaches(_: &Path, sources: &[Source]) -> Result<Vec<String>, String> {
    let doors = sources.iter().filter(|source| {
        let name = source.path.rsplit('/').next().unwrap_or_default();
        matches!(name, "lib.rs" | "main.rs" | "mod.rs")
    });
    Ok(doors
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| format!("{}: the first line must be a `//!` door-plate", source.path))
        .collect())
}
