//! Parameters of a query or a form. An empty value counts as absent; a name that comes twice is remembered, because OAuth forbids it.
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// Names and values in the order they came. `Debug` shows the names only.
#[derive(Clone, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).map(|(name, value)| (owned(name), owned(value))).collect())
    }

    /// The first value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A value, or nothing.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// A name that comes more than once.
    pub fn repeated(&self) -> Option<&str> {
        // By a set: a form may hold thousands of names, and comparing each with each would cost seconds.
        let mut seen = HashSet::with_capacity(self.0.len());
        self.0.iter().map(|(name, _)| name.as_str()).find(|name| !seen.insert(*name))
    }

    /// The parameters of these names that have a value, in the order of the names.
    pub fn only<'a>(&'a self, names: &[&'static str]) -> Vec<(&'static str, &'a str)> {
        names.iter().filter_map(|name| Some((*name, self.get(name)?))).collect()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

fn owned(text: Cow<'_, str>) -> String {
    text.into_owned()
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_name_is_seen_and_an_empty_value_is_absent() {
        let params = Params::parse(b"a=1&b=&a=2");
        assert_eq!((params.get("a"), params.get("b"), params.repeated()), (Some("1"), None, Some("a")));
        assert_eq!(Params::parse(b"a=1&b=1").repeated(), None);
    }

    #[test]
    fn a_form_of_many_names_is_looked_through_at_once() {
        let names: Vec<_> = (0..30_000).map(|number| format!("{number:x}")).collect();
        let mut form = names.join("&");
        let started = std::time::Instant::now();
        assert_eq!(Params::parse(form.as_bytes()).repeated(), None);
        form.push_str("&7");
        assert_eq!(Params::parse(form.as_bytes()).repeated(), Some("7"));
        // Each with each would be 450 million comparisons, some seconds.
        assert!(started.elapsed().as_millis() < 1000, "{:?}", started.elapsed());
    }

    #[test]
    fn broken_encoding_is_replaced_not_refused() {
        assert_eq!(Params::parse(b"a=%ff%00%zz+").get("a"), Some("\u{fffd}\0%zz "));
    }
}
