//! Payload format 1.0: what is absent is null, except `authorizer` and `clientCert` (httpapi.md F.3).
use crate::v2::ClientCert;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One value per name.
type Single = BTreeMap<String, String>;
/// All values per name, in the order they came.
type Multi = BTreeMap<String, Vec<String>>;

/// The event of an HTTP API request, payload format 1.0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRequestV1 {
    /// Always `1.0`.
    pub version: String,
    /// The route key's path, or `$default`.
    pub resource: String,
    /// The path as it was sent, percent-encoding kept.
    pub path: String,
    /// Upper-case method.
    pub http_method: String,
    /// Title-Case names, last value wins. `Cookie` stays among them.
    pub headers: Single,
    /// All values.
    pub multi_value_headers: Multi,
    /// Decoded, last value wins; null when there is no query.
    pub query_string_parameters: Option<Single>,
    /// Decoded, all values.
    pub multi_value_query_string_parameters: Option<Multi>,
    /// Where the request came from and how it was let in.
    pub request_context: HttpContextV1,
    /// Decoded values of the route's variables.
    pub path_parameters: Option<Single>,
    /// The stage's variables.
    pub stage_variables: Option<Single>,
    /// Text or base64; see [`crate::RequestBody`].
    pub body: Option<String>,
    /// Whether `body` is base64.
    pub is_base64_encoded: bool,
}

/// `requestContext` of payload 1.0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpContextV1 {
    /// The API owner's account.
    pub account_id: String,
    /// The API.
    pub api_id: String,
    /// What the authorizer found; absent (not null) on open routes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer: Option<AuthorizerV1>,
    /// The host that was asked.
    pub domain_name: String,
    /// Its first label.
    pub domain_prefix: String,
    /// Equal to `request_id`.
    pub extended_request_id: String,
    /// Upper-case method.
    pub http_method: String,
    /// The caller.
    pub identity: IdentityV1,
    /// Decoded path.
    pub path: String,
    /// Always `HTTP/1.1`.
    pub protocol: String,
    /// Equal to the answer's `apigw-requestid`.
    pub request_id: String,
    /// `10/Jul/2026:19:19:05 +0000`, UTC.
    pub request_time: String,
    /// Epoch milliseconds.
    pub request_time_epoch: i64,
    /// The whole route key.
    pub resource_id: Option<String>,
    /// The route key's path.
    pub resource_path: String,
    /// The stage, `$default` included.
    pub stage: String,
}

/// `requestContext.authorizer` of payload 1.0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AuthorizerV1 {
    /// A JWT authorizer.
    Jwt {
        /// Every claim as a string; see [`crate::print_claims`].
        claims: Single,
        /// Null on a route without authorization scopes.
        scopes: Option<Vec<String>>,
    },
    /// A Lambda authorizer's context.
    Lambda(Map<String, Value>),
}

/// `requestContext.identity` of payload 1.0; unknown things are null.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityV1 {
    /// IAM access key id.
    pub access_key: Option<String>,
    /// IAM account.
    pub account_id: Option<String>,
    /// IAM principal.
    pub caller: Option<String>,
    /// Identity pools only.
    pub cognito_authentication_provider: Option<String>,
    /// Identity pools only.
    pub cognito_authentication_type: Option<String>,
    /// Identity pools only.
    pub cognito_identity_id: Option<String>,
    /// Identity pools only.
    pub cognito_identity_pool_id: Option<String>,
    /// The caller's organisation.
    pub principal_org_id: Option<String>,
    /// The client's address.
    pub source_ip: String,
    /// IAM user.
    pub user: Option<String>,
    /// The client's name for itself.
    pub user_agent: Option<String>,
    /// IAM user.
    pub user_arn: Option<String>,
    /// Mutual TLS only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_cert: Option<ClientCert>,
}

/// What a well-behaved function returns for payload 1.0. The gateway reads more than this; see [`crate::Answer`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpResponseV1 {
    /// 200..599.
    pub status_code: u16,
    /// One value per name.
    #[serde(default, skip_serializing_if = "Single::is_empty")]
    pub headers: Single,
    /// More values per name.
    #[serde(default, skip_serializing_if = "Multi::is_empty")]
    pub multi_value_headers: Multi,
    /// Text, or base64 when `is_base64_encoded`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Whether `body` is base64.
    #[serde(default)]
    pub is_base64_encoded: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn absent_things_are_null_in_a_1_0_event() {
        let event = serde_json::to_value(HttpRequestV1::default()).unwrap();
        for name in
            ["queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body"]
        {
            assert_eq!(event.get(name), Some(&Value::Null), "{name}");
        }
        let identity = event["requestContext"]["identity"].as_object().unwrap();
        assert_eq!(identity.len(), 12);
        assert_eq!(identity.values().filter(|value| value.is_null()).count(), 11);
        assert_eq!(event["requestContext"].get("authorizer"), None);
    }

    #[test]
    fn a_jwt_authorizer_is_flat_in_1_0() {
        let authorizer = AuthorizerV1::Jwt { claims: [("sub".into(), "u".into())].into(), scopes: None };
        let text = serde_json::to_value(&authorizer).unwrap();
        assert_eq!(text, json!({"claims": {"sub": "u"}, "scopes": null}));
        assert_eq!(serde_json::from_value::<AuthorizerV1>(text).unwrap(), authorizer);
    }
}
