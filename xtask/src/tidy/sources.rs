//! The Rust files of the workspace, parsed once. Generated code is left out: it answers to its generator.

use std::path::{Path, PathBuf};

/// One hand-written Rust file.
pub struct Source {
    /// Relative to the workspace, with forward slashes.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Its syntax.
    pub syntax: syn::File,
}

const ROOTS: [&str; 3] = ["bench", "crates", "xtask"];

/// Reads and parses every `.rs` file below the crates.
pub fn read(root: &Path) -> Result<Vec<Source>, String> {
    let mut paths = Vec::new();
    for folder in ROOTS {
        collect(&root.join(folder), &mut paths)?;
    }
    paths.sort();
    paths.iter().map(|path| parse(root, path)).collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("tidy: {}: {e}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|e| e.to_string())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !matches!(name.as_ref(), "generated" | "target" | "node_modules") {
                collect(&path, into)?;
            }
        } else if name.ends_with(".rs") {
            into.push(path);
        }
    }
    Ok(())
}

fn parse(root: &Path, path: &Path) -> Result<Source, String> {
    let relative = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let text = std::fs::read_to_string(path).map_err(|e| format!("tidy: {relative}: {e}"))?;
    let syntax = syn::parse_file(&text).map_err(|e| format!("tidy: {relative} does not parse: {e}"))?;
    Ok(Source { path: relative, text, syntax })
}
