//! Parameter mapping at work: values are worked out before the client's headers change hands, then applied.
//! A value whose source is missing skips its mapping.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::{
    authorizer::Bearer,
    gateway::Call,
    model::mapping::{Mapping, Piece, Target, Verb},
    snapshot::HttpTarget,
};

/// A request's mappings with their values.
#[derive(Debug, Default)]
pub(super) struct Mapped {
    headers: Vec<(HeaderName, Verb, Option<HeaderValue>)>,
    /// The whole query, when a mapping changed it.
    pub(super) query: Option<String>,
    /// The whole path, when a mapping gives it.
    pub(super) path: Option<String>,
}

/// Works out a target's request mappings.
pub(super) fn request(target: &HttpTarget, call: &Call, bearer: Option<&Bearer>) -> Mapped {
    let mut mapped = Mapped::default();
    let mut query: Option<Vec<(String, String)>> = None;
    for mapping in &target.requests {
        let Some(value) = value(mapping, &|piece| of_request(piece, call, bearer)) else { continue };
        match &mapping.target {
            Target::Header(name) => mapped.headers.extend(header(name, mapping.verb, &value)),
            Target::Query(name) => change(query.get_or_insert_with(|| pairs(call)), name, mapping.verb, value),
            Target::Path => mapped.path = Some(value),
            Target::Status => {}
        }
    }
    mapped.query = query.map(|pairs| form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish());
    mapped
}

/// Applies the response mappings of the status that came.
pub(super) fn response<B>(target: &HttpTarget, response: &mut Response<B>, call: &Call, bearer: Option<&Bearer>) {
    let Some(mappings) = target.responses.get(&response.status().as_u16()) else { return };
    for mapping in mappings {
        let Some(value) = value(mapping, &|piece| of_response(piece, response.headers(), call, bearer)) else {
            continue;
        };
        match &mapping.target {
            Target::Header(name) => {
                let headers = header(name, mapping.verb, &value).into_iter().collect();
                Mapped { headers, ..Mapped::default() }.apply(response.headers_mut());
            }
            Target::Status => {
                let status = value.parse().ok().and_then(|code| StatusCode::from_u16(code).ok());
                if let Some(status) = status.filter(|status| (200..600).contains(&status.as_u16())) {
                    *response.status_mut() = status;
                }
            }
            Target::Query(_) | Target::Path => {}
        }
    }
}

impl Mapped {
    /// Changes headers.
    pub(super) fn apply(self, headers: &mut HeaderMap) {
        for (name, verb, value) in self.headers {
            match (verb, value) {
                (Verb::Append, Some(value)) => drop(headers.append(name, value)),
                (Verb::Overwrite, Some(value)) => drop(headers.insert(name, value)),
                (Verb::Remove, _) => drop(headers.remove(name)),
                (_, None) => {}
            }
        }
    }
}

/// A value that HTTP cannot carry (a line break from a claim, say) skips its mapping.
fn header(name: &str, verb: Verb, value: &str) -> Option<(HeaderName, Verb, Option<HeaderValue>)> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let value = (verb != Verb::Remove).then(|| HeaderValue::from_str(value)).transpose().ok()?;
    Some((name, verb, value))
}

fn value<'c>(mapping: &'c Mapping, source: &dyn Fn(&'c Piece) -> Option<Cow<'c, str>>) -> Option<String> {
    mapping.value.iter().map(source).collect()
}

fn of_response<'c>(
    piece: &'c Piece,
    headers: &'c HeaderMap,
    call: &'c Call,
    bearer: Option<&'c Bearer>,
) -> Option<Cow<'c, str>> {
    match piece {
        Piece::ResponseHeader(name) => joined(headers, name),
        other => of_request(other, call, bearer),
    }
}

fn of_request<'c>(piece: &'c Piece, call: &'c Call, bearer: Option<&'c Bearer>) -> Option<Cow<'c, str>> {
    match piece {
        Piece::Text(text) => Some(text.into()),
        Piece::Header(name) => joined(call.headers(), name),
        Piece::Query(name) => {
            let pairs = form_urlencoded::parse(call.raw_query()?.as_bytes());
            pairs.filter(|(key, _)| key == name).map(|(_, value)| value).reduce(|joined, more| joined + "," + more)
        }
        Piece::Path => Some(call.routed_path().into()),
        Piece::PathVariable(name) => {
            let index = call.route()?.variables.iter().position(|known| **known == **name)?;
            call.values.get(index).map(|value| value.as_str().into())
        }
        Piece::Context(name) => context(name, call, bearer),
        Piece::StageVariable(name) => call.stage().variables.get(name).map(|value| value.as_str().into()),
        Piece::ResponseHeader(_) => None,
    }
}

fn context<'c>(name: &str, call: &'c Call, bearer: Option<&'c Bearer>) -> Option<Cow<'c, str>> {
    if let Some(claim) = name.strip_prefix("authorizer.claims.") {
        return bearer?.printed().get(claim).map(|value| value.as_str().into());
    }
    let stage = call.stage();
    Some(match name {
        "accountId" => (&*stage.scope.account).into(),
        "apiId" => (&*stage.api_id).into(),
        "stage" => (&*stage.name).into(),
        "domainName" => call.domain(),
        "domainPrefix" => call.domain().split('.').next()?.to_owned().into(),
        "requestId" | "extendedRequestId" => call.id.as_str().to_owned().into(),
        "httpMethod" => call.method().as_str().into(),
        "path" => call.shown_path().into(),
        "protocol" => "HTTP/1.1".into(),
        "routeKey" => (&*call.route()?.key).into(),
        "identity.sourceIp" => call.context.client.to_canonical().to_string().into(),
        "identity.userAgent" => joined(call.headers(), "user-agent")?,
        "requestTime" => super::event_v2::clf(call.context.now).into(),
        "requestTimeEpoch" => call.context.now.to_string().into(),
        _ => return None,
    })
}

fn joined<'h>(headers: &'h HeaderMap, name: &str) -> Option<Cow<'h, str>> {
    let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    values.reduce(|joined, more| joined + "," + more)
}

fn pairs(call: &Call) -> Vec<(String, String)> {
    form_urlencoded::parse(call.raw_query().unwrap_or_default().as_bytes()).into_owned().collect()
}

fn change(pairs: &mut Vec<(String, String)>, name: &str, verb: Verb, value: String) {
    if verb != Verb::Append {
        pairs.retain(|(key, _)| key != name);
    }
    if verb != Verb::Remove {
        pairs.push((name.to_owned(), value));
    }
}
