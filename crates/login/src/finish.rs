//! The end of an authorize request: back to the app, with a code, with tokens, or with an error. Only a checked redirect URI comes here.
use crate::ask::{Ask, Response as Wanted};
use crate::authorize::Visit;
use crate::routes::Call;
use crate::{answer, browser, encode, pages};
use bytes::Bytes;
use http::Response;
use user_pools::oauth::{CodeRequest, LoginOf, Refusal, Subject};
use user_pools::sign_in::Proof;

const ACTION: &str = "/oauth2/authorize";

/// Opens a login session for a finished authentication and goes back to the app.
pub(crate) async fn signed_in(call: &Call<'_>, visit: &Visit, proof: &Proof) -> Response<Bytes> {
    let pool = &visit.site.pool.id;
    let previous = browser::login_cookie(call, pool);
    match call.login.pools.open_login(&call.cx, proof, previous).await {
        Ok((cookie, login)) => {
            let answer = to_app(call, visit, &login).await;
            answer::with_cookie(answer, &browser::set_login_cookie(call, &login, &cookie))
        }
        Err(error) => pages::failure::fault(call, &error.into()),
    }
}

/// Goes back to the app for a signed-in browser.
pub(crate) async fn to_app(call: &Call<'_>, visit: &Visit, login: &LoginOf) -> Response<Bytes> {
    let issued = match visit.ask.response {
        Wanted::Code => code(call, visit, login).await,
        Wanted::Token => tokens(call, visit, login).await,
    };
    let subject = Subject { user: Some(&login.user.sub), ..visit.subject() };
    let settled = call.login.pools.settle(&call.cx, ACTION, subject, issued);
    let Ask { redirect_uri, response, state, .. } = &visit.ask;
    match settled {
        Ok(mut pairs) => {
            pairs.extend(state.as_deref().map(|state| ("state", state.to_owned())));
            let parameters = encode::query(pairs.iter().map(|(name, value)| (*name, value.as_str())));
            answer::redirect(&encode::with(redirect_uri, response.mark(), &parameters))
        }
        Err(refusal) => refuse(redirect_uri, response.mark(), state.as_deref(), &refusal),
    }
}

type Pairs = Vec<(&'static str, String)>;

async fn code(call: &Call<'_>, visit: &Visit, login: &LoginOf) -> Result<Pairs, Refusal> {
    let request = CodeRequest {
        client: &visit.site.client,
        redirect_uri: &visit.ask.redirect_uri,
        scopes: &visit.ask.scopes,
        nonce: visit.ask.nonce.as_deref(),
        code_challenge: visit.ask.code_challenge.as_deref(),
    };
    Ok(vec![("code", call.login.pools.issue_code_for(&call.cx, request, login).await?)])
}

async fn tokens(call: &Call<'_>, visit: &Visit, login: &LoginOf) -> Result<Pairs, Refusal> {
    let (scopes, nonce) = (&visit.ask.scopes, visit.ask.nonce.as_deref());
    let tokens = call.login.pools.issue_implicit(&call.cx, &visit.site, login, scopes, nonce).await?;
    let id = tokens.id.map(|id| ("id_token", id));
    let rest = [
        ("access_token", tokens.access),
        ("expires_in", tokens.expires_in.to_string()),
        ("token_type", "Bearer".to_owned()),
    ];
    Ok(id.into_iter().chain(rest).collect())
}

/// Tells the app.
pub(crate) fn refuse(redirect_uri: &str, mark: char, state: Option<&str>, refusal: &Refusal) -> Response<Bytes> {
    let pairs = [
        Some(("error", refusal.code.as_str())),
        refusal.description.as_deref().map(|description| ("error_description", description)),
        state.map(|state| ("state", state)),
    ];
    answer::redirect(&encode::with(redirect_uri, mark, &encode::query(pairs.into_iter().flatten())))
}
