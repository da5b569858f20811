//! docs/attacks.md and what exists.
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// `module::test` of every test function below a folder.
fn tests_below(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with("target") {
            tests_below(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "py") {
            let module = path.file_stem().unwrap().to_str().unwrap();
            let text = fs::read_to_string(&path).unwrap();
            for line in text.lines() {
                let line = line.trim_start().trim_start_matches("async ");
                let name = line
                    .strip_prefix("fn ")
                    .or_else(|| line.strip_prefix("def "))
                    .and_then(|rest| rest.split('(').next());
                found.extend(name.map(|name| format!("{module}::{name}")));
            }
        }
    }
}

#[test]
fn the_table_of_attacks_names_at_least_sixty_and_only_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut exist = BTreeSet::new();
    for folder in ["crates", "tests/aws", "tests/serve"] {
        tests_below(&root.join(folder), &mut exist);
    }
    let table = fs::read_to_string(root.join("docs/attacks.md")).unwrap();
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| ") && line.contains("::")).collect();
    assert!(rows.len() >= 60, "{}", rows.len());
    for row in rows {
        let named = row.split('`').filter(|text| text.contains("::"));
        let missing: Vec<_> = named.filter(|name| !exist.contains(*name)).collect();
        assert!(missing.is_empty(), "{row}: {missing:?}");
    }
}
