//! `sts:GetCallerIdentity`, the one operation of STS that tools ask before anything else. The query protocol: a form
//! in (body, or query string of a GET), XML out.

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::error::{ErrorForm, ServiceError, respond};
use crate::percent;
use crate::xml::escape;

/// The name in a SigV4 scope.
pub const SIGNING_NAME: &str = "sts";

const VERSION: &str = "2011-06-15";

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdentity {
    /// Twelve digits.
    pub account: String,
    /// E.g. `arn:aws:iam::000000000000:root`.
    pub arn: String,
    /// Unique id of the caller.
    pub user_id: String,
}

/// A query-protocol parameter (`Action`, `Version`, ...) of a form body or query string.
pub(crate) fn parameter(form: &str, name: &str) -> Option<String> {
    form.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        if key != name {
            return None;
        }
        percent::decode(&value.replace('+', " ")).map(std::borrow::Cow::into_owned)
    })
}

/// Accepts a form that asks for `GetCallerIdentity`; anything else is `InvalidAction`.
pub fn read(form: &[u8]) -> Result<(), ServiceError> {
    let form = std::str::from_utf8(form)
        .map_err(|_| ServiceError::new("InvalidParameterValue", "The request is not valid UTF-8"))?;
    let action = parameter(form, "Action").unwrap_or_default();
    let version = parameter(form, "Version").unwrap_or_default();
    if action == "GetCallerIdentity" && (version == VERSION || version.is_empty()) {
        return Ok(());
    }
    Err(ServiceError::new(
        "InvalidAction",
        format!(
            "Could not find operation {action} for version {version}. This server knows GetCallerIdentity of {VERSION}."
        ),
    ))
}

/// The answer.
pub fn answer(caller: &CallerIdentity, request_id: &str) -> Response<Bytes> {
    let body = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/{VERSION}/\">\n  \
           <GetCallerIdentityResult>\n    \
             <Arn>{}</Arn>\n    <UserId>{}</UserId>\n    <Account>{}</Account>\n  \
           </GetCallerIdentityResult>\n  \
           <ResponseMetadata>\n    <RequestId>{}</RequestId>\n  </ResponseMetadata>\n\
         </GetCallerIdentityResponse>\n",
        escape(&caller.arn),
        escape(&caller.user_id),
        escape(&caller.account),
        escape(request_id)
    );
    respond(StatusCode::OK, "text/xml", body.into(), request_id)
}

/// An error.
pub fn error(error: &ServiceError, request_id: &str) -> Response<Bytes> {
    ErrorForm::Query.response(error, request_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boto_s_form_is_understood() {
        assert!(read(b"Action=GetCallerIdentity&Version=2011-06-15").is_ok());
        assert!(read(b"Version=2011-06-15&Action=GetCallerIdentity").is_ok());
    }

    #[test]
    fn another_action_is_named_in_the_refusal() {
        let error = read(b"Action=AssumeRole&Version=2011-06-15").unwrap_err();
        assert_eq!(error.code, "InvalidAction");
        assert!(error.message.contains("AssumeRole"));
        assert!(read(b"\xff").is_err());
        assert!(read(b"").is_err());
    }

    #[test]
    fn the_answer_is_xml_with_escaped_values() {
        let caller = CallerIdentity {
            account: "000000000000".into(),
            arn: "arn:aws:iam::000000000000:user/<a>".into(),
            user_id: "AKIA".into(),
        };
        let response = answer(&caller, "id-1");
        let body = std::str::from_utf8(response.body()).unwrap();
        assert!(body.contains("<Arn>arn:aws:iam::000000000000:user/&lt;a&gt;</Arn>"));
        assert!(body.contains("<RequestId>id-1</RequestId>"));
        assert_eq!(response.headers()["content-type"], "text/xml");
    }
}
