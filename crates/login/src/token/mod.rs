//! POST /oauth2/token: parse, authenticate the client, run the grant, answer. A grant only says what it needs and how it issues; the rest
//! is the pipeline's, so no grant can forget a check.
mod credentials;
mod grants;

pub(crate) use credentials::{Given, given};

use crate::answer;
use crate::routes::Call;
use bytes::Bytes;
use grants::Grant;
use http::{Response, StatusCode};
use serde_json::{Map, Value};
use user_pools::client::AppClient;
use user_pools::oauth::{ErrorCode, Refusal, Subject};
use user_pools::token::Tokens;

const ACTION: &str = "/oauth2/token";

/// A request after its first step.
struct Parsed {
    grant: Grant,
    client: Given,
}

pub(crate) async fn post(call: &Call<'_>) -> Response<Bytes> {
    let (client, result) = match parse(call) {
        Ok(parsed) => {
            let client = authenticate(call, &parsed).await;
            let tokens = match &client {
                Ok(client) => grant(call, &parsed, client).await,
                Err(refusal) => Err(refusal.clone()),
            };
            (client.ok(), tokens)
        }
        Err(refusal) => (None, Err(refusal)),
    };
    let subject =
        client.as_ref().map(|client| Subject { pool: Some(&client.pool), client: Some(&client.id), user: None });
    match call.login.pools.settle(&call.cx, ACTION, subject.unwrap_or_default(), result) {
        Ok(tokens) => answer::json(StatusCode::OK, &body(tokens)),
        Err(refusal) => answer::oauth_error(answer::fault(&refusal).unwrap_or(StatusCode::BAD_REQUEST), &refusal),
    }
}

/// Step 1: a form without repeated parameters, a known grant with what it needs, and what the client says about itself.
fn parse(call: &Call<'_>) -> Result<Parsed, Refusal> {
    check_form(call)?;
    let Some(name) = call.form.get("grant_type") else {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "grant_type.present").expected("grant_type").got("none"));
    };
    let Some(grant) = Grant::from_name(name) else {
        return Err(Refusal::new(ErrorCode::UnsupportedGrantType, "grant_type.known").got(name.to_owned()));
    };
    Ok(Parsed { grant, client: given(call)? })
}

/// A form, and nothing in it twice (RFC 6749, 3.2).
pub(crate) fn check_form(call: &Call<'_>) -> Result<(), Refusal> {
    if !call.is_form() {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "request.form")
            .expected("Content-Type: application/x-www-form-urlencoded")
            .got(call.header("content-type").unwrap_or("none").to_owned()));
    }
    match call.form.repeated() {
        Some(name) => Err(Refusal::new(ErrorCode::InvalidRequest, "request.parameters").got(format!("{name} twice"))),
        None => Ok(()),
    }
}

/// Step 2.
async fn authenticate(call: &Call<'_>, parsed: &Parsed) -> Result<AppClient, Refusal> {
    call.login.pools.authenticate_client(call.domain(), parsed.client.credentials()).await
}

/// Steps 3 and 4: what the grant needs, whether the client may use it, and the tokens.
async fn grant(call: &Call<'_>, parsed: &Parsed, client: &AppClient) -> Result<Tokens, Refusal> {
    if let Some(missing) = parsed.grant.needs().iter().find(|name| call.form.get(name).is_none()) {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "grant.parameters").expected(*missing).got("none"));
    }
    parsed.grant.allowed_to(client)?;
    parsed.grant.issue(call, client).await
}

/// Step 5, in AWS's order.
fn body(tokens: Tokens) -> Value {
    let mut body = Map::new();
    if let Some(id) = tokens.id {
        body.insert("id_token".into(), id.into());
    }
    body.insert("access_token".into(), tokens.access.into());
    if let Some(refresh) = tokens.refresh {
        body.insert("refresh_token".into(), refresh.into());
    }
    body.insert("expires_in".into(), tokens.expires_in.into());
    body.insert("token_type".into(), "Bearer".into());
    body.into()
}
