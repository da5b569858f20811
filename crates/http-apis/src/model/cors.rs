//! CORS configuration of an API: its shape and what may stand in it.

use serde::{Deserialize, Serialize};

use super::{Act, Api};
use crate::errors::ApiError;

/// `corsConfiguration`. Empty lists are left out of the JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Cors {
    /// Sends `access-control-allow-credentials: true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_credentials: Option<bool>,
    /// Header names, or `*`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow_headers: Vec<String>,
    /// Methods in upper case, or `*`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow_methods: Vec<String>,
    /// Origins, `*`, `https://*` or `http://*`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow_origins: Vec<String>,
    /// Header names, or `*`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expose_headers: Vec<String>,
    /// Seconds, -1..86400.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<i32>,
}

impl Cors {
    /// The configuration if it may stand; none when it is empty (`{}` removes CORS).
    pub(super) fn checked(self) -> Result<Option<Self>, ApiError> {
        if self == Self::default() {
            return Ok(None);
        }
        if self.allow_credentials == Some(true) && self.allow_origins.iter().any(|origin| origin == "*") {
            return Err(ApiError::CorsCredentialsWithStar);
        }
        each("allowOrigins", &self.allow_origins, is_origin)?;
        each("allowMethods", &self.allow_methods, is_method)?;
        each("allowHeaders", &self.allow_headers, is_token)?;
        each("exposeHeaders", &self.expose_headers, is_token)?;
        if let Some(age) = self.max_age.filter(|age| !(-1..=86_400).contains(age)) {
            return Err(ApiError::BadCors { member: "maxAge", value: age.to_string() });
        }
        Ok(Some(self))
    }
}

fn each(member: &'static str, values: &[String], good: fn(&str) -> bool) -> Result<(), ApiError> {
    match values.iter().find(|value| !good(value)) {
        Some(value) => Err(ApiError::BadCors { member, value: value.clone() }),
        None => Ok(()),
    }
}

/// `*`, `scheme://*` for http(s), or `scheme://host[:port]` with nothing behind it.
fn is_origin(origin: &str) -> bool {
    if origin == "*" {
        return true;
    }
    let Some((scheme, host)) = origin.split_once("://") else { return false };
    let scheme_ok =
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let host_ok =
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte));
    let starred = host == "*" && (scheme == "http" || scheme == "https");
    scheme_ok && (host_ok || starred)
}

fn is_method(method: &str) -> bool {
    method == "*" || (!method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn is_token(name: &str) -> bool {
    name == "*" || (!name.is_empty() && http::HeaderName::from_bytes(name.as_bytes()).is_ok())
}

impl Api {
    /// DeleteCorsConfiguration: removes CORS wholly.
    pub fn delete_cors(&mut self, act: &Act<'_>) -> Result<(), ApiError> {
        self.definition.cors.take().ok_or(ApiError::NoCors)?;
        self.changed(act);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(origins: &[&str]) -> Cors {
        Cors { allow_origins: origins.iter().map(|origin| (*origin).to_owned()).collect(), ..Cors::default() }
    }

    #[test]
    fn credentials_and_star_exclude_each_other() {
        let cors = Cors { allow_credentials: Some(true), ..of(&["*"]) };
        let error = cors.checked().unwrap_err();
        assert_eq!(error.to_string(), "allow-credentials is not supported if 'allow-origin' is *");
    }

    #[test]
    fn origins_are_scheme_and_host_only() {
        for good in ["*", "https://*", "http://*", "https://a.example", "http://localhost:4567", "http://[::1]:80"] {
            assert!(of(&[good]).checked().is_ok(), "{good}");
        }
        for bad in
            ["", "a.example", "https://", "https://a.example/", "https://a.example/x", "https://*.example", "ftp://*"]
        {
            assert!(of(&[bad]).checked().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_empty_configuration_is_none() {
        assert_eq!(Cors::default().checked(), Ok(None));
    }
}
