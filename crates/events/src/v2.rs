//! Payload format 2.0: what is absent is left out, never null, except `jwt.scopes` (httpapi.md F.2, C.7).
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The event of an HTTP API request, payload format 2.0. Maps are sorted by name, as in AWS's captures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRequestV2 {
    /// Always `2.0`.
    pub version: String,
    /// The route that was chosen, `GET /pets/{id}` or `$default`.
    pub route_key: String,
    /// Percent-decoded path; begins with the stage unless that is `$default`.
    pub raw_path: String,
    /// The query string as it was sent, without `?`; empty when there is none.
    pub raw_query_string: String,
    /// One entry per cookie pair; the `cookie` header is not among `headers`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<String>,
    /// Lower-case names; repeated headers joined with `,`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Decoded; repeats joined with `,`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query_string_parameters: BTreeMap<String, String>,
    /// Where the request came from and how it was let in.
    pub request_context: HttpContextV2,
    /// Text or base64; see [`crate::RequestBody`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Decoded values of the route's variables.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub path_parameters: BTreeMap<String, String>,
    /// Whether `body` is base64. Always present.
    #[serde(default)]
    pub is_base64_encoded: bool,
    /// The stage's variables.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stage_variables: BTreeMap<String, String>,
}

/// `requestContext` of payload 2.0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpContextV2 {
    /// The API owner's account.
    pub account_id: String,
    /// The API.
    pub api_id: String,
    /// Mutual TLS only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication: Option<Authentication>,
    /// What the authorizer found; absent on open routes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer: Option<AuthorizerV2>,
    /// The host that was asked.
    pub domain_name: String,
    /// Its first label.
    pub domain_prefix: String,
    /// The request line and the client.
    pub http: HttpV2,
    /// Equal to the answer's `apigw-requestid`.
    pub request_id: String,
    /// Equal to the event's own.
    pub route_key: String,
    /// The stage, `$default` included.
    pub stage: String,
    /// `10/Jul/2026:19:19:05 +0000`, UTC.
    pub time: String,
    /// Epoch milliseconds.
    pub time_epoch: i64,
}

/// `requestContext.http` of payload 2.0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpV2 {
    /// Upper-case method.
    pub method: String,
    /// Equal to `rawPath`.
    pub path: String,
    /// Always `HTTP/1.1`.
    pub protocol: String,
    /// The client's address.
    pub source_ip: String,
    /// Empty when the client named none.
    pub user_agent: String,
}

/// `requestContext.authorizer` of payload 2.0: exactly one of the three kinds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthorizerV2 {
    /// A JWT authorizer.
    Jwt(JwtAuthorizer),
    /// A Lambda authorizer's context, types kept.
    Lambda(Map<String, Value>),
    /// An IAM-authorised caller: `accessKey, accountId, callerId, cognitoIdentity, principalOrgId, userArn, userId`.
    Iam(Map<String, Value>),
}

/// What a JWT authorizer lets the function see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwtAuthorizer {
    /// Every claim as a string; see [`crate::print_claims`].
    pub claims: BTreeMap<String, String>,
    /// The token's whole scope list; null (not omitted) on a route without authorization scopes.
    pub scopes: Option<Vec<String>>,
}

/// `requestContext.authentication`: the client's certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authentication {
    /// The certificate of a mutual-TLS connection.
    pub client_cert: ClientCert,
}

/// A client certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientCert {
    /// PEM text.
    pub client_cert_pem: String,
    /// Distinguished name of the subject.
    #[serde(rename = "subjectDN")]
    pub subject_dn: String,
    /// Distinguished name of the issuer.
    #[serde(rename = "issuerDN")]
    pub issuer_dn: String,
    /// Serial number, hexadecimal with colons.
    pub serial_number: String,
    /// Validity, in OpenSSL's words.
    pub validity: CertificateValidity,
}

/// A certificate's validity, `Aug 5 00:28:21 2026 GMT`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateValidity {
    /// First moment.
    pub not_before: String,
    /// Last moment.
    pub not_after: String,
}

/// What a well-behaved function returns for payload 2.0. The gateway reads more than this; see [`crate::Answer`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpResponseV2 {
    /// 200..599.
    pub status_code: u16,
    /// One value per name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// One `set-cookie` line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<String>,
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

    fn event() -> HttpRequestV2 {
        HttpRequestV2 { version: "2.0".into(), route_key: "$default".into(), ..HttpRequestV2::default() }
    }

    #[test]
    fn absent_things_are_left_out_of_a_2_0_event() {
        let event = serde_json::to_value(event()).unwrap();
        let names: Vec<&str> = event.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            names,
            ["version", "routeKey", "rawPath", "rawQueryString", "headers", "requestContext", "isBase64Encoded"]
        );
        let context: Vec<&str> = event["requestContext"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            context,
            [
                "accountId",
                "apiId",
                "domainName",
                "domainPrefix",
                "http",
                "requestId",
                "routeKey",
                "stage",
                "time",
                "timeEpoch"
            ]
        );
    }

    #[test]
    fn scopes_are_null_rather_than_absent() {
        let mut event = event();
        event.request_context.authorizer = Some(AuthorizerV2::Jwt(JwtAuthorizer::default()));
        let event = serde_json::to_value(event).unwrap();
        assert_eq!(event["requestContext"]["authorizer"], json!({"jwt": {"claims": {}, "scopes": null}}));
    }

    #[test]
    fn a_full_event_survives_the_round_trip() {
        let text = json!({
            "version": "2.0", "routeKey": "POST /api/users/{userId}/orders", "rawPath": "/api/users/123/orders",
            "rawQueryString": "status=pending&tag=important&tag=urgent", "cookies": ["session=abc123", "theme=dark"],
            "headers": {"accept": "*/*", "host": "h"},
            "queryStringParameters": {"status": "pending", "tag": "important,urgent"},
            "requestContext": {
                "accountId": "123456789012", "apiId": "a",
                "authentication": {"clientCert": {"clientCertPem": "p", "subjectDN": "s", "issuerDN": "i",
                    "serialNumber": "1", "validity": {"notBefore": "b", "notAfter": "a"}}},
                "authorizer": {"lambda": {"n": 1, "b": true, "m": {"a": "b"}}},
                "domainName": "a.execute-api.us-east-1.amazonaws.com", "domainPrefix": "a",
                "http": {"method": "POST", "path": "/api/users/123/orders", "protocol": "HTTP/1.1",
                    "sourceIp": "68.8.83.18", "userAgent": "curl/8.7.1"},
                "requestId": "ATfSmjLgPHcESJw=", "routeKey": "POST /api/users/{userId}/orders", "stage": "$default",
                "time": "10/Jul/2026:19:19:05 +0000", "timeEpoch": 1_783_711_145_766_i64
            },
            "body": "{}", "pathParameters": {"userId": "123"}, "isBase64Encoded": false, "stageVariables": {"a": "b"}
        });
        let event: HttpRequestV2 = serde_json::from_value(text.clone()).unwrap();
        assert_eq!(serde_json::to_value(event).unwrap(), text);
    }
}
