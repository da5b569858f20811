//! Discovery and keys of a pool. The browser's endpoints are named on the pool's login domain, which keeps login cookies off other hosts;
//! what clients fetch is named on the base, which resolves everywhere.
use crate::routes::Call;
use crate::{Login, answer};
use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};
use user_pools::RequestContext;
use user_pools::domain::Domain;
use user_pools::oauth::Refusal;
use user_pools::pool::UserPool;

/// `/.well-known/…` of a login domain itself.
pub(crate) async fn of_domain(call: &Call<'_>, keys: bool) -> Response<Bytes> {
    match pool(call).await {
        Ok(Some(pool)) if keys => self::keys(call.login, &call.cx, &pool).await,
        Ok(Some(pool)) => document(call.login, &call.cx, &pool).await,
        Ok(None) => answer::status(StatusCode::NOT_FOUND),
        Err(refusal) => unavailable(&refusal),
    }
}

async fn pool(call: &Call<'_>) -> Result<Option<UserPool>, Refusal> {
    let pools = &call.login.pools;
    let Some(domain) = call.domain() else { return Ok(None) };
    match pools.pool_at(domain).await? {
        Some(pool) => Ok(Some(pools.store.pool(pool).await?)),
        None => Ok(None),
    }
}

fn unavailable(refusal: &Refusal) -> Response<Bytes> {
    let status = answer::fault(refusal).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer::open_to_pages(answer::oauth_error(status, refusal))
}

/// `jwks.json`.
pub(crate) async fn keys(login: &Login, cx: &RequestContext, pool: &UserPool) -> Response<Bytes> {
    match login.pools.pool_keys(cx.now, pool).await.map(|keys| serde_json::to_value(keys.jwks())) {
        Ok(Ok(jwks)) => answer::document(&jwks),
        Ok(Err(_)) => answer::status(StatusCode::INTERNAL_SERVER_ERROR),
        Err(error) => unavailable(&error.into()),
    }
}

/// `openid-configuration`.
pub(crate) async fn document(login: &Login, _cx: &RequestContext, pool: &UserPool) -> Response<Bytes> {
    match login.pools.domains_of(pool.id.clone()).await {
        Ok(domains) => answer::document(&configuration(login, pool, &domains)),
        Err(error) => unavailable(&error.into()),
    }
}

fn configuration(login: &Login, pool: &UserPool, domains: &[Domain]) -> Value {
    let base = login.urls.base.as_str();
    let pages = pages_origin(login, domains);
    json!({
        "issuer": login.pools.issuer(pool),
        "authorization_endpoint": format!("{pages}/oauth2/authorize"),
        "token_endpoint": format!("{base}/oauth2/token"),
        "userinfo_endpoint": format!("{base}/oauth2/userInfo"),
        "revocation_endpoint": format!("{base}/oauth2/revoke"),
        "end_session_endpoint": format!("{pages}/logout"),
        "jwks_uri": format!("{base}/{}/.well-known/jwks.json", pool.id),
        "response_types_supported": ["code", "token"],
        "response_modes_supported": ["query", "fragment"],
        "grant_types_supported": ["authorization_code", "implicit", "refresh_token", "client_credentials"],
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    })
}

/// The pool's own domain (a custom one first), else the base.
fn pages_origin(login: &Login, domains: &[Domain]) -> String {
    let chosen = domains.iter().find(|domain| domain.custom.is_some()).or(domains.first());
    match chosen {
        Some(domain) if !login.urls.plain_login => origin(&login.urls.login, domain),
        _ => login.urls.base.clone(),
    }
}

/// A prefix stands in the pattern; a custom domain is a host by itself, reached by the pattern's scheme and port.
fn origin(pattern: &str, domain: &Domain) -> String {
    if domain.custom.is_none() {
        return pattern.replace("{domain}", &domain.name);
    }
    let (scheme, authority) = pattern.split_once("://").unwrap_or(("https", pattern));
    let port = authority.rsplit_once(':').map(|(_, port)| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://{}{port}", domain.name)
}
