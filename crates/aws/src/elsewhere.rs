//! Requests for AWS services that this server does not have: a typed error in the protocol the client most likely
//! speaks, which names the services that are here. Never a wrong success.

use http::{HeaderMap, StatusCode, header};

use crate::error::{ErrorForm, ServiceError};
use crate::json11;
use crate::sts;

/// What the answer names.
pub const SERVICES_HERE: &str = "cognito-idp, apigatewayv2 (HTTP APIs), lambda (functions) and sts:GetCallerIdentity";

/// Services of the query protocol; they want XML.
const QUERY: [&str; 14] = [
    "autoscaling",
    "cloudformation",
    "cloudwatch",
    "ec2",
    "elasticache",
    "elasticbeanstalk",
    "elasticloadbalancing",
    "email",
    "iam",
    "monitoring",
    "rds",
    "redshift",
    "sns",
    "sts",
];
/// Services that speak REST-XML.
const REST_XML: [&str; 3] = ["cloudfront", "route53", "s3"];

/// The refusal and the form to tell it in. `signed_for` is the service in the SigV4 scope, if the request has one.
pub fn refuse(signed_for: Option<&str>, headers: &HeaderMap, body: &[u8]) -> (ErrorForm, ServiceError) {
    let text = |name: &header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = text(&header::CONTENT_TYPE);
    let target = text(&json11::TARGET);
    let action = std::str::from_utf8(body)
        .ok()
        .filter(|_| is_form(content_type))
        .and_then(|form| sts::parameter(form, "Action"));
    let form = match signed_for {
        _ if !target.is_empty() && content_type.contains("json-1.0") => ErrorForm::Json10,
        _ if !target.is_empty() => ErrorForm::Json11,
        Some(service) if REST_XML.contains(&service) => ErrorForm::RestXml,
        Some(service) if QUERY.contains(&service) => ErrorForm::Query,
        _ if action.is_some() => ErrorForm::Query,
        _ => ErrorForm::RestJson,
    };
    let asked = match (signed_for, target, action) {
        (Some(service), _, Some(action)) => format!("{service}:{action}"),
        (Some(service), "", None) => service.to_owned(),
        (_, "", Some(action)) => action,
        (None, "", None) => "The service asked for".to_owned(),
        (_, target, _) => target.to_owned(),
    };
    let asked: String = asked.chars().take(128).collect();
    let code = match form {
        ErrorForm::Query => "InvalidAction",
        ErrorForm::RestXml => "NotImplemented",
        _ => "UnknownOperationException",
    };
    let error = ServiceError::new(code, format!("{asked} is not served here. This server has {SERVICES_HERE}."));
    // Not 501: clients retry 5xx, and trying again will not help.
    (form, error.status(StatusCode::BAD_REQUEST))
}

fn is_form(content_type: &str) -> bool {
    content_type.starts_with("application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (http::HeaderName::from_static(k), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn a_json_client_is_told_in_its_json() {
        let headers = headers(&[
            ("x-amz-target", "DynamoDB_20120810.ListTables"),
            ("content-type", "application/x-amz-json-1.0"),
        ]);
        let (form, error) = refuse(Some("dynamodb"), &headers, b"{}");
        assert_eq!(form, ErrorForm::Json10);
        assert!(error.message.contains("DynamoDB_20120810.ListTables"));
        assert!(error.message.contains("cognito-idp"));
    }

    #[test]
    fn a_query_client_is_told_in_xml() {
        let headers = headers(&[("content-type", "application/x-www-form-urlencoded; charset=utf-8")]);
        let (form, error) = refuse(Some("iam"), &headers, b"Action=ListUsers&Version=2010-05-08");
        assert_eq!((form, &*error.code), (ErrorForm::Query, "InvalidAction"));
        assert!(error.message.contains("iam:ListUsers"));
    }

    #[test]
    fn s3_is_told_in_its_xml_and_lambda_in_rest_json() {
        assert_eq!(refuse(Some("s3"), &HeaderMap::new(), b"").0, ErrorForm::RestXml);
        assert_eq!(refuse(Some("lambda"), &HeaderMap::new(), b"").0, ErrorForm::RestJson);
        assert_eq!(refuse(None, &HeaderMap::new(), b"").0, ErrorForm::RestJson);
    }

    #[test]
    fn the_name_echoed_is_bounded() {
        let target: String = "x".repeat(10_000);
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-target", HeaderValue::from_str(&target).unwrap());
        assert!(refuse(None, &headers, b"").1.message.len() < 400);
    }
}
