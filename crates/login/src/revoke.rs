//! POST /oauth2/revoke (RFC 7009): ends the family of a refresh token.
use crate::answer;
use crate::routes::Call;
use crate::token::{check_form, given};
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::client::AppClient;
use user_pools::oauth::{ErrorCode, Refusal, Subject};

const ACTION: &str = "/oauth2/revoke";

pub(crate) async fn post(call: &Call<'_>) -> Response<Bytes> {
    let client = authenticate(call).await;
    let result = match &client {
        Ok(client) => revoke(call, client).await,
        Err(refusal) => Err(refusal.clone()),
    };
    let client = client.ok();
    let subject =
        client.as_ref().map(|client| Subject { pool: Some(&client.pool), client: Some(&client.id), user: None });
    match call.login.pools.settle(&call.cx, ACTION, subject.unwrap_or_default(), result) {
        Ok(()) => answer::status(StatusCode::OK),
        Err(refusal) => answer::oauth_error(status(&refusal), &refusal),
    }
}

async fn authenticate(call: &Call<'_>) -> Result<AppClient, Refusal> {
    check_form(call)?;
    call.login.pools.authenticate_client(call.domain(), given(call)?.credentials()).await
}

async fn revoke(call: &Call<'_>, client: &AppClient) -> Result<(), Refusal> {
    let Some(token) = call.form.get("token") else {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "token.present").expected("token").got("none"));
    };
    call.login.pools.revoke_grant(&call.cx, client, token).await
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal.code {
        ErrorCode::InvalidClient => StatusCode::UNAUTHORIZED,
        _ => answer::fault(refusal).unwrap_or(StatusCode::BAD_REQUEST),
    }
}
