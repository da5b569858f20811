//! Which path leads where. One table; what a path does with a method it has not got is decided here.
use crate::language::Lang;
use crate::params::Params;
use crate::{
    Login, LoginRequest, answer, assets, authorize, discovery, federation, logout, pages, revoke, token, user_info,
};
use bytes::Bytes;
use http::{Method, Response, StatusCode};
use user_pools::RequestContext;
use user_pools::oauth::{ErrorCode, Refusal};

/// What is behind a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Endpoint {
    Front,
    Authorize,
    IdpResponse,
    Token,
    UserInfo,
    Revoke,
    SignIn,
    CodeSignIn,
    SignUp,
    Confirm,
    Resend,
    Forgot,
    ConfirmForgot,
    NewPassword,
    MfaChoice,
    MfaCode,
    MfaSetUp,
    Logout,
    Error,
    Discovery,
    Keys,
}

/// Who may ask: browsers by navigating, or pages of any origin and programs too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Page,
    Open,
}

const GET: &str = "GET, HEAD";
const POST: &str = "POST";
const BOTH: &str = "GET, HEAD, POST";

/// Path, door, methods, endpoint.
const ROUTES: [(&str, Door, &str, Endpoint); 21] = [
    ("/", Door::Page, GET, Endpoint::Front),
    ("/oauth2/authorize", Door::Page, GET, Endpoint::Authorize),
    ("/oauth2/idpresponse", Door::Page, BOTH, Endpoint::IdpResponse),
    ("/oauth2/token", Door::Open, POST, Endpoint::Token),
    ("/oauth2/userInfo", Door::Open, BOTH, Endpoint::UserInfo),
    ("/oauth2/revoke", Door::Open, POST, Endpoint::Revoke),
    ("/login", Door::Page, BOTH, Endpoint::SignIn),
    ("/login/code", Door::Page, BOTH, Endpoint::CodeSignIn),
    ("/signup", Door::Page, BOTH, Endpoint::SignUp),
    ("/confirmUser", Door::Page, BOTH, Endpoint::Confirm),
    ("/resendcode", Door::Page, BOTH, Endpoint::Resend),
    ("/forgotPassword", Door::Page, BOTH, Endpoint::Forgot),
    ("/confirmForgotPassword", Door::Page, BOTH, Endpoint::ConfirmForgot),
    ("/changePassword", Door::Page, BOTH, Endpoint::NewPassword),
    ("/mfa/choice", Door::Page, BOTH, Endpoint::MfaChoice),
    ("/mfa/code", Door::Page, BOTH, Endpoint::MfaCode),
    ("/mfa/setup", Door::Page, BOTH, Endpoint::MfaSetUp),
    ("/logout", Door::Page, GET, Endpoint::Logout),
    ("/error", Door::Page, GET, Endpoint::Error),
    ("/.well-known/openid-configuration", Door::Open, GET, Endpoint::Discovery),
    ("/.well-known/jwks.json", Door::Open, GET, Endpoint::Keys),
];

/// Whether a path on the plain base belongs to this room. `/` and the bare `/.well-known/` paths do not: without a domain they name no pool.
pub fn owns(path: &str) -> bool {
    let of_domains = path == "/" || path.starts_with("/.well-known/");
    let listed = !of_domains && ROUTES.iter().any(|(known, ..)| *known == path);
    listed || path.starts_with("/assets/login-") || path.starts_with("/oauth2/") || path.starts_with("/passkeys/")
}

/// A request being answered.
pub(crate) struct Call<'a> {
    pub login: &'a Login,
    pub cx: RequestContext,
    pub request: LoginRequest,
    pub query: Params,
    /// The language of the answer.
    pub lang: Lang,
    /// Empty unless the body says that it is a form.
    pub form: Params,
}

/// The longest body this room takes. A form of ours is a few hundred bytes; a refresh token some thousands.
pub const MAX_FORM: usize = 64 * 1024;

impl<'a> Call<'a> {
    pub fn new(login: &'a Login, cx: RequestContext, request: LoginRequest) -> Self {
        let query = Params::parse(request.query.as_deref().unwrap_or_default().as_bytes());
        let mut call = Self { login, cx, request, query, lang: Lang::En, form: Params::default() };
        call.lang = Lang::of(&call);
        if call.is_form() && call.request.body.len() <= MAX_FORM {
            call.form = Params::parse(&call.request.body);
        }
        call
    }

    /// Whether the body is a form by its content type.
    pub fn is_form(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn domain(&self) -> Option<&str> {
        self.request.domain.as_deref()
    }

    pub fn is_post(&self) -> bool {
        self.request.method == Method::POST
    }
}

/// The answer to a body beyond [`MAX_FORM`], each endpoint in its own manner.
pub(crate) fn too_large(path: &str) -> Response<Bytes> {
    let open = ROUTES.iter().any(|(known, door, ..)| *known == path && *door == Door::Open);
    if !open {
        return answer::status(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let refusal = Refusal::new(ErrorCode::InvalidRequest, "request.body").saying("The form is longer than 64 KiB.");
    answer::open_to_pages(answer::oauth_error(StatusCode::BAD_REQUEST, &refusal))
}

pub(crate) async fn dispatch(call: &Call<'_>) -> Response<Bytes> {
    let path = call.request.path.as_str();
    let Some((_, door, methods, endpoint)) = ROUTES.iter().find(|(known, ..)| *known == path) else {
        let file = Box::pin(assets::get(call)).await;
        return file.unwrap_or_else(|| pages::failure::not_found(call));
    };
    let method = &call.request.method;
    let allowed = methods.split(", ").any(|allowed| allowed == method.as_str());
    match door {
        Door::Open if method == Method::OPTIONS => answer::preflight(methods),
        Door::Open if !allowed => answer::open_to_pages(answer::method_not_allowed(methods)),
        Door::Open => answer::open_to_pages(open(call, *endpoint).await),
        Door::Page if !allowed => answer::method_not_allowed(methods),
        Door::Page => {
            let answer = Box::pin(page(call, *endpoint)).await;
            match Lang::set_cookie(call) {
                Some(cookie) => answer::with_cookie(answer, &cookie),
                None => answer,
            }
        }
    }
}

async fn open(call: &Call<'_>, endpoint: Endpoint) -> Response<Bytes> {
    match endpoint {
        Endpoint::Token => token::post(call).await,
        Endpoint::Revoke => revoke::post(call).await,
        Endpoint::UserInfo => user_info::get(call).await,
        Endpoint::Keys => discovery::of_domain(call, true).await,
        _ => discovery::of_domain(call, false).await,
    }
}

async fn page(call: &Call<'_>, endpoint: Endpoint) -> Response<Bytes> {
    match endpoint {
        Endpoint::Front => pages::front::get(call).await,
        Endpoint::Authorize => authorize::get(call).await,
        Endpoint::IdpResponse => federation::handle(call).await,
        Endpoint::CodeSignIn => Box::pin(pages::code_sign_in::handle(call)).await,
        Endpoint::SignIn => pages::sign_in::handle(call).await,
        Endpoint::SignUp => pages::sign_up::handle(call).await,
        Endpoint::Confirm => pages::confirm::handle(call).await,
        Endpoint::Resend => pages::resend::handle(call).await,
        Endpoint::Forgot => pages::forgot::handle(call).await,
        Endpoint::ConfirmForgot => pages::confirm_forgot::handle(call).await,
        Endpoint::NewPassword => pages::new_password::handle(call).await,
        Endpoint::MfaChoice => pages::mfa_choice::handle(call).await,
        Endpoint::MfaCode => pages::mfa_code::handle(call).await,
        Endpoint::MfaSetUp => pages::mfa_set_up::handle(call).await,
        Endpoint::Logout => logout::get(call).await,
        _ => pages::failure::get(call),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_too_long_for_an_oauth_endpoint_is_an_oauth_error() {
        for path in ["/oauth2/token", "/oauth2/revoke"] {
            let answer = too_large(path);
            let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
            assert_eq!((answer.status().as_u16(), &body["error"]), (400, &"invalid_request".into()), "{path}");
            assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        }
        assert_eq!(too_large("/login").status(), StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[test]
    fn the_room_owns_its_paths_and_no_others() {
        for path in ["/login", "/oauth2/token", "/oauth2/idpresponse", "/mfa/setup", "/changePassword", "/passkeys/add"]
        {
            assert!(owns(path), "{path}");
        }
        for path in ["/", "/logins", "/.well-known/jwks.json", "/mailbox", "/assets/other.js", "/v2/apis"] {
            assert!(!owns(path), "{path}");
        }
    }
}
