//! The event of payload format 2.0 (reference F.2): what is absent is left out.

use std::collections::BTreeMap;

use events::{AuthorizerV2, HttpContextV2, HttpRequestV2, HttpV2, JwtAuthorizer, RequestBody};
use http::{HeaderMap, HeaderName, header};

use crate::{authorizer::Bearer, gateway::Call, snapshot::Authorization, snapshot::ServedRoute};

/// Builds the event.
pub(super) fn event(route: &ServedRoute, call: &Call, bearer: Option<&Bearer>, body: &[u8]) -> HttpRequestV2 {
    let RequestBody { body, is_base64_encoded } =
        RequestBody::encode(text(call.headers(), &header::CONTENT_TYPE).as_deref(), body);
    HttpRequestV2 {
        version: "2.0".to_owned(),
        route_key: route.key.to_string(),
        raw_path: call.shown_path().to_owned(),
        raw_query_string: call.raw_query().unwrap_or_default().to_owned(),
        cookies: cookies(call.headers()),
        headers: headers(call.headers()),
        query_string_parameters: query(call),
        request_context: context(route, call, bearer),
        body,
        path_parameters: path_parameters(route, call),
        is_base64_encoded,
        stage_variables: call.stage().variables.clone(),
    }
}

fn context(route: &ServedRoute, call: &Call, bearer: Option<&Bearer>) -> HttpContextV2 {
    let stage = call.stage();
    HttpContextV2 {
        account_id: stage.scope.account.clone(),
        api_id: stage.api_id.to_string(),
        authentication: None,
        authorizer: bearer.map(|bearer| {
            AuthorizerV2::Jwt(JwtAuthorizer { claims: bearer.printed().clone(), scopes: scopes(route, bearer) })
        }),
        domain_name: call.domain().into_owned(),
        domain_prefix: call.domain().split('.').next().unwrap_or_default().to_owned(),
        http: HttpV2 {
            method: call.method().to_string(),
            path: call.shown_path().to_owned(),
            protocol: "HTTP/1.1".to_owned(),
            source_ip: call.context.client.to_canonical().to_string(),
            user_agent: text(call.headers(), &header::USER_AGENT).unwrap_or_default(),
        },
        request_id: call.id.as_str().to_owned(),
        route_key: route.key.to_string(),
        stage: stage.name.to_string(),
        time: clf(call.context.now),
        time_epoch: call.context.now,
    }
}

/// The token's whole list, on routes that ask for scopes; null on the others.
pub(super) fn scopes(route: &ServedRoute, bearer: &Bearer) -> Option<Vec<String>> {
    match &route.authorization {
        Authorization::Jwt(rule) if !rule.scopes.is_empty() => {
            Some(bearer.scopes().iter().map(ToString::to_string).collect())
        }
        _ => None,
    }
}

/// Values of the route's variables by name; none for `$default`.
pub(super) fn path_parameters(route: &ServedRoute, call: &Call) -> BTreeMap<String, String> {
    route.variables.iter().map(ToString::to_string).zip(call.values.iter().cloned()).collect()
}

/// All values of a header, joined by commas.
pub(super) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    values.reduce(|joined, more| joined + "," + more).map(Into::into)
}

/// `10/Jul/2026:19:19:05 +0000` of epoch milliseconds.
pub(super) fn clf(now: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(now).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
}

fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let names = headers.keys().filter(|name| **name != header::COOKIE);
    names.map(|name| (name.as_str().to_owned(), text(headers, name).unwrap_or_default())).collect()
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::COOKIE).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let pairs = lines.flat_map(|line| line.split(';').map(|pair| pair.trim().to_owned()).collect::<Vec<_>>());
    pairs.filter(|pair| !pair.is_empty()).collect()
}

fn query(call: &Call) -> BTreeMap<String, String> {
    let mut query = BTreeMap::<String, String>::new();
    for (name, value) in form_urlencoded::parse(call.raw_query().unwrap_or_default().as_bytes()) {
        query
            .entry(name.into_owned())
            .and_modify(|joined| {
                joined.push(',');
                joined.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_common_log_format() {
        assert_eq!(clf(1_783_711_145_766), "10/Jul/2026:19:19:05 +0000");
    }
}
