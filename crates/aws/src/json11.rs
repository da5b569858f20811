//! The JSON 1.1 protocol: operation from the `X-Amz-Target` header, input from the body, answers and errors back.
//! Order at the door: [`operation`] (who may call it stands there), [`body_limit`] while reading the body, the
//! signature if one is needed, then [`input`].

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Response, StatusCode};
use serde::Serialize;
use serde_json::Value;

use crate::check::{self, Refusal, Strictness};
use crate::error::{ErrorForm, ServiceError, respond};
use crate::input::Input;
use crate::json;
use crate::schema::{Operation, Service};

/// The content type of answers.
pub const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
/// The header that names the operation.
pub const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// The most any request of this protocol may bring, in bytes.
pub const MAX_BODY: usize = 4 * 1024 * 1024;
/// The most of nearly every operation, and of those who name none.
pub const USUAL_BODY: usize = 128 * 1024;
/// An image of 131,072 bytes grows by a third in base64.
const IMAGE_BODY: usize = 256 * 1024;

/// The operation a request names. Missing, twice, not text, of another service, unknown: `UnknownOperationException`.
pub fn operation(service: &Service, headers: &HeaderMap) -> Result<&'static Operation, ServiceError> {
    let mut targets = headers.get_all(TARGET).iter();
    let unknown = |reason: String| {
        let message = "The X-Amz-Target header does not name an operation of this service";
        ServiceError::new("UnknownOperationException", message).because(reason)
    };
    let (Some(target), None) = (targets.next(), targets.next()) else {
        return Err(unknown("exactly one X-Amz-Target header is wanted".to_owned()));
    };
    let target = target.to_str().map_err(|_| unknown("X-Amz-Target is not text".to_owned()))?;
    target
        .strip_prefix(service.target_prefix)
        .and_then(|rest| rest.strip_prefix('.'))
        .and_then(|name| service.operation(name))
        .ok_or_else(|| unknown(format!("X-Amz-Target {target:?} names no operation of {}", service.signing_name)))
}

/// Bytes the body of this operation may have. A door keeps no more than that of it.
pub fn body_limit(operation: &Operation) -> usize {
    match operation.name {
        "CreateManagedLoginBranding" | "UpdateManagedLoginBranding" => MAX_BODY,
        "SetUICustomization" => IMAGE_BODY,
        _ => USUAL_BODY,
    }
}

/// Told when a body is larger than [`body_limit`].
pub fn too_large() -> ServiceError {
    ServiceError::new("RequestEntityTooLargeException", "Request size exceeded the limit")
        .status(StatusCode::PAYLOAD_TOO_LARGE)
}

/// Parses and checks the body against the operation's input shape. An empty body counts as `{}`.
pub fn input(operation: &Operation, body: &[u8]) -> Result<Input, ServiceError> {
    if body.len() > body_limit(operation) {
        return Err(too_large());
    }
    let mut value = if body.is_empty() {
        Value::Object(serde_json::Map::new())
    } else {
        json::parse(body).map_err(|e| serialization("The request body is not valid JSON").because(e))?
    };
    let Some(shape) = operation.input else {
        let message = "This operation is not known here";
        return Err(ServiceError::new("UnknownOperationException", message).because("no shapes were generated for it"));
    };
    check::check(shape, &mut value, Strictness::Model).map_err(|refusal| match refusal {
        Refusal::WrongType(message) => serialization(message),
        Refusal::Violations(message) => ServiceError::new("InvalidParameterException", message),
    })?;
    Ok(Input::checked(value))
}

fn serialization(message: impl Into<std::borrow::Cow<'static, str>>) -> ServiceError {
    ServiceError::new("SerializationException", message)
}

/// A success. An operation without an output answers [`crate::Empty`], that is `{}`: Amplify fails on an empty body.
pub fn answer(output: &impl Serialize, request_id: &str) -> Response<Bytes> {
    match serde_json::to_vec(output) {
        Ok(body) => respond(StatusCode::OK, CONTENT_TYPE, body.into(), request_id),
        Err(e) => error(
            &ServiceError::new("InternalErrorException", "Something went wrong")
                .status(StatusCode::INTERNAL_SERVER_ERROR)
                .because(format!("an output did not serialise: {e}")),
            request_id,
        ),
    }
}

/// An error.
pub fn error(error: &ServiceError, request_id: &str) -> Response<Bytes> {
    ErrorForm::Json11.response(error, request_id)
}

/// The CORS headers of the unsigned operations: browsers call them from any origin. The door decides when they apply.
pub mod cors {
    use http::{HeaderName, HeaderValue, header};

    const ALLOWED: &str = "content-type, x-amz-target, x-amz-user-agent, cache-control, authorization, \
                           amz-sdk-invocation-id, amz-sdk-request, x-amz-date, x-amz-security-token, \
                           x-amz-content-sha256, x-amzn-platform-id, x-amzn-trace-id";
    const EXPOSED: &str = "x-amzn-RequestId, x-amzn-ErrorType, x-amzn-ErrorMessage, Date";

    /// On the answer to a preflight.
    pub fn preflight() -> [(HeaderName, HeaderValue); 5] {
        let [origin, exposed] = answer();
        [
            origin,
            exposed,
            (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST")),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED)),
            (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("172800")),
        ]
    }

    /// On every other answer, errors included.
    pub fn answer() -> [(HeaderName, HeaderValue); 2] {
        [
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
            (header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Auth;
    use crate::cognito_idp::{InitiateAuthRequest, SERVICE};
    use http::HeaderValue;

    fn target(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(TARGET, HeaderValue::from_static(value))])
    }

    fn refused(operation: &str, body: &[u8]) -> ServiceError {
        input(SERVICE.operation(operation).unwrap(), body).unwrap_err()
    }

    #[test]
    fn the_target_names_the_operation() {
        let it = operation(&SERVICE, &target("AWSCognitoIdentityProviderService.InitiateAuth")).unwrap();
        assert_eq!((it.name, it.auth), ("InitiateAuth", Auth::None));
    }

    #[test]
    fn an_unknown_or_missing_target_is_an_unknown_operation() {
        let mut twice = target("AWSCognitoIdentityProviderService.InitiateAuth");
        twice.append(TARGET, HeaderValue::from_static("AWSCognitoIdentityProviderService.SignUp"));
        for headers in [
            HeaderMap::new(),
            twice,
            target("AWSCognitoIdentityProviderService.Nope"),
            target("AWSCognitoIdentityProviderService"),
            target("AWSCognitoIdentityProviderServiceXInitiateAuth"),
            target("DynamoDB_20120810.GetItem"),
            target(""),
        ] {
            let error = operation(&SERVICE, &headers).unwrap_err();
            assert_eq!((&*error.code, error.status.as_u16()), ("UnknownOperationException", 400));
        }
    }

    #[test]
    fn thirty_four_operations_are_unsigned() {
        let unsigned = SERVICE.operations.iter().filter(|operation| operation.auth == Auth::None).count();
        assert_eq!((SERVICE.operations.len(), unsigned), (141, 34));
    }

    #[test]
    fn a_good_input_becomes_its_type() {
        let it = SERVICE.operation("InitiateAuth").unwrap();
        let body = br#"{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"abc","AuthParameters":{"USERNAME":"a"},"X":null}"#;
        let read: InitiateAuthRequest = input(it, body).unwrap().read().unwrap();
        assert_eq!(read.auth_flow.as_str(), "USER_PASSWORD_AUTH");
        assert_eq!(read.auth_parameters.unwrap()["USERNAME"], "a");
    }

    #[test]
    fn an_input_never_shows_its_secrets_in_debug() {
        let it = SERVICE.operation("InitiateAuth").unwrap();
        let body = br#"{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"abc","AuthParameters":{"PASSWORD":"canary"}}"#;
        let raw = input(it, body).unwrap();
        assert!(!format!("{raw:?}").contains("canary"));
        let read: InitiateAuthRequest = raw.read().unwrap();
        let shown = format!("{read:?}");
        assert!(!shown.contains("canary") && shown.contains("abc"), "{shown}");
    }

    #[test]
    fn malformed_json_is_a_serialization_exception() {
        for body in [&b"{"[..], b"[]", b"\"x\"", b"{}{}", b"\xff", b"{\"a\":1,\"a\":2}", b"null", b"1"] {
            assert_eq!(refused("InitiateAuth", body).code, "SerializationException", "{body:?}");
        }
    }

    #[test]
    fn an_empty_body_counts_as_an_empty_object() {
        assert_eq!(refused("InitiateAuth", b"").code, "InvalidParameterException");
    }

    #[test]
    fn a_body_above_the_limit_is_refused_and_branding_may_be_larger() {
        let body = vec![b' '; USUAL_BODY + 1];
        assert_eq!(refused("InitiateAuth", &body).status, 413);
        assert_ne!(refused("CreateManagedLoginBranding", &body).status, 413);
    }

    #[test]
    fn an_answer_has_the_protocols_headers_and_leaves_absent_members_out() {
        let output = crate::cognito_idp::InitiateAuthResponse { session: Some("s".into()), ..Default::default() };
        let response = answer(&output, "id-1");
        assert_eq!(response.headers()["content-type"], CONTENT_TYPE);
        assert_eq!(response.headers()["x-amzn-requestid"], "id-1");
        assert_eq!(&response.body()[..], br#"{"Session":"s"}"#);
        assert_eq!(&answer(&crate::Empty {}, "id").body()[..], b"{}");
    }
}
