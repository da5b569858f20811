//! The event of payload format 1.0 (reference F.3): what is absent is null.

use std::collections::BTreeMap;

use events::{AuthorizerV1, HttpContextV1, HttpRequestV1, IdentityV1, RequestBody};
use http::header;

use super::event_v2::{clf, path_parameters, scopes, text};
use crate::{authorizer::Bearer, gateway::Call, snapshot::ServedRoute};

type Multi = BTreeMap<String, Vec<String>>;

/// Builds the event.
pub(super) fn event(route: &ServedRoute, call: &Call, bearer: Option<&Bearer>, body: &[u8]) -> HttpRequestV1 {
    let RequestBody { body, is_base64_encoded } =
        RequestBody::encode(text(call.headers(), &header::CONTENT_TYPE).as_deref(), body);
    let headers = headers(call);
    let query = query(call);
    HttpRequestV1 {
        version: "1.0".to_owned(),
        resource: route.resource.to_string(),
        path: sent_path(call),
        http_method: call.method().to_string(),
        headers: last_of(&headers),
        multi_value_headers: headers,
        query_string_parameters: some(last_of(&query)),
        multi_value_query_string_parameters: some(query),
        request_context: context(route, call, bearer),
        path_parameters: some(path_parameters(route, call)),
        stage_variables: some(call.stage().variables.clone()),
        body,
        is_base64_encoded,
    }
}

fn context(route: &ServedRoute, call: &Call, bearer: Option<&Bearer>) -> HttpContextV1 {
    let stage = call.stage();
    HttpContextV1 {
        account_id: stage.scope.account.clone(),
        api_id: stage.api_id.to_string(),
        authorizer: bearer
            .map(|bearer| AuthorizerV1::Jwt { claims: bearer.printed().clone(), scopes: scopes(route, bearer) }),
        domain_name: call.domain().into_owned(),
        domain_prefix: call.domain().split('.').next().unwrap_or_default().to_owned(),
        extended_request_id: call.id.as_str().to_owned(),
        http_method: call.method().to_string(),
        identity: IdentityV1 {
            source_ip: call.context.client.to_canonical().to_string(),
            user_agent: text(call.headers(), &header::USER_AGENT),
            ..IdentityV1::default()
        },
        path: call.shown_path().to_owned(),
        protocol: "HTTP/1.1".to_owned(),
        request_id: call.id.as_str().to_owned(),
        request_time: clf(call.context.now),
        request_time_epoch: call.context.now,
        resource_id: Some(route.key.to_string()),
        resource_path: route.resource.to_string(),
        stage: stage.name.to_string(),
    }
}

/// The path still encoded, with the stage in front unless that is `$default`.
fn sent_path(call: &Call) -> String {
    let path = call.routed_raw_path().unwrap_or_else(|| call.routed_path());
    if call.stage().is_default() { path.to_owned() } else { format!("/{}{path}", call.stage().name) }
}

fn headers(call: &Call) -> Multi {
    let mut all = Multi::new();
    for (name, value) in call.headers() {
        all.entry(title_case(name.as_str())).or_default().push(String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    all
}

fn title_case(name: &str) -> String {
    let mut start = true;
    let letter = |char: char| {
        let shown = if start { char.to_ascii_uppercase() } else { char };
        start = char == '-';
        shown
    };
    name.chars().map(letter).collect()
}

fn query(call: &Call) -> Multi {
    let mut all = Multi::new();
    for (name, value) in form_urlencoded::parse(call.raw_query().unwrap_or_default().as_bytes()) {
        all.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    all
}

fn last_of(multi: &Multi) -> BTreeMap<String, String> {
    multi.iter().filter_map(|(name, values)| Some((name.clone(), values.last()?.clone()))).collect()
}

fn some<V>(map: BTreeMap<String, V>) -> Option<BTreeMap<String, V>> {
    Some(map).filter(|map| !map.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_names_are_title_case() {
        assert_eq!(title_case("x-forwarded-for"), "X-Forwarded-For");
        assert_eq!(title_case("host"), "Host");
    }
}
