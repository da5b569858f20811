//! Managed login pages and the OAuth2/OIDC endpoints of the login domain. Translates only: every decision is `user-pools`'.
//! Owns parameters, pages, cookies, redirects and their headers; works without script. Refuses to follow a URL that the client has not
//! registered, to trust anything a page carried (all of it is checked again), and to show what came in unescaped.
mod answer;
mod ask;
mod assets;
mod authorize;
mod browser;
mod discovery;
mod encode;
mod federation;
mod fields;
mod finish;
mod language;
mod logout;
mod page;
mod pages;
mod params;
mod qr;
mod revoke;
mod routes;
mod style;
mod token;
mod user_info;

pub use routes::{MAX_FORM, owns};

use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use std::fmt;
use std::sync::Arc;
use user_pools::pool::UserPool;
use user_pools::{RequestContext, UserPools};

/// Where the endpoints are, for the discovery document.
#[derive(Clone, Debug)]
pub struct Urls {
    /// Base URL without trailing slash: what clients fetch is here.
    pub base: String,
    /// Origin of a login domain with `{domain}` for the prefix, such as `http://{domain}.auth.localhost:4566`.
    pub login: String,
    /// Name everything on the base.
    pub plain_login: bool,
}

/// A request for this room, as the listener saw it.
#[derive(Clone)]
pub struct LoginRequest {
    /// Method.
    pub method: Method,
    /// Path, still encoded.
    pub path: String,
    /// Query without `?`.
    pub query: Option<String>,
    /// Headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// The login domain that the Host named: prefix or custom host; `None` on the plain base.
    pub domain: Option<String>,
    /// The browser speaks TLS (to us or to a trusted proxy).
    pub https: bool,
    /// The origin as the browser sees it, such as `http://dashboard.auth.localhost:4566`.
    pub origin: String,
}

impl fmt::Debug for LoginRequest {
    /// Query, headers and body hold codes, tokens and passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("domain", &self.domain)
            .finish_non_exhaustive()
    }
}

/// The room. Cheap to clone.
#[derive(Clone)]
pub struct Login {
    pools: UserPools,
    urls: Arc<Urls>,
    looks: Arc<style::Looks>,
}

impl Login {
    /// Managed login over these pools.
    pub fn new(pools: UserPools, urls: Urls) -> Self {
        Self { pools, urls: Arc::new(urls), looks: Arc::default() }
    }

    /// Answers a request; never fails, whatever came.
    pub async fn handle(&self, cx: RequestContext, request: LoginRequest) -> Response<Bytes> {
        let pinned = request.https && !answer::is_this_machine(&request.origin);
        let request_id = cx.request_id.clone();
        let call = routes::Call::new(self, cx, request);
        let answer = Box::pin(routes::dispatch(&call)).await;
        answer::finish(answer, &request_id, pinned)
    }

    /// The answer to a request whose body is longer than [`MAX_FORM`].
    pub fn too_large(&self, cx: &RequestContext, path: &str) -> Response<Bytes> {
        answer::finish(routes::too_large(path), &cx.request_id, false)
    }

    /// The discovery document of a pool (`<issuer>/.well-known/openid-configuration`).
    pub async fn discovery(&self, cx: &RequestContext, pool: &UserPool) -> Response<Bytes> {
        let answer = discovery::document(self, cx, pool).await;
        answer::finish(answer, &cx.request_id, false)
    }

    /// The keys of a pool (`<issuer>/.well-known/jwks.json`).
    pub async fn jwks(&self, cx: &RequestContext, pool: &UserPool) -> Response<Bytes> {
        let answer = discovery::keys(self, cx, pool).await;
        answer::finish(answer, &cx.request_id, false)
    }
}
