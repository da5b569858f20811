//! Authorizers: JWT (served) and REQUEST (kept; the data plane refuses routes that use one until it can call it).

use serde::{Deserialize, Serialize};

use super::{Act, Api, PART_ID, patch};
use crate::errors::ApiError;

/// The two kinds HTTP APIs have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthorizerType {
    /// A JSON Web Token of a trusted issuer.
    #[serde(rename = "JWT")]
    Jwt,
    /// A Lambda function.
    #[serde(rename = "REQUEST")]
    Request,
}

/// Whom a JWT authorizer trusts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JwtConfiguration {
    /// Any of them must be the token's `aud` (or, without one, its `client_id`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<String>,
    /// Compared to `iss` as a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// An authorizer, in API Gateway's JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorizer {
    /// REQUEST only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_credentials_arn: Option<String>,
    /// Seven characters.
    pub authorizer_id: String,
    /// REQUEST only: `1.0` or `2.0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_payload_format_version: Option<String>,
    /// REQUEST only: seconds, 0..3600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_result_ttl_in_seconds: Option<i32>,
    /// JWT or REQUEST.
    pub authorizer_type: AuthorizerType,
    /// REQUEST only: the function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_uri: Option<String>,
    /// REQUEST only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_simple_responses: Option<bool>,
    /// Where credentials come from, e.g. `$request.header.Authorization`.
    #[serde(default)]
    pub identity_source: Vec<String>,
    /// Kept, not used (nor by AWS on HTTP APIs).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_validation_expression: Option<String>,
    /// JWT only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwt_configuration: Option<JwtConfiguration>,
    /// Its name.
    pub name: String,
}

/// CreateAuthorizer's input. The issuer's discovery document is checked by the caller (it is I/O).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewAuthorizer {
    /// REQUEST only.
    pub authorizer_credentials_arn: Option<String>,
    /// REQUEST: required.
    pub authorizer_payload_format_version: Option<String>,
    /// REQUEST only.
    pub authorizer_result_ttl_in_seconds: Option<i32>,
    /// `JWT` or `REQUEST`; required.
    pub authorizer_type: String,
    /// REQUEST: required.
    pub authorizer_uri: Option<String>,
    /// REQUEST only.
    pub enable_simple_responses: Option<bool>,
    /// Required; exactly one for JWT.
    pub identity_source: Vec<String>,
    /// Kept.
    pub identity_validation_expression: Option<String>,
    /// JWT: required, with an issuer.
    pub jwt_configuration: Option<JwtConfiguration>,
    /// Required.
    pub name: String,
}

/// UpdateAuthorizer's input: absent changes nothing, `""` clears.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthorizerPatch {
    /// `""` clears.
    pub authorizer_credentials_arn: Option<String>,
    /// The new version.
    pub authorizer_payload_format_version: Option<String>,
    /// The new TTL.
    pub authorizer_result_ttl_in_seconds: Option<i32>,
    /// The new type.
    pub authorizer_type: Option<String>,
    /// The new function.
    pub authorizer_uri: Option<String>,
    /// The new flag.
    pub enable_simple_responses: Option<bool>,
    /// The new sources.
    pub identity_source: Option<Vec<String>>,
    /// `""` clears.
    pub identity_validation_expression: Option<String>,
    /// Members given replace theirs.
    pub jwt_configuration: Option<JwtConfigurationPatch>,
    /// The new name.
    pub name: Option<String>,
}

/// The JWT part of [`AuthorizerPatch`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JwtConfigurationPatch {
    /// The new audiences.
    pub audience: Option<Vec<String>>,
    /// The new issuer.
    pub issuer: Option<String>,
}

impl Api {
    /// One authorizer.
    pub fn authorizer(&self, id: &str) -> Result<&Authorizer, ApiError> {
        let found = self.definition.authorizers.iter().find(|authorizer| authorizer.authorizer_id == id);
        found.ok_or_else(|| ApiError::NoAuthorizer(id.to_owned()))
    }

    /// CreateAuthorizer.
    pub fn create_authorizer(&mut self, new: NewAuthorizer, act: &Act<'_>) -> Result<Authorizer, ApiError> {
        let some = |text: Option<String>| text.filter(|text| !text.is_empty());
        let authorizer = Authorizer {
            authorizer_credentials_arn: some(new.authorizer_credentials_arn),
            authorizer_id: act.id(PART_ID),
            authorizer_payload_format_version: some(new.authorizer_payload_format_version),
            authorizer_result_ttl_in_seconds: new.authorizer_result_ttl_in_seconds,
            authorizer_type: AuthorizerType::parse(&new.authorizer_type)?,
            authorizer_uri: some(new.authorizer_uri),
            enable_simple_responses: new.enable_simple_responses,
            identity_source: new.identity_source,
            identity_validation_expression: some(new.identity_validation_expression),
            jwt_configuration: new.jwt_configuration,
            name: new.name,
        };
        authorizer.check()?;
        self.definition.authorizers.push(authorizer.clone());
        self.changed(act);
        Ok(authorizer)
    }

    /// UpdateAuthorizer.
    pub fn update_authorizer(
        &mut self,
        id: &str,
        patch: AuthorizerPatch,
        act: &Act<'_>,
    ) -> Result<Authorizer, ApiError> {
        let mut authorizer = self.authorizer(id)?.clone();
        authorizer.merge(patch)?;
        authorizer.check()?;
        if authorizer.authorizer_type != self.authorizer(id)?.authorizer_type {
            self.unused(id)?;
        }
        for stored in self.definition.authorizers.iter_mut().filter(|stored| stored.authorizer_id == id) {
            stored.clone_from(&authorizer);
        }
        self.changed(act);
        Ok(authorizer)
    }

    /// DeleteAuthorizer: refused while a route uses it.
    pub fn delete_authorizer(&mut self, id: &str, act: &Act<'_>) -> Result<(), ApiError> {
        self.authorizer(id)?;
        self.unused(id)?;
        self.definition.authorizers.retain(|authorizer| authorizer.authorizer_id != id);
        self.changed(act);
        Ok(())
    }

    fn unused(&self, id: &str) -> Result<(), ApiError> {
        match self.definition.routes.iter().find(|route| route.authorizer_id.as_deref() == Some(id)) {
            Some(route) => Err(ApiError::AuthorizerInUse { id: id.to_owned(), route_key: route.route_key.to_string() }),
            None => Ok(()),
        }
    }
}

impl AuthorizerType {
    fn parse(word: &str) -> Result<Self, ApiError> {
        match word {
            "JWT" => Ok(Self::Jwt),
            "REQUEST" => Ok(Self::Request),
            other => Err(ApiError::BadAuthorizerType(other.to_owned())),
        }
    }
}

impl Authorizer {
    fn merge(&mut self, patch: AuthorizerPatch) -> Result<(), ApiError> {
        patch::text(&mut self.authorizer_credentials_arn, patch.authorizer_credentials_arn);
        patch::text(&mut self.authorizer_payload_format_version, patch.authorizer_payload_format_version);
        patch::text(&mut self.authorizer_uri, patch.authorizer_uri);
        patch::text(&mut self.identity_validation_expression, patch.identity_validation_expression);
        patch::set(&mut self.identity_source, patch.identity_source);
        patch::set(&mut self.name, patch.name);
        self.enable_simple_responses = patch.enable_simple_responses.or(self.enable_simple_responses);
        self.authorizer_result_ttl_in_seconds =
            patch.authorizer_result_ttl_in_seconds.or(self.authorizer_result_ttl_in_seconds);
        if let Some(word) = patch.authorizer_type {
            self.authorizer_type = AuthorizerType::parse(&word)?;
        }
        if let Some(jwt) = patch.jwt_configuration {
            let stored = self.jwt_configuration.get_or_insert_default();
            patch::set(&mut stored.audience, jwt.audience);
            patch::text(&mut stored.issuer, jwt.issuer);
        }
        Ok(())
    }

    fn check(&self) -> Result<(), ApiError> {
        match self.authorizer_type {
            AuthorizerType::Jwt => self.check_jwt(),
            AuthorizerType::Request => self.check_request(),
        }
    }

    fn check_jwt(&self) -> Result<(), ApiError> {
        let [source] = self.identity_source.as_slice() else { return Err(ApiError::BadJwtIdentitySource) };
        if !is_header_source(source) && !is_named(source, "$request.querystring.") {
            return Err(ApiError::BadJwtIdentitySource);
        }
        let jwt = self.jwt_configuration.as_ref().ok_or(ApiError::JwtConfigurationRequired)?;
        let issuer = jwt.issuer.as_deref().ok_or(ApiError::JwtConfigurationRequired)?;
        if is_issuer(issuer) { Ok(()) } else { Err(ApiError::BadIssuer(issuer.to_owned())) }
    }

    fn check_request(&self) -> Result<(), ApiError> {
        if self.authorizer_uri.is_none() {
            return Err(ApiError::AuthorizerUriRequired);
        }
        match self.authorizer_payload_format_version.as_deref() {
            None => return Err(ApiError::AuthorizerPayloadVersionRequired),
            Some("1.0" | "2.0") => {}
            Some(other) => return Err(ApiError::BadPayloadVersion(other.to_owned())),
        }
        let good = |source: &String| {
            is_header_source(source)
                || ["$request.querystring.", "$context.", "$stageVariables."]
                    .iter()
                    .any(|prefix| is_named(source, prefix))
        };
        match self.identity_source.iter().find(|source| !good(source)) {
            Some(source) => Err(ApiError::BadIdentitySource(source.clone())),
            None => Ok(()),
        }
    }
}

fn is_named(source: &str, prefix: &str) -> bool {
    source.strip_prefix(prefix).is_some_and(|name| !name.is_empty())
}

fn is_header_source(source: &str) -> bool {
    let name = source.strip_prefix("$request.header.");
    name.is_some_and(|name| http::HeaderName::from_bytes(name.as_bytes()).is_ok())
}

/// https anywhere; http only for hosts that are this machine.
fn is_issuer(issuer: &str) -> bool {
    let Ok(url) = url::Url::parse(issuer) else { return false };
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    plain && url.has_host() && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)))
}

/// Whether a URL's host is this machine by name or number.
pub(crate) fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_https_or_loopback() {
        for good in [
            "https://a.example",
            "https://a.example/pool",
            "http://localhost:4566/p",
            "http://127.0.0.1/x",
            "http://[::1]:1/",
        ] {
            assert!(is_issuer(good), "{good}");
        }
        for bad in [
            "",
            "a.example",
            "http://a.example",
            "ftp://a.example",
            "https://u:p@a.example",
            "https://a.example?x=1",
            "http://localhost.evil.example",
        ] {
            assert!(!is_issuer(bad), "{bad}");
        }
    }
}
