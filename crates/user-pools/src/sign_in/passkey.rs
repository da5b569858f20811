//! WEB_AUTHN: a passkey of the user signs the challenge of this session, once.
use super::next::{check_enabled, check_status};
use super::session::{State, Step};
use super::trail::Trail;
use super::{Challenge, ChallengeName, Outcome, Parameters, Place};
use crate::context::RequestContext;
use crate::error::{Error, ErrorKind, Result};
use crate::lockout::{self, Guess};
use crate::messages;
use crate::passkeys::{Ceremony, Passkey, credential, refused};
use crate::ports::StoreError;
use crate::service::UserPools;
use crate::user::User;
use serde_json::Value;
use std::collections::BTreeMap;
use webauthn_rs_core::proto::{AuthenticationResult, AuthenticationState, PublicKeyCredential};

impl UserPools {
    /// The user's passkeys that this pool's relying party can use now.
    pub(crate) async fn usable_passkeys(&self, place: &Place, sub: &str) -> Result<Vec<Passkey>> {
        if !crate::passkeys::enabled(&place.pool.settings) {
            return Ok(Vec::new());
        }
        let ceremony = match self.ceremony(&place.pool).await {
            Err(error) if error.kind == ErrorKind::WebAuthnConfigurationMissing => return Ok(Vec::new()),
            other => other?,
        };
        let mut held = self.store.passkeys_of(place.pool.id.clone(), sub.to_owned()).await?;
        held.retain(|passkey| passkey.relying_party == ceremony.relying_party);
        Ok(held)
    }

    pub(super) async fn ask_for_passkey(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: &User,
        state: &State,
    ) -> Result<Challenge> {
        let ceremony = self.ceremony(&place.pool).await?;
        let held = self.usable_passkeys(place, &user.sub).await?;
        let credentials = held.iter().filter_map(credential).collect();
        let (options, waiting) = options(&ceremony, credentials)?;
        let state = state.again(self, cx, place, Step::Passkey);
        let sealed = self.keys.seal(&*self.random, &["passkey"], &serde_json::to_vec(&waiting).unwrap_or_default());
        self.store.put_pending(cx.now, state.spent_id(), sealed, state.expires_at).await?;
        let parameters = BTreeMap::from([
            ("CREDENTIAL_REQUEST_OPTIONS", options.to_string()),
            ("USERNAME", user.username.clone()),
            ("USER_ID_FOR_SRP", user.username.clone()),
        ]);
        Ok(Challenge::new(ChallengeName::WebAuthn, self.seal_session(&state), parameters))
    }

    /// Order: lockout, the challenge (used up by its first answer), signature and counter, session.
    pub(super) async fn answer_passkey(
        &self,
        cx: &RequestContext,
        place: &Place,
        responses: &Parameters,
        (user, mut state): (User, State),
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let answer = read(responses)?;
        trail.at("lockout");
        let guesses = lockout::key(Guess::First, &place.pool.id, &user.username_folded);
        let guesses = self.begin_guess(cx, guesses).await?;
        trail.at("passkey");
        let proven = self.check_passkey(cx, place, &user, &state, &answer).await?;
        trail.at("session.single_use");
        self.spend_session(cx, &state).await?;
        state.methods.push("hwk".to_owned());
        let settings = crate::passkeys::settings(&place.pool.settings);
        let result = if settings.counts_as_two && proven.user_verified() {
            state.methods.push("mfa".to_owned());
            self.arrive_by_passkey(cx, place, user, &state, trail).await
        } else {
            self.admit(cx, place, user, &state, trail).await
        };
        self.forgive(cx, guesses, &state, result).await
    }

    /// A passkey that counts as two factors: the user's own state is looked at, a second factor is not.
    async fn arrive_by_passkey(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: User,
        state: &State,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        trail.at("user.enabled");
        check_enabled(&user, cx.now)?;
        trail.at("user.status");
        check_status(&user, cx.now)?;
        self.last_step(cx, place, user, state).await
    }

    async fn check_passkey(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: &User,
        state: &State,
        answer: &PublicKeyCredential,
    ) -> Result<AuthenticationResult> {
        let wrong = |why: String| messages::INCORRECT_CREDENTIALS.because(why);
        let sealed = self.store.take_pending(cx.now, state.spent_id()).await?;
        let waiting = sealed.and_then(|sealed| self.keys.open(&["passkey"], &sealed).ok());
        let waiting: Option<AuthenticationState> = waiting.and_then(|plain| serde_json::from_slice(&plain).ok());
        let mut waiting = waiting.ok_or_else(|| wrong("the challenge has been answered before".to_owned()))?;
        let handle = answer.response.user_handle.as_ref();
        if handle.is_some_and(|handle| AsRef::<[u8]>::as_ref(handle) != user.sub.as_bytes()) {
            return Err(wrong("the passkey names another user".to_owned()));
        }
        let ceremony = self.ceremony(&place.pool).await?;
        // As stored now: one that was deleted since helps nobody, and the counter is the newest.
        let held = self.usable_passkeys(place, &user.sub).await?;
        waiting.set_allowed_credentials(held.iter().filter_map(credential).collect());
        let checked = ceremony.core.authenticate_credential(answer, &waiting);
        let proven = checked.map_err(|error| wrong(refused(&error).reason.unwrap_or_default().into_owned()))?;
        let id = jose::base64url_encode(proven.cred_id());
        match held.into_iter().find(|one| one.id == id) {
            Some(used) => self.note_use(cx, used, &proven).await?,
            None => return Err(wrong("no passkey of the user".to_owned())),
        }
        Ok(proven)
    }

    /// The counter that was read must still be the stored one: of two copies of a passkey at once one loses.
    async fn note_use(&self, cx: &RequestContext, mut used: Passkey, proven: &AuthenticationResult) -> Result<()> {
        let read = used.counter;
        if let Some(mut credential) = credential(&used) {
            credential.counter = proven.counter();
            credential.backup_state = proven.backup_state();
            used.credential = serde_json::to_value(&credential).unwrap_or_default();
        }
        used.counter = proven.counter();
        match self.store.use_passkey(cx.now, used, read).await {
            Err(StoreError::Conflict | StoreError::NotFound) => {
                Err(messages::INCORRECT_CREDENTIALS.because("the passkey was used or deleted at the same moment"))
            }
            other => other.map_err(Into::into),
        }
    }
}

fn options(
    ceremony: &Ceremony,
    credentials: Vec<webauthn_rs_core::proto::Credential>,
) -> Result<(Value, AuthenticationState)> {
    let failed = |error: webauthn_rs_core::error::WebauthnError| {
        Error::new(ErrorKind::InternalError, "Internal error").because(error.to_string())
    };
    let builder = ceremony.core.new_challenge_authenticate_builder(credentials, Some(ceremony.policy()));
    let (options, state) = ceremony.core.generate_challenge_authenticate(builder.map_err(failed)?).map_err(failed)?;
    Ok((serde_json::to_value(options.public_key).unwrap_or_default(), state))
}

fn read(responses: &Parameters) -> Result<PublicKeyCredential> {
    let text = responses.require("CREDENTIAL")?;
    serde_json::from_str(text).map_err(|error| messages::WEBAUTHN_DOCUMENT.because(error.to_string()))
}
