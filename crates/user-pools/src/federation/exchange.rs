//! The provider's code for its tokens: client authentication by `client_secret_post`, as Cognito does.
use super::apple::Secret;
use super::documents::unreachable;
use super::endpoints::Endpoints;
use super::state::Returning;
use crate::context::RequestContext;
use crate::identity_provider::{IdentityProvider, ProviderKind};
use crate::messages;
use crate::oauth::{ErrorCode, Refusal};
use crate::ports::ProviderRequest;
use crate::service::UserPools;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use zeroize::Zeroizing;

/// What a provider gives for a code. Providers send more; nothing else is used.
#[derive(Default, Deserialize)]
pub(super) struct ProviderTokens {
    #[serde(default)]
    pub id_token: Option<String>,
    #[serde(default)]
    pub access_token: Option<String>,
    #[serde(default)]
    error: Option<String>,
}

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

type Form = Vec<(&'static str, Zeroizing<String>)>;

impl UserPools {
    /// Redeems the code at the provider that the state names: never at another, whoever sent the browser back.
    pub(super) async fn exchange(
        &self,
        cx: &RequestContext,
        provider: &IdentityProvider,
        endpoints: &Endpoints,
        returning: &Returning,
        code: &str,
    ) -> Result<ProviderTokens, Refusal> {
        let form = self.exchange_form(cx, provider, returning, code)?;
        let request = match provider.detail("token_request_method") {
            Some("GET") => ProviderRequest { url: in_query(&endpoints.token, &form), form: None, bearer: None },
            _ => ProviderRequest { url: endpoints.token.clone(), form: Some(form), bearer: None },
        };
        let answer = self.providers.ask(request).await.map_err(unreachable)?;
        let tokens: Option<ProviderTokens> = serde_json::from_slice(&answer.body).ok();
        match (answer.status, tokens) {
            (200, Some(tokens)) if tokens.error.is_none() => Ok(tokens),
            (status, tokens) => Err(refused(provider, status, tokens.unwrap_or_default().error.as_deref())),
        }
    }

    fn exchange_form(
        &self,
        cx: &RequestContext,
        provider: &IdentityProvider,
        returning: &Returning,
        code: &str,
    ) -> Result<Form, Refusal> {
        let plain = |text: &str| Zeroizing::new(text.to_owned());
        let client = provider.detail("client_id").unwrap_or_default();
        let mut form = vec![
            ("grant_type", plain("authorization_code")),
            ("code", plain(code)),
            ("redirect_uri", plain(&returning.callback)),
            ("client_id", plain(client)),
        ];
        let secrets = self.open_details(provider)?;
        let secret = if provider.kind == ProviderKind::SignInWithApple {
            let key = secrets.get("private_key").map_or("", String::as_str);
            let detail = |name| provider.detail(name).unwrap_or_default();
            let made =
                Self::apple_secret(cx.now, &Secret { team: detail("team_id"), key_id: detail("key_id"), client, key });
            Some(made.ok_or_else(|| messages::INTERNAL_ERROR.because("the private key does not sign"))?)
        } else {
            secrets.get("client_secret").cloned()
        };
        form.extend(secret.map(|secret| ("client_secret", Zeroizing::new(secret))));
        form.extend(returning.verifier.as_deref().map(|verifier| ("code_verifier", plain(verifier))));
        Ok(form)
    }
}

/// Facebook takes the parameters in the query.
fn in_query(url: &str, form: &Form) -> String {
    let mark = if url.contains('?') { '&' } else { '?' };
    let encoded = |text| utf8_percent_encode(text, RESERVED);
    let pairs: Vec<_> = form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    format!("{url}{mark}{}", pairs.join("&"))
}

fn refused(provider: &IdentityProvider, status: u16, error: Option<&str>) -> Refusal {
    // Only a word of OAuth is passed on: what a provider says may be anything.
    let word = error.filter(|word| super::arrive::is_error_word(word)).unwrap_or("no usable answer");
    Refusal::new(ErrorCode::InvalidRequest, "provider.token")
        .saying(format!("{} Error - {status} {word}", provider.name))
        .got(format!("the token endpoint answered {status}: {word}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_escapes_its_place_in_a_query() {
        let form = vec![("code", Zeroizing::new("a&b=c d/\u{e9}".to_owned())), ("x", Zeroizing::new("~".to_owned()))];
        assert_eq!(
            in_query("https://a.example/t?v=1", &form),
            "https://a.example/t?v=1&code=a%26b%3Dc%20d%2F%C3%A9&x=~"
        );
    }
}
