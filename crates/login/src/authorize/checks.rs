//! The checks of an authorize request: one ordered table. Until the redirect URI is trusted a refusal is a page of ours (never a redirect
//! to a URL that came in); from then on the app is told.
use crate::ask::{self, Ask, Prompt, Response};
use crate::params::Params;
use crate::routes::Call;
use user_pools::federation::{OWN_USERS, Offered};
use user_pools::identity_provider::IdentityProvider;
use user_pools::oauth::{ErrorCode, Refusal, Scopes, Site, is_code_challenge};

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The person, on the error page.
    Page,
    /// The app, at its redirect URI.
    App,
}
use Answer::{App, Page};

type Check = fn(&Facts<'_>) -> Result<(), Complaint>;

/// Rule, who is told, check. Read from top to bottom; the first that complains decides.
const CHECKS: [(&str, Answer, Check); 17] = [
    ("request.parameters", Page, once),
    ("client_id.present", Page, client_id),
    ("client.exists", Page, client),
    ("client.domain", Page, domain),
    ("client.oauth", Page, oauth_enabled),
    ("redirect_uri.present", Page, redirect_uri),
    ("redirect_uri.registered", Page, registered),
    ("response_type.present", App, response_type),
    ("response_type.known", App, known_response_type),
    ("client.flow", App, flow),
    ("scope", App, scope),
    ("pkce.method", App, challenge_method),
    ("pkce.challenge", App, challenge),
    ("prompt", App, prompt),
    ("nonce", App, nonce),
    ("identity_provider", App, identity_provider),
    ("resource", App, resource),
];

/// An error code, its public description, and what came.
struct Complaint(ErrorCode, &'static str, String);

/// Everything the checks look at. Nothing here is trusted yet.
pub(super) struct Facts<'a> {
    query: &'a Params,
    pub site: Result<Site, Refusal>,
    scopes: Scopes,
    pub wanted: Wanted,
    pub offered: Vec<Offered>,
}

/// Where a request wants to sign in.
pub(crate) enum Wanted {
    /// It does not say.
    Anywhere,
    /// `identity_provider=COGNITO`.
    OwnUsers,
    /// At a provider that the client offers.
    At(Box<IdentityProvider>),
    /// At one that it does not offer, or that does not exist.
    Nowhere(String),
}

impl<'a> Facts<'a> {
    /// Looks up what the checks need. Fails only by a fault of ours.
    pub async fn gather(call: &'a Call<'_>) -> Result<Self, Refusal> {
        let (query, pools) = (&call.query, &call.login.pools);
        let site = pools.site(call.domain(), query.text("client_id")).await;
        let scopes = match &site {
            Ok(site) => pools.resolve_scopes(&site.client, query.get("scope")).await?,
            Err(refusal) if crate::answer::fault(refusal).is_some() => return Err(refusal.clone()),
            Err(_) => Scopes::Nothing,
        };
        let (wanted, offered) = match &site {
            Ok(site) => (Self::wanted(call, site).await?, pools.providers_of(site).await?),
            Err(_) => (Wanted::Anywhere, Vec::new()),
        };
        Ok(Self { query, site, scopes, wanted, offered })
    }

    async fn wanted(call: &Call<'_>, site: &Site) -> Result<Wanted, Refusal> {
        let pools = &call.login.pools;
        let (text, found) = match (call.query.get("identity_provider"), call.query.get("idp_identifier")) {
            (Some(OWN_USERS), _) => return Ok(Wanted::OwnUsers),
            (Some(name), _) => (name, pools.offered_provider(site, name).await?),
            (None, Some(identifier)) => (identifier, pools.offered_by_identifier(site, identifier).await?),
            (None, None) => return Ok(Wanted::Anywhere),
        };
        Ok(found.map_or_else(|| Wanted::Nowhere(text.to_owned()), |provider| Wanted::At(Box::new(provider))))
    }

    /// The redirect URI asked for, or the client's default.
    pub fn redirect_uri(&self) -> Option<&str> {
        let default = || self.site.as_ref().ok()?.client.settings.default_redirect_uri.as_deref();
        self.query.get("redirect_uri").or_else(default)
    }

    fn response(&self) -> Option<Response> {
        match self.query.get("response_type")? {
            "code" => Some(Response::Code),
            "token" => Some(Response::Token),
            _ => None,
        }
    }

    /// The request, once every check has passed.
    pub fn ask(&self) -> Option<Ask> {
        let Scopes::Granted(scopes) = &self.scopes else { return None };
        let owned = |name: &str| self.query.get(name).map(str::to_owned);
        let seconds = self.query.get("max_age").and_then(|text| text.parse::<u32>().ok());
        Some(Ask {
            redirect_uri: self.redirect_uri()?.to_owned(),
            response: self.response()?,
            scopes: scopes.clone(),
            state: owned("state"),
            nonce: owned("nonce"),
            code_challenge: owned("code_challenge"),
            prompt: Prompt::read(self.query.get("prompt")),
            max_age: seconds.map(|seconds| i64::from(seconds) * 1000),
            login_hint: owned("login_hint"),
            carried: ask::carried(self.query),
        })
    }
}

/// Runs the table.
pub(super) fn run(facts: &Facts<'_>) -> Result<(), (Answer, Refusal)> {
    for (rule, answer, check) in CHECKS {
        if let Err(Complaint(code, description, got)) = check(facts) {
            return Err((answer, Refusal::new(code, rule).saying(description).expected(description).got(got)));
        }
    }
    Ok(())
}

fn complain(code: ErrorCode, description: &'static str, got: impl Into<String>) -> Result<(), Complaint> {
    Err(Complaint(code, description, got.into()))
}

/// RFC 6749, 3.1: no parameter more than once. A second `redirect_uri` must not slip past the check of the first.
fn once(facts: &Facts<'_>) -> Result<(), Complaint> {
    match facts.query.repeated() {
        Some(name) => complain(ErrorCode::InvalidRequest, "A parameter is repeated", name),
        None if facts.query.len() > 64 => complain(ErrorCode::InvalidRequest, "Too many parameters", "more than 64"),
        None => Ok(()),
    }
}

fn client_id(facts: &Facts<'_>) -> Result<(), Complaint> {
    match facts.query.get("client_id") {
        Some(_) => Ok(()),
        None => complain(ErrorCode::InvalidRequest, "client_id is required", "none"),
    }
}

fn client(facts: &Facts<'_>) -> Result<(), Complaint> {
    match &facts.site {
        Err(refusal) if refusal.rule == "client.exists" => {
            complain(ErrorCode::InvalidRequest, "client_id names no app client", facts.query.text("client_id"))
        }
        _ => Ok(()),
    }
}

fn domain(facts: &Facts<'_>) -> Result<(), Complaint> {
    match &facts.site {
        Err(refusal) => complain(
            ErrorCode::InvalidRequest,
            "The client belongs to another domain",
            refusal.got.as_deref().unwrap_or_default(),
        ),
        Ok(_) => Ok(()),
    }
}

fn oauth_enabled(facts: &Facts<'_>) -> Result<(), Complaint> {
    match &facts.site {
        Ok(site) if !site.client.settings.oauth_enabled => complain(
            ErrorCode::UnauthorizedClient,
            "The client may not use OAuth",
            "AllowedOAuthFlowsUserPoolClient is false",
        ),
        _ => Ok(()),
    }
}

fn redirect_uri(facts: &Facts<'_>) -> Result<(), Complaint> {
    match facts.redirect_uri() {
        Some(_) => Ok(()),
        None => complain(ErrorCode::InvalidRequest, "redirect_uri is required", "none, and the client has no default"),
    }
}

/// Exactly one of the registered strings: no prefixes, no patterns, no normalising.
fn registered(facts: &Facts<'_>) -> Result<(), Complaint> {
    let given = facts.redirect_uri().unwrap_or_default();
    match &facts.site {
        Ok(site) if site.client.settings.callback_urls.iter().any(|url| url == given) => Ok(()),
        _ => complain(ErrorCode::RedirectMismatch, "redirect_uri is not registered", given),
    }
}

fn response_type(facts: &Facts<'_>) -> Result<(), Complaint> {
    match facts.query.get("response_type") {
        Some(_) => Ok(()),
        None => complain(ErrorCode::InvalidRequest, "response_type is required", "none"),
    }
}

fn known_response_type(facts: &Facts<'_>) -> Result<(), Complaint> {
    match facts.response() {
        Some(_) => Ok(()),
        None => complain(
            ErrorCode::InvalidRequest,
            "response_type must be code or token",
            facts.query.text("response_type"),
        ),
    }
}

fn flow(facts: &Facts<'_>) -> Result<(), Complaint> {
    let needed = if facts.response() == Some(Response::Token) { "implicit" } else { "code" };
    match &facts.site {
        Ok(site) if !site.client.settings.oauth_flows.iter().any(|flow| flow == needed) => {
            complain(ErrorCode::UnauthorizedClient, "The client may not use this response_type", needed)
        }
        _ => Ok(()),
    }
}

fn scope(facts: &Facts<'_>) -> Result<(), Complaint> {
    match &facts.scopes {
        Scopes::Granted(_) => Ok(()),
        Scopes::Unknown(scope) => complain(ErrorCode::InvalidScope, "scope holds an unknown scope", scope.as_str()),
        Scopes::NeedsOpenId(scope) => {
            complain(ErrorCode::InvalidScope, "email, phone and profile need openid", scope.as_str())
        }
        Scopes::Nothing => {
            complain(ErrorCode::InvalidScope, "The client may use none of these scopes", facts.query.text("scope"))
        }
    }
}

fn challenge_method(facts: &Facts<'_>) -> Result<(), Complaint> {
    match (facts.query.get("code_challenge"), facts.query.get("code_challenge_method")) {
        (Some(_), Some("S256")) | (None, None) => Ok(()),
        (Some(_), None) => complain(ErrorCode::InvalidRequest, "code_challenge_method is required", "none"),
        (None, Some(_)) => complain(ErrorCode::InvalidRequest, "code_challenge is required", "none"),
        (Some(_), Some(other)) => complain(ErrorCode::InvalidRequest, "code_challenge_method must be S256", other),
    }
}

fn challenge(facts: &Facts<'_>) -> Result<(), Complaint> {
    match facts.query.get("code_challenge") {
        Some(challenge) if !is_code_challenge(challenge) => {
            complain(ErrorCode::InvalidRequest, "code_challenge must be 43 base64url characters", "another form")
        }
        _ => Ok(()),
    }
}

/// OpenID Connect Core, 3.1.2.1: `none` goes with nothing else.
fn prompt(facts: &Facts<'_>) -> Result<(), Complaint> {
    let words = facts.query.text("prompt");
    let mut words = words.split(' ').filter(|word| !word.is_empty());
    if words.clone().any(|word| word == "none") && words.any(|word| word != "none") {
        return complain(ErrorCode::InvalidRequest, "prompt=none goes with nothing else", facts.query.text("prompt"));
    }
    match facts.query.get("max_age").map(str::parse::<u32>) {
        Some(Err(_)) => {
            complain(ErrorCode::InvalidRequest, "max_age must be a number of seconds", facts.query.text("max_age"))
        }
        _ => Ok(()),
    }
}

/// It is stored with the code.
fn nonce(facts: &Facts<'_>) -> Result<(), Complaint> {
    let length = facts.query.text("nonce").len();
    if length > 2048 { complain(ErrorCode::InvalidRequest, "nonce is too long", length.to_string()) } else { Ok(()) }
}

/// A provider that the client offers, or the pool's own users where it takes them. Without a word about it, any of them.
fn identity_provider(facts: &Facts<'_>) -> Result<(), Complaint> {
    let Ok(site) = &facts.site else { return Ok(()) };
    let own = site.client.settings.takes_own_users();
    match &facts.wanted {
        Wanted::Nowhere(named) => {
            complain(ErrorCode::InvalidRequest, "This identity provider is not available", named.as_str())
        }
        Wanted::Anywhere if !own && facts.offered.is_empty() => complain(
            ErrorCode::UnauthorizedClient,
            "The client has no identity provider",
            "none of those it lists exists",
        ),
        Wanted::OwnUsers if !own => complain(
            ErrorCode::UnauthorizedClient,
            "The client does not take the pool's own users",
            site.client.settings.identity_providers.as_deref().unwrap_or_default().join(" "),
        ),
        _ => Ok(()),
    }
}

/// A token for another audience than was asked for would be a wrong success.
fn resource(facts: &Facts<'_>) -> Result<(), Complaint> {
    match facts.query.get("resource") {
        Some(resource) => complain(ErrorCode::InvalidRequest, "resource is not supported yet", resource),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_app_is_told_nothing_before_its_redirect_uri_is_trusted() {
        let trusted = CHECKS.iter().position(|(rule, ..)| *rule == "redirect_uri.registered").unwrap();
        for (index, (rule, answer, _)) in CHECKS.iter().enumerate() {
            assert_eq!(*answer == Page, index <= trusted, "{rule}");
        }
    }
}
