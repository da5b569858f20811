//! `state`: all that is known of a sign-in while it is at the provider, sealed, so that nothing is stored for browsers that never come back.
//! It is bound to the browser, works once and ends after five minutes.
use super::depart::Departure;
use crate::context::RequestContext;
use crate::ids::{ClientId, Millis, PoolId};
use crate::oauth::{ErrorCode, Refusal};
use crate::random;
use crate::service::UserPools;
use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

/// Life of a state: AWS's five minutes.
const LIFE: Millis = 5 * 60 * 1000;
const PLACE: [&str; 1] = ["federation state"];
/// What it may carry of the app's own request; the longer the state, the fewer providers take it.
const LONGEST: usize = 6 * 1024;

/// An opened state.
#[derive(Clone, Serialize, Deserialize)]
pub struct Returning {
    /// The pool.
    pub pool: PoolId,
    /// The client that asked.
    pub client: ClientId,
    /// The provider that was asked.
    pub provider: String,
    /// The app's authorize request, to be checked again.
    pub query: String,
    /// Our address at the provider, exactly as it was given.
    pub(super) callback: String,
    pub(super) nonce: String,
    pub(super) verifier: Option<String>,
    browser: String,
    id: String,
    until: Millis,
}

impl std::fmt::Debug for Returning {
    /// Nonce and verifier are secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Returning").field("pool", &self.pool).field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// A sealed state and its secrets.
pub(super) struct Sealed {
    pub text: String,
    pub nonce: String,
    /// `code_challenge` (S256).
    pub challenge: Option<String>,
}

impl UserPools {
    pub(super) fn seal_state(&self, cx: &RequestContext, going: &Departure<'_>, pkce: bool) -> Result<Sealed, Refusal> {
        if going.query.len() > LONGEST {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "federation.length")
                .saying("The request is too long to be taken to an identity provider"));
        }
        let secret = || jose::base64url_encode(random::bytes::<32>(&*self.random));
        let (nonce, verifier) = (secret(), pkce.then(secret));
        let challenge = verifier.as_deref().map(|verifier| jose::base64url_encode(sha256(verifier)));
        let state = Returning {
            pool: going.site.pool.id.clone(),
            client: going.site.client.id.clone(),
            provider: going.provider.name.clone(),
            query: going.query.to_owned(),
            callback: going.callback.to_owned(),
            nonce: nonce.clone(),
            verifier,
            browser: jose::base64url_encode(sha256(going.browser)),
            id: secret(),
            until: cx.now.saturating_add(LIFE),
        };
        let plain = serde_json::json!(state).to_string();
        let text = jose::base64url_encode(self.keys.seal(&*self.random, &PLACE, plain.as_bytes()));
        Ok(Sealed { text, nonce, challenge })
    }

    /// Opens the state that a browser brings back, before anything else of its request is looked at. Refused: one that is not ours or has
    /// ended, and one that another browser was given. It is used up by [`UserPools::arrive`] only.
    pub fn returning(&self, cx: &RequestContext, state: &str, browser: Option<&str>) -> Result<Returning, Refusal> {
        let refused = |got| Refusal::new(ErrorCode::InvalidRequest, "federation.state").got(got);
        let sealed = jose::base64url_decode(state).ok_or_else(|| refused("no state of ours"))?;
        let plain = self.keys.open(&PLACE, &sealed).map_err(|_| refused("no state of ours"))?;
        let state: Returning = serde_json::from_slice(&plain).map_err(|_| refused("a state of another release"))?;
        if state.until <= cx.now {
            return Err(refused("a state that has ended"));
        }
        let browser = browser.map(|secret| jose::base64url_encode(sha256(secret))).unwrap_or_default();
        if !bool::from(browser.as_bytes().ct_eq(state.browser.as_bytes())) {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "federation.browser").got("another browser, or none"));
        }
        Ok(state)
    }

    /// Uses the state up. Of many at once one goes on.
    pub(super) async fn spend_state(&self, cx: &RequestContext, state: &Returning) -> Result<(), Refusal> {
        let id = sha256(&format!("federation state {}", state.id));
        if self.store.spend(cx.now, id, state.until).await? {
            return Ok(());
        }
        Err(Refusal::new(ErrorCode::InvalidRequest, "federation.state")
            .saying("This sign-in has been answered before")
            .got("a state that was used"))
    }
}

fn sha256(text: &str) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    out
}
