//! Route keys: `$default`, or `METHOD /path` with `{variable}` and a final `{greedy+}`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::errors::ApiError;

const METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// A parsed route key. Serialized as the text it was written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteKey {
    /// `$default`: whatever no other route takes.
    Default,
    /// A method (or `ANY`) and a path.
    Path {
        /// Upper case; `ANY` for all.
        method: String,
        /// The path's template.
        path: PathTemplate,
    },
}

/// The path of a route key, split at `/`. `/` itself has no segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathTemplate {
    /// As written, with its leading slash.
    pub text: String,
    /// In order; a greedy one can only be last.
    pub segments: Vec<Segment>,
}

/// One segment of a path template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Matches exactly this text.
    Literal(String),
    /// `{name}`: matches one segment.
    Variable(String),
    /// `{name+}`: matches the rest.
    Greedy(String),
}

impl RouteKey {
    /// Reads a route key as CreateRoute does: methods in upper case, no trailing slash, no empty segment.
    pub fn parse(key: &str) -> Result<Self, ApiError> {
        if key == "$default" {
            return Ok(Self::Default);
        }
        let (method, path) = key.split_once(' ').ok_or(ApiError::BadRouteKey)?;
        if !METHODS.contains(&method) || !path.starts_with('/') {
            return Err(ApiError::BadRouteKey);
        }
        let path = PathTemplate::parse(path, key)?;
        Ok(Self::Path { method: method.to_owned(), path })
    }

    /// The key without variable names: two keys with the same form are the same route.
    pub fn form(&self) -> String {
        let Self::Path { method, path } = self else { return "$default".to_owned() };
        let mut form = format!("{method} ");
        for segment in &path.segments {
            form.push('/');
            form.push_str(match segment {
                Segment::Literal(text) => text,
                Segment::Variable(_) => "{}",
                Segment::Greedy(_) => "{+}",
            });
        }
        form
    }
}

impl PathTemplate {
    fn parse(path: &str, key: &str) -> Result<Self, ApiError> {
        let bad = |why| ApiError::BadRoutePath { key: key.to_owned(), why };
        let mut segments = Vec::new();
        let rest = &path[1..];
        let parts = rest.split('/').filter(|_| !rest.is_empty());
        for part in parts {
            if matches!(segments.last(), Some(Segment::Greedy(_))) {
                return Err(bad("a greedy variable must be the last segment"));
            }
            let segment = Segment::parse(part).ok_or(ApiError::BadRouteKey)?;
            if segment.name().is_some() && segments.iter().any(|other: &Segment| other.name() == segment.name()) {
                return Err(bad("a path variable is named twice"));
            }
            segments.push(segment);
        }
        Ok(Self { text: path.to_owned(), segments })
    }
}

impl Segment {
    fn parse(part: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".:_-".contains(&byte);
        let valid = |text: &str| !text.is_empty() && text.bytes().all(plain);
        let Some(inner) = part.strip_prefix('{') else {
            return valid(part).then(|| Self::Literal(part.to_owned()));
        };
        let name = inner.strip_suffix('}')?;
        match name.strip_suffix('+') {
            Some(name) => valid(name).then(|| Self::Greedy(name.to_owned())),
            None => valid(name).then(|| Self::Variable(name.to_owned())),
        }
    }

    /// The variable's name; none for a literal.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Variable(name) | Self::Greedy(name) => Some(name),
        }
    }
}

impl std::fmt::Display for RouteKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => out.write_str("$default"),
            Self::Path { method, path } => write!(out, "{method} {}", path.text),
        }
    }
}

impl Serialize for RouteKey {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RouteKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_as_written() {
        for key in ["$default", "GET /", "ANY /{proxy+}", "PATCH /pets/{id}/toys/{toy-name}", "GET /v1.0/a:b_c-d"] {
            assert_eq!(RouteKey::parse(key).unwrap().to_string(), key);
        }
    }

    #[test]
    fn malformed_keys_are_refused() {
        let bad = [
            "",
            "GET",
            "GET ",
            "get /x",
            "FETCH /x",
            "GET x",
            "GET  /x",
            "GET /x/",
            "GET //x",
            "GET /a b",
            "GET /{}",
            "GET /{a",
            "GET /a}",
            "GET /{+}",
            "GET /x{a}",
            "GET /caf\u{e9}",
            "$Default",
            "GET /a?b",
            "GET /{a b}",
        ];
        for key in bad {
            assert_eq!(RouteKey::parse(key), Err(ApiError::BadRouteKey), "{key}");
        }
        assert!(matches!(RouteKey::parse("GET /{a+}/b"), Err(ApiError::BadRoutePath { .. })));
        assert!(matches!(RouteKey::parse("GET /{a}/{a}"), Err(ApiError::BadRoutePath { .. })));
    }

    #[test]
    fn keys_that_differ_only_in_variable_names_have_one_form() {
        let form = |key| RouteKey::parse(key).unwrap().form();
        assert_eq!(form("GET /pets/{id}"), form("GET /pets/{name}"));
        assert_ne!(form("GET /pets/{id}"), form("GET /pets/{id+}"));
        assert_ne!(form("GET /pets/{id}"), form("ANY /pets/{id}"));
    }
}
