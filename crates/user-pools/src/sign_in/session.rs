//! The `Session` string (spec C.9): the server's state in the client's hands, sealed. It names pool, client, user and step, ends with
//! `AuthSessionValidity`, dies with the password it was begun with, and is spent by success only.
use super::custom::Custom;
use super::sent_code::Sent;
use super::trail::Trail;
use super::{ChallengeName, Door, Place};
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::{ClientId, Millis, PoolId};
use crate::messages;
use crate::random;
use crate::service::UserPools;
use crate::triggers::TokenSource;
use crate::user::User;
use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use webauthn_rs_core::proto::AuthenticationState;

const CONTEXT: [&str; 1] = ["auth session"];
/// Longer than any we make; what is longer is not ours.
pub(super) const LONGEST: usize = 4096;
/// Sealed states are padded to a multiple of this, so that lengths do not tell users apart.
const BLOCK: usize = 256;

/// Where a sign-in stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Step {
    /// SRP_B has been sent; the claim comes with a SECRET_BLOCK.
    PasswordVerifier,
    /// A temporary password was right.
    NewPassword,
    /// The password was right; a TOTP code is due.
    SoftwareToken,
    /// The password was right; the user chooses a second factor.
    SelectMfa,
    /// The password was right; a second factor must be enrolled.
    MfaSetup,
    /// A second factor has just been enrolled within this sign-in.
    MfaSetupDone,
    /// A code by SMS is due as second factor.
    Sms,
    /// A code by e-mail is due as second factor.
    Email,
    /// The user chooses a first factor.
    Choose,
    /// The password is due in plain text.
    Password,
    /// SRP_A is due.
    PasswordSrp,
    /// A code by e-mail is due as first factor.
    FirstEmail,
    /// A code by SMS is due as first factor.
    FirstSms,
    /// A passkey's signature is due.
    Passkey,
    /// Everything else has been proven; the device proves itself.
    Device,
    /// The device's SRP_B has been sent; the claim comes with a SECRET_BLOCK.
    DeviceVerifier,
    /// Signed up, and not confirmed yet. No challenge belongs to it.
    SignedUp,
    /// Confirmed by a code: worth a first sign-in. No challenge belongs to it.
    Confirmed,
    /// A function of the pool has asked something.
    Custom,
}

impl Step {
    fn is_answered_by(self, challenge: ChallengeName) -> bool {
        self.challenge() == Some(challenge)
    }

    /// A code is due before anything has been proven.
    pub(super) const fn is_first_factor(self) -> bool {
        matches!(self, Self::FirstEmail | Self::FirstSms)
    }

    /// The challenge that belongs to the step; none to the sessions of a sign-up.
    const fn challenge(self) -> Option<ChallengeName> {
        Some(match self {
            Self::PasswordVerifier => ChallengeName::PasswordVerifier,
            Self::NewPassword => ChallengeName::NewPasswordRequired,
            Self::SoftwareToken => ChallengeName::SoftwareTokenMfa,
            Self::SelectMfa => ChallengeName::SelectMfaType,
            Self::MfaSetup | Self::MfaSetupDone => ChallengeName::MfaSetup,
            Self::Sms => ChallengeName::SmsMfa,
            Self::Email | Self::FirstEmail => ChallengeName::EmailOtp,
            Self::FirstSms => ChallengeName::SmsOtp,
            Self::Choose => ChallengeName::SelectChallenge,
            Self::Password => ChallengeName::Password,
            Self::PasswordSrp => ChallengeName::PasswordSrp,
            Self::Passkey => ChallengeName::WebAuthn,
            Self::Device => ChallengeName::DeviceSrpAuth,
            Self::DeviceVerifier => ChallengeName::DevicePasswordVerifier,
            Self::Custom => ChallengeName::CustomChallenge,
            Self::SignedUp | Self::Confirmed => return None,
        })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// The state of a sign-in between two requests.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct State {
    /// Random; what is marked as spent. An SRP exchange shares it with its SECRET_BLOCK.
    pub id: String,
    /// The first of the ids: the sign-in as an event of its user.
    #[serde(default)]
    pub begun: String,
    /// The login pages' sessions and the API's do not mix: they buy different things.
    pub pages: bool,
    pub pool: PoolId,
    pub client: ClientId,
    /// Whose; made up where there is no such user.
    pub sub: String,
    /// The name the sign-in began with: SECRET_HASH may be over it (spec C.3).
    pub started_as: String,
    pub step: Step,
    /// Methods proven so far.
    pub methods: Vec<String>,
    /// The user's stamp when it began: a new password, or a global sign-out, ends it.
    pub stamp: String,
    pub expires_at: Millis,
    /// On what occasion tokens will be issued.
    #[serde(default)]
    pub source: TokenSource,
    /// The code that was sent with this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
    /// The address to which it was sent becomes a second factor.
    #[serde(default, skip_serializing_if = "is_false")]
    pub enrols: bool,
    /// The device that the client named: one of the user's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// It has proven itself.
    #[serde(default, skip_serializing_if = "is_false")]
    pub device_proven: bool,
    /// The challenge that a passkey of the user has to sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Box<AuthenticationState>>,
    /// The rounds of a custom sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<Box<Custom>>,
}

impl State {
    /// A state at `place` for the user with that sub and stamp, begun under a name.
    pub(super) fn begin(
        users: &UserPools,
        cx: &RequestContext,
        place: &Place,
        door: &Door,
        started_as: &str,
        (sub, stamp): (&str, String),
    ) -> Self {
        let id = hex::encode(random::bytes::<16>(&*users.random));
        Self {
            begun: id.clone(),
            id,
            pages: *door == Door::ManagedLogin,
            pool: place.pool.id.clone(),
            client: place.client.id.clone(),
            sub: sub.to_owned(),
            started_as: started_as.to_owned(),
            step: Step::PasswordVerifier,
            methods: Vec::new(),
            stamp,
            expires_at: session_end(cx, place),
            source: TokenSource::default(),
            sent: None,
            enrols: false,
            device: None,
            device_proven: false,
            passkey: None,
            custom: None,
        }
    }

    /// The id of the sign-in as an event; none in sessions of an earlier release.
    pub(super) fn event(&self) -> Option<String> {
        uuid::Uuid::parse_str(&self.begun).ok().map(|id| id.to_string())
    }

    /// Whose sign-in it is, and which.
    pub(super) fn tell(&self, trail: &mut Trail) {
        trail.of(&self.sub);
        trail.sign_in = self.event();
    }

    /// The same sign-in from a device, which has been checked to be the user's.
    #[must_use]
    pub(super) fn at_device(self, device: Option<&str>) -> Self {
        Self { device: device.map(str::to_owned), ..self }
    }

    /// The stamp of somebody who does not exist: as long as a real one.
    pub(super) fn random_stamp(users: &UserPools) -> String {
        hex::encode(random::bytes::<8>(&*users.random))
    }

    /// The same sign-in one step further: a session of its own. The stamp stays what it was when the first credential was examined.
    pub(super) fn again(&self, users: &UserPools, cx: &RequestContext, place: &Place, step: Step) -> Self {
        Self {
            id: hex::encode(random::bytes::<16>(&*users.random)),
            step,
            expires_at: session_end(cx, place),
            sent: None,
            passkey: None,
            ..self.clone()
        }
    }

    /// The same sign-in once its second factor has been enrolled; it ends no later.
    pub(crate) fn with_factor_enrolled(&self, users: &UserPools) -> Self {
        Self { id: hex::encode(random::bytes::<16>(&*users.random)), step: Step::MfaSetupDone, ..self.clone() }
    }

    /// What is marked as used.
    pub(crate) fn spent_id(&self) -> [u8; 32] {
        sha256(self.id.as_bytes())
    }
}

pub(super) fn session_end(cx: &RequestContext, place: &Place) -> Millis {
    cx.now.saturating_add_unsigned(place.client.settings.auth_session_seconds().saturating_mul(1000))
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// JSON with spaces behind it, up to a multiple of [`BLOCK`].
pub(super) fn padded(state: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(state).unwrap_or_default();
    bytes.resize(bytes.len().div_ceil(BLOCK) * BLOCK, b' ');
    bytes
}

impl UserPools {
    /// Seals a state into a `Session`.
    pub(crate) fn seal_session(&self, state: &State) -> String {
        jose::base64url_encode(self.keys.seal(&*self.random, &CONTEXT, &padded(state)))
    }

    /// Opens a `Session` of ours that has not ended. Forged: K 14; ended: K 12.
    pub(crate) fn open_session(&self, now: Millis, session: &str) -> Result<State> {
        let state = self.read_session(session).ok_or(messages::SESSION_INVALID)?;
        if state.expires_at <= now {
            return Err(messages::SESSION_EXPIRED);
        }
        Ok(state)
    }

    fn read_session(&self, session: &str) -> Option<State> {
        if session.len() > LONGEST {
            return None;
        }
        let state = self.keys.open(&CONTEXT, &jose::base64url_decode(session)?).ok()?;
        serde_json::from_slice(&state).ok()
    }

    /// Opens the session an answer came with: it must be this client's, this door's and at the step that the challenge answers.
    pub(super) fn session_for(
        &self,
        cx: &RequestContext,
        place: &Place,
        door: &Door,
        session: &str,
        challenge: ChallengeName,
    ) -> Result<State> {
        let state = self.open_session(cx.now, session)?;
        if state.pool != place.pool.id
            || state.client != place.client.id
            || state.pages != (*door == Door::ManagedLogin)
        {
            return Err(messages::SESSION_FOREIGN.because("it belongs to another pool, client or door"));
        }
        if !state.step.is_answered_by(challenge) {
            return Err(messages::CHALLENGE_MISMATCH.because(format!("the session stands at {:?}", state.step)));
        }
        Ok(state)
    }

    /// The session's user as stored now: enabled, with the password the sign-in began with, and still of a status that may sign in: an
    /// operator's reset ends what was begun before it. Spent: K 13.
    pub(crate) async fn session_user(&self, cx: &RequestContext, state: &State) -> Result<User> {
        let user = match self.store.user(state.pool.clone(), state.sub.clone()).await {
            Err(crate::ports::StoreError::NotFound) => {
                return Err(messages::SESSION_INVALID.because("its user does not exist"));
            }
            other => other?,
        };
        if !user.enabled {
            return Err(messages::USER_DISABLED);
        }
        if user.stamp() == state.stamp {
            super::next::check_status(&user, cx.now)?;
            return Ok(user);
        }
        // The answer that spent it may be what changed the password (NEW_PASSWORD_REQUIRED). A mark that ends now leaves nothing behind.
        if !self.store.spend(cx.now, state.spent_id(), cx.now).await? {
            return Err(messages::SESSION_REUSED);
        }
        Err(messages::SESSION_INVALID.because("the password has changed since, or everybody was signed out"))
    }

    /// Uses a session up: true for the first caller, K 13 for every other.
    pub(crate) async fn spend_session(&self, cx: &RequestContext, state: &State) -> Result<()> {
        if self.store.spend(cx.now, state.spent_id(), state.expires_at).await? {
            Ok(())
        } else {
            Err(messages::SESSION_REUSED)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_challenge_answers_a_step() {
        assert!(Step::NewPassword.is_answered_by(ChallengeName::NewPasswordRequired));
        assert!(!Step::NewPassword.is_answered_by(ChallengeName::MfaSetup));
        assert!(!Step::MfaSetup.is_answered_by(ChallengeName::SoftwareTokenMfa), "enrolment comes first");
        assert!(!Step::Sms.is_answered_by(ChallengeName::SmsOtp), "behind the password and before it are two things");
        assert!(!Step::Device.is_answered_by(ChallengeName::DevicePasswordVerifier), "SRP_A comes first");
        assert!(!Step::DeviceVerifier.is_answered_by(ChallengeName::DeviceSrpAuth), "one exchange for one SRP_A");
        assert!(!Step::SoftwareToken.is_answered_by(ChallengeName::Other));
    }

    #[test]
    fn states_of_users_with_names_of_different_lengths_are_equally_long() {
        let of = |name: &str| padded(&serde_json::json!({ "name": name })).len();
        assert_eq!(of("a"), of(&"a".repeat(200)));
    }
}
