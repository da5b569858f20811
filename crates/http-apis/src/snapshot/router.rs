//! The router: route keys compiled into a tree, matched against a decoded path without allocating for literals.
//!
//! Order: full match, then greedy match, then `$default`. Segments are compared from the left, a literal before a
//! variable; a route whose method does not fit is no candidate; the exact method beats `ANY`. There is no 405.

use std::collections::HashMap;

use crate::model::{RouteKey, Segment};

/// A compiled set of route keys. Routes are named by their index in the slice it was built from.
#[derive(Debug, Default)]
pub(crate) struct Router {
    root: Node,
    default: Option<usize>,
}

#[derive(Debug, Default)]
struct Node {
    literals: HashMap<Box<str>, Node>,
    variable: Option<Box<Node>>,
    /// Routes that end here.
    ends: Methods,
    /// Routes whose greedy variable starts here.
    greedy: Methods,
}

/// Routes of one path by method. A handful at most, so a list.
#[derive(Debug, Default)]
struct Methods {
    exact: Vec<(Box<str>, usize)>,
    any: Option<usize>,
}

/// A route found for a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found<'p> {
    /// Index of the route.
    pub(crate) route: usize,
    /// Values of the path's variables, in the order of the template; empty for `$default`.
    pub(crate) values: Vec<&'p str>,
}

impl Router {
    /// Compiles keys; the index of each is its name. A later key of the same form replaces an earlier one.
    pub(crate) fn new<'k>(keys: impl IntoIterator<Item = &'k RouteKey>) -> Self {
        let mut router = Self::default();
        for (index, key) in keys.into_iter().enumerate() {
            match key {
                RouteKey::Default => router.default = Some(index),
                RouteKey::Path { method, path } => router.root.insert(method, &path.segments, index),
            }
        }
        router
    }

    /// The route for a method and a decoded path that starts with `/`.
    pub(crate) fn find<'p>(&self, method: &str, path: &'p str) -> Option<Found<'p>> {
        let rest = path.strip_prefix('/')?;
        let mut values = Vec::new();
        let full = if rest.is_empty() { self.root.ends.get(method) } else { self.root.full(method, rest, &mut values) };
        if let Some(route) = full {
            return Some(Found { route, values });
        }
        values.clear();
        if let Some(route) = self.root.rest(method, rest, true, &mut values) {
            return Some(Found { route, values });
        }
        self.default.map(|route| Found { route, values: Vec::new() })
    }
}

impl Node {
    fn insert(&mut self, method: &str, segments: &[Segment], route: usize) {
        let Some((first, rest)) = segments.split_first() else { return self.ends.insert(method, route) };
        match first {
            Segment::Literal(text) => {
                self.literals.entry(text.as_str().into()).or_default().insert(method, rest, route);
            }
            Segment::Variable(_) => self.variable.get_or_insert_default().insert(method, rest, route),
            Segment::Greedy(_) => self.greedy.insert(method, route),
        }
    }

    /// Matches every segment of `path` (no leading slash). Each node is visited at most once, so a hostile path
    /// cannot make this explode.
    fn full<'p>(&self, method: &str, path: &'p str, values: &mut Vec<&'p str>) -> Option<usize> {
        let (segment, rest) = split(path);
        let down = |node: &Self, values: &mut Vec<&'p str>| match rest {
            Some(rest) => node.full(method, rest, values),
            None => node.ends.get(method),
        };
        if let Some(route) = self.literals.get(segment).and_then(|node| down(node, values)) {
            return Some(route);
        }
        let node = self.variable.as_deref().filter(|_| !segment.is_empty())?;
        values.push(segment);
        let found = down(node, values);
        if found.is_none() {
            values.pop();
        }
        found
    }

    /// The greedy route with the longest, most literal part before its variable.
    /// A greedy variable takes at least one character, but for `/{proxy+}`, which takes `/`.
    fn rest<'p>(&self, method: &str, path: &'p str, root: bool, values: &mut Vec<&'p str>) -> Option<usize> {
        let (segment, rest) = split(path);
        if let Some(rest) = rest {
            if let Some(node) = self.literals.get(segment)
                && let Some(route) = node.rest(method, rest, false, values)
            {
                return Some(route);
            }
            if let Some(node) = self.variable.as_deref().filter(|_| !segment.is_empty()) {
                values.push(segment);
                if let Some(route) = node.rest(method, rest, false, values) {
                    return Some(route);
                }
                values.pop();
            }
        }
        let route = self.greedy.get(method).filter(|_| root || !path.is_empty())?;
        values.push(path);
        Some(route)
    }
}

impl Methods {
    fn insert(&mut self, method: &str, route: usize) {
        if method == "ANY" {
            self.any = Some(route);
            return;
        }
        self.exact.retain(|(known, _)| &**known != method);
        self.exact.push((method.into(), route));
    }

    fn get(&self, method: &str) -> Option<usize> {
        let exact = self.exact.iter().find(|(known, _)| &**known == method);
        exact.map(|(_, route)| *route).or(self.any)
    }
}

fn split(path: &str) -> (&str, Option<&str>) {
    match path.split_once('/') {
        Some((segment, rest)) => (segment, Some(rest)),
        None => (path, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chosen(keys: &[&str], method: &str, path: &str) -> Option<String> {
        let parsed: Vec<RouteKey> = keys.iter().map(|key| RouteKey::parse(key).unwrap()).collect();
        Router::new(&parsed).find(method, path).map(|found| keys[found.route].to_owned())
    }

    fn values(key: &str, path: &str) -> Option<Vec<String>> {
        let parsed = [RouteKey::parse(key).unwrap()];
        let router = Router::new(&parsed);
        router.find("GET", path).map(|found| found.values.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_guides_table_is_chosen_as_the_guide_says() {
        let keys = ["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"];
        for (method, path, expected) in [
            ("GET", "/pets/dog/1", "GET /pets/dog/1"),
            ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
            ("GET", "/pets/cat/1", "GET /pets/{proxy+}"),
            ("POST", "/test/5", "ANY /{proxy+}"),
        ] {
            assert_eq!(chosen(&keys, method, path).as_deref(), Some(expected), "{method} {path}");
        }
        let without = ["GET /pets/dog/1", "$default"];
        assert_eq!(chosen(&without, "DELETE", "/anything").as_deref(), Some("$default"));
    }

    #[test]
    fn segments_are_compared_from_the_left() {
        let keys = ["GET /a/{x}/c", "GET /a/b/{y}"];
        assert_eq!(chosen(&keys, "GET", "/a/b/c").as_deref(), Some("GET /a/b/{y}"));
        assert_eq!(chosen(&keys, "GET", "/a/z/c").as_deref(), Some("GET /a/{x}/c"));
        let back = ["GET /a/b/d", "GET /a/{x}/c"];
        assert_eq!(chosen(&back, "GET", "/a/b/c").as_deref(), Some("GET /a/{x}/c"));
    }

    #[test]
    fn another_method_is_no_candidate_and_the_exact_method_beats_any() {
        let keys = ["GET /pets/dog", "POST /pets/{id}", "ANY /pets/{id}", "PUT /pets/{id}"];
        assert_eq!(chosen(&keys, "POST", "/pets/dog").as_deref(), Some("POST /pets/{id}"));
        assert_eq!(chosen(&keys, "DELETE", "/pets/dog").as_deref(), Some("ANY /pets/{id}"));
        assert_eq!(chosen(&keys, "PUT", "/pets/x").as_deref(), Some("PUT /pets/{id}"));
    }

    #[test]
    fn no_405_no_automatic_head_no_lenient_slash() {
        for (method, path) in
            [("GET", "/x/"), ("POST", "/x"), ("HEAD", "/x"), ("GET", "//x"), ("GET", "/X"), ("GET", "/")]
        {
            assert_eq!(chosen(&["GET /x"], method, path), None, "{method} {path}");
        }
    }

    #[test]
    fn greedy_takes_the_rest_and_never_nothing() {
        assert_eq!(values("GET /pe/{p+}", "/pe/x/y"), Some(vec!["x/y".into()]));
        assert_eq!(values("GET /pe/{p+}", "/pe/"), None);
        assert_eq!(values("GET /pe/{p+}", "/pe"), None);
        assert_eq!(values("GET /{p+}", "/"), Some(vec![String::new()]));
        assert_eq!(values("GET /r/{id}/{p+}", "/r/123"), None);
        assert_eq!(values("GET /r/{id}/{p+}", "/r/1/a/b"), Some(vec!["1".into(), "a/b".into()]));
    }

    #[test]
    fn the_longest_literal_prefix_wins_among_greedy_routes() {
        let keys = ["ANY /{p+}", "ANY /a/{p+}", "ANY /a/b/{p+}", "ANY /{x}/b/{p+}"];
        assert_eq!(chosen(&keys, "GET", "/a/b/c").as_deref(), Some("ANY /a/b/{p+}"));
        assert_eq!(chosen(&keys, "GET", "/a/c").as_deref(), Some("ANY /a/{p+}"));
        assert_eq!(chosen(&keys, "GET", "/z/b/c").as_deref(), Some("ANY /{x}/b/{p+}"));
        assert_eq!(chosen(&keys, "GET", "/z").as_deref(), Some("ANY /{p+}"));
    }

    #[test]
    fn an_empty_segment_is_no_variable() {
        assert_eq!(values("GET /a/{x}/b", "/a//b"), None);
        assert_eq!(values("GET /{x}", "/"), None);
    }

    #[test]
    fn the_root_is_a_route_of_its_own() {
        assert_eq!(chosen(&["GET /", "ANY /{p+}"], "GET", "/").as_deref(), Some("GET /"));
    }

    /// The rules written down naively: every candidate is tried, the best one by the order of B.5 wins.
    fn naive<'k>(keys: &'k [RouteKey], method: &str, path: &str) -> Option<&'k RouteKey> {
        let segments: Vec<&str> = if path == "/" { vec![] } else { path[1..].split('/').collect() };
        let rank = |key: &RouteKey| -> Option<Vec<u8>> {
            let RouteKey::Path { method: wanted, path: template } = key else { return Some(vec![9]) };
            if wanted != method && wanted != "ANY" {
                return None;
            }
            let greedy = matches!(template.segments.last(), Some(Segment::Greedy(_)));
            let mut rank = vec![u8::from(greedy)];
            let rest = if path == "/" && greedy && template.segments.len() == 1 { vec![""] } else { segments.clone() };
            for (index, segment) in template.segments.iter().enumerate() {
                match (segment, rest.get(index)) {
                    (Segment::Literal(text), Some(value)) if text == value => rank.push(0),
                    (Segment::Variable(_), Some(value)) if !value.is_empty() => rank.push(1),
                    (Segment::Greedy(_), Some(_)) if index == 0 || rest[index..] != [""] => rank.push(2),
                    _ => return None,
                }
            }
            if !greedy && template.segments.len() != rest.len() {
                return None;
            }
            rank.push(3 + u8::from(wanted == "ANY"));
            Some(rank)
        };
        keys.iter().filter_map(|key| Some((rank(key)?, key))).min_by(|a, b| a.0.cmp(&b.0)).map(|(_, key)| key)
    }

    fn template() -> impl Strategy<Value = String> {
        let segment = prop_oneof![3 => "[ab]", 2 => Just("{v}".to_owned())];
        (prop::collection::vec(segment, 0..4), any::<bool>(), prop::sample::select(vec!["GET", "POST", "ANY"]))
            .prop_map(|(segments, greedy, method)| {
                let named = |(index, text): (usize, &String)| text.replace("{v}", &format!("{{v{index}}}"));
                let mut path: String =
                    segments.iter().enumerate().flat_map(|one| ["/".to_owned(), named(one)]).collect();
                if greedy {
                    path += "/{rest+}";
                }
                format!("{method} {}", if path.is_empty() { "/" } else { &path })
            })
    }

    proptest! {
        #[test]
        fn the_tree_chooses_as_the_rules_say(
            templates in prop::collection::vec(template(), 1..8),
            path in "(/[abc]?){1,5}",
            method in prop::sample::select(vec!["GET", "POST", "PUT"]),
        ) {
            let mut keys: Vec<RouteKey> = Vec::new();
            for template in &templates {
                let key = RouteKey::parse(template).unwrap();
                if keys.iter().all(|known| known.form() != key.form()) {
                    keys.push(key);
                }
            }
            let found = Router::new(&keys).find(method, &path).map(|found| &keys[found.route]);
            prop_assert_eq!(found, naive(&keys, method, &path));
        }
    }
}
