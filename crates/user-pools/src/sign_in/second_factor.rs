//! SOFTWARE_TOKEN_MFA, SELECT_MFA_TYPE and MFA_SETUP. Wrong codes are counted apart from wrong passwords; a code works once.
use super::answer::Given;
use super::session::State;
use super::trail::Trail;
use super::{ChallengeName, Outcome};
use crate::attributes::{self, Writer};
use crate::context::RequestContext;
use crate::error::Result;
use crate::lockout::{self, Guess};
use crate::messages;
use crate::mfa::totp::{self, Verdict};
use crate::mfa::{Choice, Factor, choose};
use crate::pool::Contact;
use crate::ports::StoreError;
use crate::service::UserPools;
use crate::user::User;
use crate::users::update::Aliases;

/// So often a change of the user by somebody else is followed by another try.
const TRIES: usize = 10;

impl UserPools {
    /// Order: lockout, code (used up in the act that finds it right), session. A failure in between costs the user one code.
    pub(super) async fn answer_software_token(
        &self,
        cx: &RequestContext,
        given: Given<'_>,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let Given { place, answer, mut state, user } = given;
        let code = answer.responses.require("SOFTWARE_TOKEN_MFA_CODE")?;
        trail.at("lockout");
        let guesses = lockout::key(Guess::Mfa, &place.pool.id, &user.username_folded);
        let guesses = self.begin_guess(cx, guesses).await?;
        trail.at("mfa.totp");
        let user = self.use_up_code(cx, user, code).await?;
        trail.at("session.single_use");
        self.spend_session(cx, &state).await?;
        state.methods.extend(["otp".to_owned(), "mfa".to_owned()]);
        let proven = self.factor_proven(cx, place, user, &state, ChallengeName::SoftwareTokenMfa, trail).await;
        self.forgive(cx, guesses, &state, proven).await
    }

    /// Of many answers with one code exactly one finds it unused: the user's version decides.
    async fn use_up_code(&self, cx: &RequestContext, mut user: User, code: &str) -> Result<User> {
        for _ in 0..TRIES {
            let Some(totp) = user.credentials.totp.clone().filter(|totp| totp.verified) else {
                return Err(messages::CHALLENGE_MISMATCH.because("the user has no authenticator app any more"));
            };
            let step = match totp::examine(&self.keys, &user, &totp, code, cx.now)? {
                Verdict::Right(step) => step,
                Verdict::Used => return Err(messages::TOTP_ALREADY_USED),
                Verdict::Wrong => return Err(messages::INVALID_MFA_CODE),
            };
            let mut changed = user.clone();
            if let Some(totp) = &mut changed.credentials.totp {
                totp.last_step = Some(step);
            }
            match self.store.replace_user(cx.now, changed.clone()).await {
                Ok(version) => return Ok(User { version, ..changed }),
                Err(StoreError::Conflict) => user = self.store.user(user.pool, user.sub).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// The choice among several factors: only one that is asked of this user.
    pub(super) async fn answer_select_mfa(
        &self,
        cx: &RequestContext,
        given: Given<'_>,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let Given { place, answer, state, user } = given;
        trail.at("mfa.choice");
        let chosen = Factor::from_name(answer.responses.require("ANSWER")?);
        let offered = match choose(&place.pool.settings, &user) {
            Choice::Select(factors) => factors,
            Choice::Challenge(only) => vec![only],
            Choice::Nothing | Choice::SetUp(_) | Choice::Impossible => Vec::new(),
        };
        let Some(factor) = chosen.filter(|factor| offered.contains(factor)) else {
            return Err(messages::CHALLENGE_MISMATCH.because("the chosen factor is not the user's"));
        };
        trail.at("session.single_use");
        self.spend_session(cx, &state).await?;
        trail.at("mfa");
        self.ask_factor(cx, place, &user, &state, factor).await.map(Outcome::Challenge)
    }

    /// The session that VerifySoftwareToken gave back: the factor has just been proven.
    pub(super) async fn answer_mfa_setup(
        &self,
        cx: &RequestContext,
        given: Given<'_>,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let Given { place, mut state, user, .. } = given;
        trail.at("session.single_use");
        self.spend_session(cx, &state).await?;
        state.methods.extend(["otp".to_owned(), "mfa".to_owned()]);
        self.last_step(cx, place, user, &state).await
    }

    /// MFA_SETUP with an address instead of an app: it is stored, and proven by the code that goes there. Only for who has no factor, and no
    /// address of that kind: a session that knows the password alone must not move one.
    pub(super) async fn answer_mfa_address(
        &self,
        cx: &RequestContext,
        given: Given<'_>,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let Given { place, answer, state, user } = given;
        trail.at("mfa.set_up");
        let addresses = [(Contact::Email, "EMAIL"), (Contact::Phone, "PHONE_NUMBER")];
        let found = addresses.into_iter().find_map(|(contact, name)| Some((contact, answer.responses.get(name)?)));
        let Some((contact, address)) = found else {
            return Err(messages::CHALLENGE_MISMATCH.because("no factor has been proven, and no address came"));
        };
        let settings = &place.pool.settings;
        let value = (contact.attribute().to_owned(), address.to_owned());
        let set = |user: &mut User| {
            let allowed =
                matches!(choose(settings, user), Choice::SetUp(factors) if factors.contains(&Factor::of(contact)));
            if !allowed || user.attributes.contains_key(contact.attribute()) {
                return Err(messages::CHALLENGE_MISMATCH.because("the user has a factor or such an address"));
            }
            attributes::update(settings, Writer::Client(&place.client.settings), user, &vec![value.clone()])?;
            // Without this factor nobody can come in to prove it later, so it does not wait for that.
            if let Some(waiting) = user.pending_attributes.remove(contact.attribute()) {
                user.attributes.insert(contact.attribute().to_owned(), waiting);
            }
            Ok(())
        };
        set(&mut user.clone())?;
        trail.at("session.single_use");
        self.spend_session(cx, &state).await?;
        let user = self.update_user(cx, &place.pool, &user.sub, Aliases::Respect, set).await?;
        let state = State { enrols: true, ..state };
        self.ask_for_code(cx, place, &user, &state, contact).await.map(Outcome::Challenge)
    }
}
