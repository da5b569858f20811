//! After the first factor: which second one is asked for (spec C.12), the device that may stand in for it (C.13), and the end.
use super::device::stands_in;
use super::next::{finish, totp_parameters};
use super::session::{State, Step};
use super::trail::Trail;
use super::{Challenge, ChallengeName, Outcome, Place, unsupported};
use crate::context::RequestContext;
use crate::devices::Device;
use crate::error::Result;
use crate::mfa::{Choice, Factor, choose};
use crate::service::UserPools;
use crate::user::User;
use serde_json::json;
use std::collections::BTreeMap;

impl UserPools {
    /// MFA as the pool and the user want it, unless a remembered device stands in for it; or the end.
    pub(super) async fn ask_second_factor(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: User,
        state: &State,
    ) -> Result<Outcome> {
        let choice = choose(&place.pool.settings, &user);
        // Read once: the very device that stands in is the one that has to prove itself.
        let device = self.named_device(place, &user, state).await?;
        if choice == Choice::Nothing || device.as_ref().is_some_and(|device| stands_in(place, device)) {
            return self.last_step_from(cx, place, user, state, device).await;
        }
        let names = |factors: &[Factor]| json!(factors.iter().map(|one| one.as_str()).collect::<Vec<_>>()).to_string();
        let (step, name, parameters) = match choice {
            Choice::Challenge(factor) => {
                return self.ask_factor(cx, place, &user, state, factor).await.map(Outcome::Challenge);
            }
            Choice::Select(factors) => {
                (Step::SelectMfa, ChallengeName::SelectMfaType, BTreeMap::from([("MFAS_CAN_CHOOSE", names(&factors))]))
            }
            Choice::SetUp(factors) => {
                (Step::MfaSetup, ChallengeName::MfaSetup, BTreeMap::from([("MFAS_CAN_SETUP", names(&factors))]))
            }
            Choice::Nothing | Choice::Impossible => return Err(unsupported("MFA in a pool that accepts no factor")),
        };
        Ok(Outcome::Challenge(self.ask(cx, place, &user, state, step, (name, parameters))))
    }

    /// The challenge of one factor; a code is sent for it where it needs one.
    pub(super) async fn ask_factor(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: &User,
        state: &State,
        factor: Factor,
    ) -> Result<Challenge> {
        if let Some(contact) = factor.contact() {
            return self.ask_for_code(cx, place, user, state, contact).await;
        }
        let asked = (ChallengeName::SoftwareTokenMfa, totp_parameters(user));
        Ok(self.ask(cx, place, user, state, Step::SoftwareToken, asked))
    }

    /// A factor has been proven: on with a custom sign-in, or to the last step.
    pub(super) async fn factor_proven(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: User,
        state: &State,
        challenge: ChallengeName,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        if state.custom.is_some() {
            return self.continue_custom(cx, place, user, state.clone(), challenge, trail).await;
        }
        trail.at("device");
        self.last_step(cx, place, user, state).await
    }

    /// The device that the client named proves itself; then everything has been proven.
    pub(super) async fn last_step(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: User,
        state: &State,
    ) -> Result<Outcome> {
        let device = self.named_device(place, &user, state).await?;
        self.last_step_from(cx, place, user, state, device).await
    }

    async fn last_step_from(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: User,
        state: &State,
        device: Option<Device>,
    ) -> Result<Outcome> {
        match device {
            Some(device) => self.ask_device(cx, place, &user, state, &device).await.map(Outcome::Challenge),
            None => Ok(finish(cx, place, user, state)),
        }
    }
}
