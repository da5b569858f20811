//! What a browser carries: the login cookie of a pool, and the secret behind the hidden `_csrf` field of every form.
use crate::routes::Call;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header;
use subtle::ConstantTimeEq as _;
use user_pools::oauth::{ErrorCode, LoginOf, Refusal};
use user_pools::{PoolId, UserPools};

/// The name of the hidden field.
pub(crate) const FIELD: &str = "_csrf";
const SECRET: &str = "cognito-csrf";
const LANGUAGE: &str = "cognito-lang";
/// 32 bytes in base64url.
const LENGTH: usize = 43;

/// A secret that only this browser holds: the double-submit half of every form, and what ties a sign-up to the browser it began in.
pub(crate) struct Browser {
    secret: String,
    fresh: bool,
}

impl Browser {
    /// The browser's secret, or a new one.
    pub fn of(call: &Call<'_>) -> Self {
        match secret(call) {
            Some(secret) => Self { secret: secret.to_owned(), fresh: false },
            None => Self { secret: fresh(&call.login.pools), fresh: true },
        }
    }

    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The value of the hidden field: a keyed hash, so that reading a page does not give the cookie away.
    pub fn token(&self, pools: &UserPools) -> String {
        tokens(pools, &self.secret).swap_remove(0)
    }

    /// The cookie to set, when the browser has none yet. It goes with the browser session.
    pub fn set_cookie(&self, call: &Call<'_>) -> Option<String> {
        self.fresh
            .then(|| format!("{}={}; Path=/; HttpOnly; SameSite=Lax{}", name(call, SECRET), self.secret, secure(call)))
    }
}

/// The browser's secret, if it has one.
pub(crate) fn secret<'a>(call: &'a Call<'_>) -> Option<&'a str> {
    cookie(call, &name(call, SECRET)).filter(|value| is_secret(value))
}

fn tokens(pools: &UserPools, secret: &str) -> Vec<String> {
    let hashes = pools.keys.peppered(&[b"login form", secret.as_bytes()]);
    hashes.into_iter().map(|hash| URL_SAFE_NO_PAD.encode(hash)).collect()
}

fn fresh(pools: &UserPools) -> String {
    let mut bytes = [0; 32];
    pools.random.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn is_secret(value: &str) -> bool {
    value.len() == LENGTH && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Refuses a POST that did not come from a page of ours in this very browser: the hidden field must fit the cookie (which SameSite keeps
/// from cross-site posts), and what the browser says about the origin must not contradict. Our pages have the referrer policy `same-origin`,
/// so their forms say their origin; `null` is a sandboxed or otherwise hidden page of somebody else's.
pub(crate) fn check_post(call: &Call<'_>) -> Result<Browser, Refusal> {
    let refused = |rule, got| Refusal::new(ErrorCode::InvalidRequest, rule).got(got);
    match call.header("sec-fetch-site") {
        None | Some("same-origin" | "none") => {}
        Some(_) => return Err(refused("csrf.site", "a form of another site")),
    }
    match call.header("origin") {
        None => {}
        Some(origin) if is_here(origin, &call.request.origin) => {}
        Some(_) => return Err(refused("csrf.origin", "a form of another origin")),
    }
    let Some(secret) = secret(call) else { return Err(refused("csrf.token", "no cookie")) };
    let given = call.form.text(FIELD).as_bytes();
    let fits = tokens(&call.login.pools, secret)
        .iter()
        .fold(subtle::Choice::from(0), |fits, token| fits | token.as_bytes().ct_eq(given));
    if !bool::from(fits) {
        return Err(refused("csrf.token", "another token, or none"));
    }
    Ok(Browser { secret: secret.to_owned(), fresh: false })
}

/// Whether an origin is the one this request came to. A proxy that ends TLS without being trusted leaves us with `http` where the browser
/// says `https`: the same host all the same, and no worse page can stand there.
fn is_here(origin: &str, here: &str) -> bool {
    let host = |url: &str| url.split_once("://").map(|(_, host)| host.to_owned());
    origin == here || origin.starts_with("https://") && here.starts_with("http://") && host(origin) == host(here)
}

/// The login cookie's value for a pool.
pub(crate) fn login_cookie<'a>(call: &'a Call<'_>, pool: &PoolId) -> Option<&'a str> {
    cookie(call, &name(call, &login_name(pool)))
}

/// Sets the login cookie, for as long as its session lives.
pub(crate) fn set_login_cookie(call: &Call<'_>, login: &LoginOf, value: &str) -> String {
    let name = name(call, &login_name(&login.session.pool));
    let seconds = login.session.expires_at.saturating_sub(call.cx.now) / 1000;
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{}", secure(call))
}

/// Takes the login cookie away.
pub(crate) fn clear_login_cookie(call: &Call<'_>, pool: &PoolId) -> String {
    format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}", name(call, &login_name(pool)), secure(call))
}

/// The language that the browser keeps.
pub(crate) fn language<'a>(call: &'a Call<'_>) -> Option<&'a str> {
    cookie(call, &name(call, LANGUAGE))
}

/// Keeps a language for a year.
pub(crate) fn set_language(call: &Call<'_>, tag: &str) -> String {
    format!("{}={tag}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000{}", name(call, LANGUAGE), secure(call))
}

/// The pool stands in the name: on the plain base all pools share one host.
fn login_name(pool: &PoolId) -> String {
    format!("cognito-{pool}")
}

/// With TLS the `__Host-` prefix: no other host can set the cookie.
fn name(call: &Call<'_>, name: &str) -> String {
    if call.request.https { format!("__Host-{name}") } else { name.to_owned() }
}

fn secure(call: &Call<'_>) -> &'static str {
    if call.request.https { "; Secure" } else { "" }
}

fn cookie<'a>(call: &'a Call<'_>, name: &str) -> Option<&'a str> {
    let headers = call.request.headers.get_all(header::COOKIE);
    let pairs = headers.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(given, _)| *given == name).map(|(_, value)| value)
}
