//! The way to an identity provider and back: `/oauth2/authorize?identity_provider=` leads there, `/oauth2/idpresponse` is where it leads back.
//! Only a state of ours, brought back by the browser that took it, leads on to an app; everybody else sees a page of ours.
use crate::authorize::{self, Visit};
use crate::browser::{self, Browser};
use crate::params::Params;
use crate::routes::Call;
use crate::{LoginRequest, answer, encode, finish, pages};
use bytes::Bytes;
use http::{Method, Response};
use user_pools::federation::{Arrival, Departure, Returning};
use user_pools::identity_provider::IdentityProvider;
use user_pools::oauth::{ErrorCode, Refusal, Subject};

const ACTION: &str = "/oauth2/idpresponse";
/// What a provider may send back.
const ANSWERS: [&str; 5] = ["code", "state", "error", "iss", "user"];

/// The path that begins a sign-in at a provider, for a checked request: what buttons lead to. A link, not a form: the redirect that follows
/// would be stopped by `form-action`.
pub(crate) fn start_path(visit: &Visit, provider: &str) -> String {
    let provider = encode::query([("identity_provider", provider)]);
    format!("/oauth2/authorize?{}&{provider}", visit.ask.carried)
}

/// Sends the browser to a provider.
pub(crate) async fn depart(call: &Call<'_>, visit: &Visit, provider: &IdentityProvider) -> Response<Bytes> {
    let browser = Browser::of(call);
    let callback = format!("{}{ACTION}", call.request.origin);
    let prompt = known_prompt(call.query.text("prompt"));
    let departure = Departure {
        site: &visit.site,
        provider,
        query: &visit.ask.carried,
        callback: &callback,
        browser: browser.secret(),
        login_hint: visit.ask.login_hint.as_deref(),
        prompt: prompt.as_deref(),
    };
    match call.login.pools.depart(&call.cx, &departure).await {
        Ok((url, pairs)) => {
            let pairs = encode::query(pairs.iter().map(|(name, value)| (*name, value.as_str())));
            let answer = answer::redirect(&encode::with(&url, '?', &pairs));
            browser
                .set_cookie(call)
                .map_or_else(|| answer.clone(), |cookie| answer::with_cookie(answer.clone(), &cookie))
        }
        Err(refusal) => tell_app(call, visit, &refusal),
    }
}

/// The words of OpenID Connect; others are not passed on.
fn known_prompt(words: &str) -> Option<String> {
    let known: Vec<_> = words.split(' ').filter(|word| ["login", "select_account", "consent"].contains(word)).collect();
    (!known.is_empty()).then(|| known.join(" "))
}

/// `/oauth2/idpresponse`.
pub(crate) async fn handle(call: &Call<'_>) -> Response<Bytes> {
    if call.is_post() {
        return from_form(&call.form);
    }
    match open(call) {
        Ok(returning) => arrive(call, &returning).await,
        Err(refusal) => {
            call.login.pools.note(&call.cx, ACTION, Subject::default(), Err(&refusal));
            pages::failure::federation(call)
        }
    }
}

/// Apple posts from its own site, and such a post carries no `SameSite=Lax` cookie: the browser is sent round once more, as a navigation.
fn from_form(form: &Params) -> Response<Bytes> {
    let pairs = ANSWERS.iter().filter_map(|name| Some((*name, form.get(name)?)));
    answer::redirect(&encode::with(ACTION, '?', &encode::query(pairs)))
}

fn open(call: &Call<'_>) -> Result<Returning, Refusal> {
    if let Some(name) = call.query.repeated() {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "request.parameters").got(name.to_owned()));
    }
    call.login.pools.returning(&call.cx, call.query.text("state"), browser::secret(call))
}

async fn arrive(call: &Call<'_>, returning: &Returning) -> Response<Bytes> {
    // The app's own request is checked as if it came now: client and redirect URI may be gone since.
    let request = LoginRequest {
        method: Method::GET,
        query: Some(returning.query.clone()),
        body: Bytes::new(),
        ..call.request.clone()
    };
    let again = Call::new(call.login, call.cx.clone(), request);
    let visit = match authorize::visit(&again).await {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    let query = &call.query;
    let arrival = Arrival {
        code: query.get("code"),
        error: query.get("error"),
        issuer: query.get("iss"),
        user: query.get("user"),
    };
    match call.login.pools.arrive(&call.cx, &visit.site, returning, arrival).await {
        Ok(proof) => finish::signed_in(&again, &visit, &proof).await,
        Err(refusal) => tell_app(&again, &visit, &refusal),
    }
}

fn tell_app(call: &Call<'_>, visit: &Visit, refusal: &Refusal) -> Response<Bytes> {
    call.login.pools.note(&call.cx, ACTION, visit.subject(), Err(refusal));
    finish::refuse(&visit.ask.redirect_uri, visit.ask.response.mark(), visit.ask.state.as_deref(), refusal)
}
