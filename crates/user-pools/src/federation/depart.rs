//! The way to a provider: its authorize URL with a state, a nonce and, where it takes one, a PKCE challenge of ours.
use crate::context::RequestContext;
use crate::identity_provider::{IdentityProvider, ProviderKind};
use crate::oauth::{Refusal, Site};
use crate::service::UserPools;

/// A browser about to be sent to a provider.
#[derive(Clone, Copy, Debug)]
pub struct Departure<'a> {
    /// Where it signs in.
    pub site: &'a Site,
    /// Where it goes.
    pub provider: &'a IdentityProvider,
    /// The app's authorize request, checked.
    pub query: &'a str,
    /// Our `/oauth2/idpresponse`, as the browser reaches it.
    pub callback: &'a str,
    /// A secret that only this browser holds.
    pub browser: &'a str,
    /// `login_hint` and `prompt` of the app: passed on to OIDC providers and Google.
    pub login_hint: Option<&'a str>,
    /// See `login_hint`.
    pub prompt: Option<&'a str>,
}

impl UserPools {
    /// The URL to send the browser to, as base and parameters.
    pub async fn depart(
        &self,
        cx: &RequestContext,
        going: &Departure<'_>,
    ) -> Result<(String, Vec<(&'static str, String)>), Refusal> {
        let endpoints = self.endpoints(cx.now, going.provider).await?;
        let state = self.seal_state(cx, going, endpoints.pkce)?;
        let provider = going.provider;
        let scopes = scopes(provider);
        let mut pairs = vec![
            ("client_id", provider.detail("client_id").unwrap_or_default().to_owned()),
            ("redirect_uri", going.callback.to_owned()),
            ("scope", scopes.clone()),
            ("response_type", "code".to_owned()),
            ("state", state.text),
        ];
        if provider.kind.has_id_token() {
            pairs.push(("nonce", state.nonce));
        }
        if let Some(challenge) = state.challenge {
            pairs.extend([("code_challenge", challenge), ("code_challenge_method", "S256".to_owned())]);
        }
        // Apple answers a request for scopes by a form only.
        if provider.kind == ProviderKind::SignInWithApple && !scopes.is_empty() {
            pairs.push(("response_mode", "form_post".to_owned()));
        }
        if matches!(provider.kind, ProviderKind::Oidc | ProviderKind::Google) {
            let hints = [("login_hint", going.login_hint), ("prompt", going.prompt)];
            pairs.extend(hints.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned()))));
        }
        Ok((endpoints.authorize, pairs))
    }
}

/// Google proves who somebody is only where `openid` is asked for, and AWS's own examples leave it out.
fn scopes(provider: &IdentityProvider) -> String {
    let given = provider.detail("authorize_scopes").unwrap_or_default();
    if provider.kind == ProviderKind::Google && !given.split(' ').any(|scope| scope == "openid") {
        return format!("openid {given}");
    }
    given.to_owned()
}
