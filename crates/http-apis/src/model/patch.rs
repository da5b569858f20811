//! How PATCH merges: `""` clears a scalar and removes a key of a map, an absent member changes nothing.

use std::collections::BTreeMap;

/// Overwrites an optional text; `""` clears it.
pub(super) fn text(target: &mut Option<String>, patch: Option<String>) {
    if let Some(value) = patch {
        *target = Some(value).filter(|value| !value.is_empty());
    }
}

/// Overwrites a value when one is given.
pub(super) fn set<T>(target: &mut T, patch: Option<T>) {
    if let Some(value) = patch {
        *target = value;
    }
}

/// Merges a map key by key; the value `""` removes its key.
pub(super) fn map(target: &mut BTreeMap<String, String>, patch: Option<BTreeMap<String, String>>) {
    for (key, value) in patch.into_iter().flatten() {
        if value.is_empty() {
            target.remove(&key);
        } else {
            target.insert(key, value);
        }
    }
}

/// Merges a map of maps; an inner `{}` removes its outer key, as does an inner map that becomes empty.
pub(super) fn nested(
    target: &mut BTreeMap<String, BTreeMap<String, String>>,
    patch: Option<BTreeMap<String, BTreeMap<String, String>>>,
) {
    for (key, inner) in patch.into_iter().flatten() {
        if inner.is_empty() {
            target.remove(&key);
            continue;
        }
        let merged = target.entry(key.clone()).or_default();
        map(merged, Some(inner));
        if merged.is_empty() {
            target.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(&str, &str)]) -> BTreeMap<String, String> {
        of.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
    }

    #[test]
    fn an_empty_value_removes_its_key_and_leaves_the_others() {
        let mut vars = pairs(&[("k", "1"), ("other", "2")]);
        map(&mut vars, Some(pairs(&[("k", ""), ("new", "3")])));
        assert_eq!(vars, pairs(&[("other", "2"), ("new", "3")]));
    }

    #[test]
    fn an_empty_status_drops_the_status() {
        let mut responses = BTreeMap::from([
            ("403".into(), pairs(&[("append:header.a", "b")])),
            ("404".into(), pairs(&[("append:header.c", "d")])),
        ]);
        nested(&mut responses, Some(BTreeMap::from([("403".into(), BTreeMap::new())])));
        assert_eq!(responses.keys().collect::<Vec<_>>(), ["404"]);
    }

    #[test]
    fn an_empty_text_clears() {
        let mut description = Some("d".to_owned());
        text(&mut description, None);
        assert_eq!(description.as_deref(), Some("d"));
        text(&mut description, Some(String::new()));
        assert_eq!(description, None);
    }
}
