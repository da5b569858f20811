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
use serde_json::{Value, json};
use std::collections::BTreeMap;
use webauthn_rs_core::proto::{AuthenticationResult, AuthenticationState, PublicKeyCredential};

impl UserPools {
    /// The user's passkeys that this pool's relying party can use now; `None` where the pool takes none.
    pub(crate) async fn usable_passkeys(&self, place: &Place, sub: &str) -> Result<Option<Vec<Passkey>>> {
        if !crate::passkeys::enabled(&place.pool.settings) {
            return Ok(None);
        }
        let ceremony = match self.ceremony(&place.pool).await {
            Err(error) if error.kind == ErrorKind::WebAuthnConfigurationMissing => return Ok(None),
            other => other?,
        };
        let mut held = self.store.passkeys_of(place.pool.id.clone(), sub.to_owned()).await?;
        held.retain(|passkey| passkey.relying_party == ceremony.relying_party);
        Ok(Some(held))
    }

    /// The challenge travels sealed in the session: anybody may begin sign-ins, as many as they like, and nothing is stored for one. `stranger`:
    /// the passkey of somebody made up, in place of the user's own.
    pub(super) async fn ask_for_passkey(
        &self,
        cx: &RequestContext,
        place: &Place,
        shown: &str,
        stranger: Option<Vec<u8>>,
        state: &State,
    ) -> Result<Challenge> {
        let ceremony = self.ceremony(&place.pool).await?;
        let held = self.usable_passkeys(place, &state.sub).await?.unwrap_or_default();
        let credentials = held.iter().filter_map(credential).collect();
        let (mut options, mut waiting) = options(&ceremony, credentials)?;
        if let Some(id) = stranger {
            options["allowCredentials"] = json!([{"type": "public-key", "id": jose::base64url_encode(id)}]);
        }
        waiting.set_allowed_credentials(Vec::new());
        let passkey = Some(Box::new(waiting));
        let state = State { passkey, ..state.again(self, cx, place, Step::Passkey) };
        let parameters = BTreeMap::from([
            ("CREDENTIAL_REQUEST_OPTIONS", options.to_string()),
            ("USERNAME", shown.to_owned()),
            ("USER_ID_FOR_SRP", shown.to_owned()),
        ]);
        Ok(Challenge::new(ChallengeName::WebAuthn, self.seal_session(&state), parameters))
    }

    /// The answer of somebody who does not exist: counted, used up and wrong like that of a user without the key.
    pub(super) async fn refuse_passkey<T>(
        &self,
        cx: &RequestContext,
        place: &Place,
        responses: &Parameters,
        (shown, state): (&str, &State),
        trail: &mut Trail,
    ) -> Result<T> {
        read(responses)?;
        trail.at("session.single_use");
        self.spend_session(cx, state).await?;
        trail.at("lockout");
        let folded = crate::names::fold(&place.pool.settings, shown);
        let _counted = self.begin_guess(cx, lockout::key(Guess::First, &place.pool.id, &folded)).await?;
        trail.at("passkey");
        Err(messages::INCORRECT_CREDENTIALS.because("no user answers to this name"))
    }

    /// Order: session (its challenge is used up by the first answer, right or wrong), lockout, signature and counter. One session sent again and
    /// again counts once.
    pub(super) async fn answer_passkey(
        &self,
        cx: &RequestContext,
        place: &Place,
        responses: &Parameters,
        (user, mut state): (User, State),
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let answer = read(responses)?;
        trail.at("session.single_use");
        self.spend_session(cx, &state).await?;
        trail.at("lockout");
        let guesses = lockout::key(Guess::First, &place.pool.id, &user.username_folded);
        let guesses = self.begin_guess(cx, guesses).await?;
        trail.at("passkey");
        let proven = self.check_passkey(cx, place, &user, state.passkey.take(), &answer).await?;
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
        waiting: Option<Box<AuthenticationState>>,
        answer: &PublicKeyCredential,
    ) -> Result<AuthenticationResult> {
        let wrong = |why: String| messages::INCORRECT_CREDENTIALS.because(why);
        let mut waiting = waiting.ok_or_else(|| wrong("the session carries no challenge".to_owned()))?;
        let handle = answer.response.user_handle.as_ref();
        if handle.is_some_and(|handle| AsRef::<[u8]>::as_ref(handle) != user.sub.as_bytes()) {
            return Err(wrong("the passkey names another user".to_owned()));
        }
        let ceremony = self.ceremony(&place.pool).await?;
        // As stored now: one that was deleted since helps nobody, and the counter is the newest.
        let held = self.usable_passkeys(place, &user.sub).await?.unwrap_or_default();
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
