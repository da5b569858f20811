//! Whether the files of a function's folder have changed: a cheap print of their names, sizes and times.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;

/// Folders that change by themselves or are too large to look through at every call.
const SKIPPED: [&str; 8] =
    ["node_modules", "__pycache__", ".git", ".venv", "venv", "target", ".cognate", ".pytest_cache"];
/// Files looked at; a larger folder is watched in part.
const FILES: usize = 5000;

/// A number that changes when a file comes, goes or is written.
pub(crate) fn print_of(folder: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut left = FILES;
    look(folder, &mut hasher, &mut left);
    hasher.finish()
}

fn look(folder: &Path, hasher: &mut DefaultHasher, left: &mut usize) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let Ok(data) = entry.metadata() else { continue };
        if *left == 0 {
            return;
        }
        *left -= 1;
        if data.is_dir() {
            if !SKIPPED.iter().any(|skipped| name == *skipped) {
                look(&entry.path(), hasher, left);
            }
        } else {
            (name, data.len(), data.modified().ok()).hash(hasher);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_changed_file_changes_the_print_and_a_cache_does_not() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("app.py"), "1").unwrap();
        let before = print_of(folder.path());
        assert_eq!(print_of(folder.path()), before);
        fs::create_dir(folder.path().join("__pycache__")).unwrap();
        fs::write(folder.path().join("__pycache__/app.pyc"), "x").unwrap();
        assert_eq!(print_of(folder.path()), before);
        fs::write(folder.path().join("app.py"), "22").unwrap();
        assert_ne!(print_of(folder.path()), before);
    }
}
