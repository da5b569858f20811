//! Which room may use which. The table is the house's drawing; `cargo metadata` says what the manifests do.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::sources::Source;

/// Room, and the rooms it may use. Nothing points upward. A room that is missing here is a breach.
const ARROWS: [(&str, &[&str]); 18] = [
    // ground floor
    ("jose", &[]),
    ("bignum", &[]),
    ("sigv4", &[]),
    ("events", &[]),
    ("user-pools", &["jose", "bignum", "events"]),
    ("http-apis", &["jose", "sigv4", "events"]),
    // cellar
    ("store", &["user-pools", "http-apis", "functions", "dashboard"]),
    // stairs
    ("aws", &["sigv4"]),
    // first floor
    ("control-plane", &["aws", "user-pools", "http-apis", "functions"]),
    ("login", &["user-pools"]),
    ("templates", &["control-plane"]),
    ("functions", &["events", "http-apis", "user-pools"]),
    ("dashboard", &["events", "sigv4"]),
    ("objects", &["sigv4"]),
    // roof: the only room that names concrete types
    (
        "cognate",
        &[
            "jose",
            "bignum",
            "sigv4",
            "events",
            "user-pools",
            "http-apis",
            "store",
            "aws",
            "control-plane",
            "login",
            "templates",
            "functions",
            "dashboard",
            "objects",
        ],
    ),
    // outside
    ("testing", &["user-pools", "http-apis", "functions", "dashboard", "store"]),
    ("xtask", &[]),
    ("bench-load", &["jose"]),
];

/// Rooms that tests may use beyond what their room reaches.
const FOR_TESTS: [&str; 2] = ["testing", "store"];

/// Every arrow of a manifest that the drawing does not have.
pub fn breaches(root: &Path, _: &[Source]) -> Result<Vec<String>, String> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("cargo metadata: {e}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|e| e.to_string())?;
    Ok(judge(&metadata))
}

fn judge(metadata: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for package in list(metadata, "packages") {
        let room = text(package, "name");
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == room) else {
            found.push(format!("room {room} has no place in the drawing; add it to xtask/src/tidy/arrows.rs"));
            continue;
        };
        for dependency in list(package, "dependencies").iter().filter(|it| !it["path"].is_null()) {
            let (used, kind) = (text(dependency, "name"), text(dependency, "kind"));
            let for_tests = kind == "dev" && (FOR_TESTS.contains(&used) || reaches(room, used));
            if !allowed.contains(&used) && !for_tests {
                let kind = if kind.is_empty() { "" } else { " (for tests)" };
                found.push(format!("{room} must not use {used}{kind}: it may use [{}]", allowed.join(", ")));
            }
        }
    }
    found
}

/// Whether a room uses another, directly or through others (or is it): its tests may name what its interface names.
fn reaches(room: &str, used: &str) -> bool {
    let arrows = ARROWS.iter().find(|(known, _)| *known == room);
    room == used || arrows.is_some_and(|(_, allowed)| allowed.iter().any(|next| reaches(next, used)))
}

fn list<'a>(of: &'a Value, key: &str) -> &'a [Value] {
    of[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn house(room: &str, uses: &str, kind: Option<&str>) -> Value {
        json!({"packages": [{"name": room, "dependencies": [
            {"name": uses, "path": "/x", "kind": kind}, {"name": "serde", "kind": null}]}]})
    }

    #[test]
    fn an_arrow_upward_is_a_breach() {
        assert_eq!(judge(&house("http-apis", "user-pools", None)).len(), 1);
        assert_eq!(judge(&house("jose", "aws", None)).len(), 1);
        assert!(judge(&house("user-pools", "jose", None)).is_empty());
    }

    #[test]
    fn tests_may_use_the_bench() {
        assert!(judge(&house("user-pools", "testing", Some("dev"))).is_empty());
        assert_eq!(judge(&house("user-pools", "testing", None)).len(), 1);
        assert!(judge(&house("control-plane", "jose", Some("dev"))).is_empty());
        assert_eq!(judge(&house("jose", "user-pools", Some("dev"))).len(), 1);
    }

    #[test]
    fn an_unknown_room_is_a_breach() {
        assert_eq!(judge(&house("attic", "jose", None)).len(), 1);
    }
}
