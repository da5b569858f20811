//! The way back from a provider. The order is the security of it: the state has been opened and its browser known ([`UserPools::returning`]);
//! here it is used up before anything goes out, and the code goes to the provider that the state names.
use super::profile::Profile;
use super::state::Returning;
use super::user::is_doubted;
use crate::attributes::CONTACTS;
use crate::context::RequestContext;
use crate::identity_provider::{IdentityProvider, ProviderKind};
use crate::oauth::{ErrorCode, Refusal, Site};
use crate::service::UserPools;
use crate::sign_in::Proof;
use crate::triggers::Inbound;
use serde_json::{Map, Value, json};

/// What a browser brings back. Nothing of it is trusted.
#[derive(Clone, Copy, Default)]
pub struct Arrival<'a> {
    /// `code`.
    pub code: Option<&'a str>,
    /// `error`.
    pub error: Option<&'a str>,
    /// `iss` (RFC 9207).
    pub issuer: Option<&'a str>,
    /// Apple's `user`: the name, at the first sign-in only and unsigned.
    pub user: Option<&'a str>,
}

impl UserPools {
    /// Ends a sign-in at a provider: who signed in, as stored now. `site` is where the state's own request has just been checked again.
    pub async fn arrive(
        &self,
        cx: &RequestContext,
        site: &Site,
        returning: &Returning,
        arrival: Arrival<'_>,
    ) -> Result<Proof, Refusal> {
        if site.pool.id != returning.pool || site.client.id != returning.client {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "federation.state").got("a state of another client"));
        }
        let provider = self.still_offered(site, &returning.provider).await?;
        self.spend_state(cx, returning).await?;
        let endpoints = self.endpoints(cx.now, &provider).await?;
        check_issuer(endpoints.issuer.as_deref(), endpoints.names_itself, arrival.issuer)?;
        if let Some(error) = arrival.error {
            return Err(told(&provider.name, error));
        }
        let code = arrival.code.ok_or_else(|| {
            Refusal::new(ErrorCode::InvalidRequest, "federation.code").saying("The identity provider sent no code")
        })?;
        let tokens = self.exchange(cx, &provider, &endpoints, returning, code).await?;
        let mut profile = self.profile(cx, &provider, &endpoints, returning, &tokens).await?;
        if provider.kind == ProviderKind::SignInWithApple {
            add_apple_name(&mut profile.claims, arrival.user);
        }
        self.heed_function(cx, site, &provider, &mut profile).await?;
        let (user, newcomer) = self.federated_user(cx, site, &provider, &profile).await?;
        let proof = Proof::federated(cx, site, user);
        // A first sign-in has been framed by PreSignUp and PostConfirmation.
        if !newcomer {
            self.post_authentication(cx, &proof).await?;
        }
        Ok(proof)
    }

    /// What the pool's function makes of what the provider said. Who somebody is stays the provider's word; so does that an address is not
    /// verified, unless the function says that it is.
    async fn heed_function(
        &self,
        cx: &RequestContext,
        site: &Site,
        provider: &IdentityProvider,
        profile: &mut Profile,
    ) -> Result<(), Refusal> {
        let user_name = format!("{}_{}", provider.name, profile.subject);
        let inbound = Inbound {
            pool: &site.pool,
            client: &site.client.id,
            user_name: &user_name,
            provider: &provider.name,
            provider_type: provider.kind.as_str(),
            said: &profile.said,
        };
        if let Some(map) = self.inbound_federation(cx, inbound).await? {
            let doubted = CONTACTS.into_iter().filter(|contact| is_doubted(profile, contact.attribute()));
            let doubts: Map<_, _> =
                doubted.map(|contact| (contact.verified_attribute().to_owned(), json!("false"))).collect();
            let map = map.into_iter().map(|(name, value)| (name, json!(value)));
            profile.claims = doubts.into_iter().chain(map).collect();
        }
        Ok(())
    }
}

/// Mix-up (RFC 9207): an answer that names another issuer, or none where the provider always names itself, was meant for somebody else.
fn check_issuer(own: Option<&str>, promised: bool, given: Option<&str>) -> Result<(), Refusal> {
    let fits = match given {
        Some(given) => own.is_none_or(|own| own == given),
        None => !promised,
    };
    if fits {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "federation.issuer")
        .saying("The answer is of another identity provider")
        .got(given.unwrap_or("no iss").to_owned()))
}

/// The provider's own refusal. Only its error word is passed on.
fn told(provider: &str, error: &str) -> Refusal {
    let word = if is_error_word(error) { error } else { "unknown" };
    let denied = matches!(word, "access_denied" | "user_cancelled_authorize" | "user_cancelled_login");
    let code = if denied { ErrorCode::AccessDenied } else { ErrorCode::InvalidRequest };
    Refusal::new(code, "provider.refused").saying(format!("{provider} Error - {word}")).got(word.to_owned())
}

/// Whether a text can be an OAuth error code.
pub(super) fn is_error_word(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Names only: the form comes through the browser and nobody has signed it.
fn add_apple_name(claims: &mut Map<String, Value>, user: Option<&str>) {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    let Some(user) = user.filter(|text| text.len() <= 2048).and_then(read) else { return };
    let part = |name: &str| user.pointer(&format!("/name/{name}")).and_then(Value::as_str);
    let (first, last) = (part("firstName"), part("lastName"));
    for (claim, value) in [("firstName", first), ("lastName", last), ("given_name", first), ("family_name", last)] {
        if let Some(value) = value {
            claims.insert(claim.to_owned(), json!(value));
        }
    }
    if let (Some(first), Some(last)) = (first, last) {
        claims.insert("name".to_owned(), json!(format!("{first} {last}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_another_issuer_is_refused() {
        let own = Some("https://i");
        assert!(check_issuer(own, true, own).is_ok() && check_issuer(own, false, None).is_ok());
        assert!(check_issuer(None, false, own).is_ok(), "Facebook is known by its URLs only");
        assert!(check_issuer(own, false, Some("https://evil")).is_err());
        assert!(check_issuer(own, true, None).is_err());
    }

    #[test]
    fn only_a_word_of_the_providers_refusal_is_passed_on() {
        let refusal = told("Corp", "access_denied");
        assert_eq!(
            (refusal.code, refusal.description.unwrap().as_ref()),
            (ErrorCode::AccessDenied, "Corp Error - access_denied")
        );
        let refusal = told("Corp", "<script>");
        assert_eq!(refusal.description.unwrap(), "Corp Error - unknown");
    }

    #[test]
    fn apples_form_gives_a_name_and_nothing_else() {
        let mut claims = Map::new();
        let user = r#"{"name": {"firstName": "Ann", "lastName": "Lee"}, "email": "victim@a.example", "sub": "x"}"#;
        add_apple_name(&mut claims, Some(user));
        let names: Vec<_> = claims.keys().cloned().collect();
        assert_eq!(names, ["firstName", "lastName", "given_name", "family_name", "name"]);
        assert_eq!(claims["name"], "Ann Lee");
    }
}
