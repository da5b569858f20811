//! The `Session` of SignUp and ConfirmSignUp: who has just confirmed a sign-up may go straight on to a first sign-in by USER_AUTH (spec C.9,
//! Amplify's autoSignIn). The confirmation counts as the first factor; status and MFA are what every sign-in meets.
use super::flow::{self, Flow};
use super::session::{State, Step};
use super::trail::Trail;
use super::{Door, Outcome, Place, Start};
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::pool::UserPool;
use crate::service::UserPools;
use crate::user::{User, UserStatus};

impl UserPools {
    /// SignUp's `Session`, where the client may use USER_AUTH. A user who needs no confirmation may redeem it at once.
    pub(crate) fn signed_up_session(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        client: &AppClient,
        user: &User,
    ) -> Option<String> {
        let confirmed = user.status == UserStatus::Confirmed;
        let (step, method) = if confirmed { (Step::Confirmed, "pwd") } else { (Step::SignedUp, "") };
        self.sign_up_session(cx, pool, client, user, step, method)
    }

    /// ConfirmSignUp's `Session`: the code has been proven by whoever signed up.
    pub(crate) fn confirmed_session(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        client: &AppClient,
        user: &User,
    ) -> Option<String> {
        self.sign_up_session(cx, pool, client, user, Step::Confirmed, "otp")
    }

    fn sign_up_session(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        client: &AppClient,
        user: &User,
        step: Step,
        method: &str,
    ) -> Option<String> {
        if !flow::enabled(&client.settings, Flow::UserAuth) {
            return None;
        }
        let place = Place { pool: pool.clone(), client: client.clone() };
        let state = State::begin(self, cx, &place, &Door::Api, &user.username, (&user.sub, user.stamp()));
        let methods = Some(method.to_owned()).filter(|method| !method.is_empty());
        Some(self.seal_session(&State { step, methods: methods.into_iter().collect(), ..state }))
    }

    /// A `Session` that comes with ConfirmSignUp must be this sign-up's own. One that has ended does no harm, for mails take their time, but is
    /// worth no sign-in: false.
    pub(crate) fn is_signed_up_session(
        &self,
        cx: &RequestContext,
        client: &AppClient,
        user: &User,
        session: &str,
    ) -> Result<bool> {
        let state = match self.open_session(cx.now, session) {
            Err(error) if error.message == messages::SESSION_EXPIRED.message => return Ok(false),
            other => other?,
        };
        if state.client != client.id || state.sub != user.sub || state.pool != user.pool {
            return Err(messages::SESSION_FOREIGN.because("it belongs to another sign-up"));
        }
        if state.step != Step::SignedUp {
            return Err(messages::CHALLENGE_MISMATCH.because(format!("the session stands at {:?}", state.step)));
        }
        // Another password since is another person's business.
        Ok(state.stamp == user.stamp())
    }

    /// A first sign-in by the session of a confirmed sign-up. Order: session, user, name, single use, then as after a password.
    pub(super) async fn start_signed_up(
        &self,
        cx: &RequestContext,
        place: &Place,
        start: &Start,
        session: &str,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        trail.at("session");
        let state = self.open_session(cx.now, session)?;
        if state.pool != place.pool.id || state.client != place.client.id || start.door == Door::ManagedLogin {
            return Err(messages::SESSION_FOREIGN.because("it belongs to another pool, client or door"));
        }
        if state.step != Step::Confirmed {
            return Err(messages::CHALLENGE_MISMATCH.because(format!("the session stands at {:?}", state.step)));
        }
        trail.of(&state.sub);
        let user = self.session_user(cx, &state).await?;
        trail.at("user.name");
        let named = self.find_user(&place.pool, start.parameters.require("USERNAME")?).await?;
        if named.is_none_or(|named| named.sub != user.sub) {
            return Err(messages::SESSION_FOREIGN.because("USERNAME is not the session's user"));
        }
        trail.at("trigger.pre_authentication");
        self.pre_authentication(cx, place, Some(&user), &user.username).await?;
        trail.at("session.single_use");
        self.spend_session(cx, &state).await?;
        let state = state.at_device(start.parameters.get("DEVICE_KEY"));
        // Nothing was guessed, so nothing is forgiven.
        self.admit(cx, place, user, &state, trail).await
    }
}
