//! The device that a client names at sign-in: whether it is the user's, whether it stands in for the second factor, and DEVICE_SRP_AUTH, by
//! which it begins to prove itself (spec C.13).
use super::device_claim::DeviceBlock;
use super::session::{State, Step};
use super::trail::Trail;
use super::{Answer, Challenge, ChallengeName, Outcome, Place};
use crate::context::RequestContext;
use crate::devices::{Device, tracking};
use crate::error::Result;
use crate::ids::Millis;
use crate::messages;
use crate::ports::StoreError;
use crate::service::UserPools;
use crate::srp::{ClientKey, ServerKey};
use crate::user::User;
use std::collections::BTreeMap;

/// pycognito answers DEVICE_SRP_AUTH without `Session`: for so long the server remembers that it was asked.
const REMEMBERED: Millis = 60_000;

/// Whether this device, once it has proven itself, is enough instead of a second factor.
pub(super) fn stands_in(place: &Place, device: &Device) -> bool {
    device.remembered && tracking(&place.pool.settings).is_some_and(|tracking| tracking.stands_in)
}

impl UserPools {
    /// Refuses a device that is not this user's in the words after which clients come again without it; the same for nobody's device.
    pub(super) async fn check_device(&self, place: &Place, user: Option<&User>, key: &str) -> Result<()> {
        let sub = user.map_or_else(|| "nobody".to_owned(), |user| user.sub.clone());
        let found = self.find_device(place, &sub, key).await?;
        match found {
            Some(_) => Ok(()),
            None => Err(messages::DEVICE_DOES_NOT_EXIST),
        }
    }

    async fn find_device(&self, place: &Place, sub: &str, key: &str) -> Result<Option<Device>> {
        if tracking(&place.pool.settings).is_none() {
            return Ok(None);
        }
        match self.store.device(place.pool.id.clone(), sub.to_owned(), key.to_owned()).await {
            Ok(device) => Ok(Some(device)),
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The device that was named and has not proven itself yet, as stored now. One that was forgotten since is as good as none.
    pub(super) async fn named_device(&self, place: &Place, user: &User, state: &State) -> Result<Option<Device>> {
        match &state.device {
            Some(key) if !state.device_proven => self.find_device(place, &user.sub, key).await,
            _ => Ok(None),
        }
    }

    /// DEVICE_SRP_AUTH.
    pub(super) async fn ask_device(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: &User,
        state: &State,
        device: &Device,
    ) -> Result<Challenge> {
        let asked = (ChallengeName::DeviceSrpAuth, BTreeMap::from([("DEVICE_KEY", device.key.clone())]));
        let challenge = self.ask(cx, place, user, state, Step::Device, asked);
        let mark = self.device_mark(cx, place, &device.key);
        let session = challenge.session.clone().into_bytes();
        self.store.put_pending(cx.now, mark, session, cx.now.saturating_add(REMEMBERED)).await?;
        Ok(challenge)
    }

    /// Under what the session of a device's step is remembered: only the same client at the same address finds it. Whoever else does cannot
    /// sign with the device's secret.
    fn device_mark(&self, cx: &RequestContext, place: &Place, key: &str) -> [u8; 32] {
        let address = cx.client_ip.to_string();
        let parts = ["device step", &place.pool.id.0, &place.client.id.0, key, &address];
        self.keys.peppered(&parts.map(str::as_bytes)).swap_remove(0)
    }

    /// The answer to DEVICE_SRP_AUTH: SRP_A. Order: session, user, name, secret, device, A, single use.
    pub(super) async fn answer_device(
        &self,
        cx: &RequestContext,
        place: &Place,
        answer: &Answer,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let key = answer.responses.require("DEVICE_KEY")?;
        let a = answer.responses.require("SRP_A")?;
        trail.at("session");
        let answer = Answer { session: Some(self.device_session(cx, place, answer, key).await?), ..answer.clone() };
        let given = self.check_answer(cx, place, &answer, trail).await?;
        trail.at("device");
        if given.state.device.as_deref() != Some(key) {
            return Err(messages::DEVICE_DOES_NOT_EXIST.because("the sign-in began with another device"));
        }
        let device = self.named_device(place, &given.user, &given.state).await?;
        let device = device.ok_or(messages::DEVICE_DOES_NOT_EXIST)?;
        trail.at("srp.a");
        let a = ClientKey::parse(a)?;
        trail.at("session.single_use");
        self.spend_session(cx, &given.state).await?;
        let server = ServerKey::draw(&*self.random, &self.device_verifier(&device)?)?;
        let block = DeviceBlock::new(self, cx, &given.state, &a, &server);
        Ok(Outcome::Challenge(self.device_challenge(&given.user, &device, &server, &block)))
    }

    /// The session that came, or the one that was asked with.
    async fn device_session(&self, cx: &RequestContext, place: &Place, answer: &Answer, key: &str) -> Result<String> {
        if let Some(session) = &answer.session {
            return Ok(session.clone());
        }
        let mark = self.device_mark(cx, place, key);
        let pending = self.store.take_pending(cx.now, mark).await?;
        let session = pending.and_then(|session| String::from_utf8(session).ok());
        session.ok_or_else(|| messages::missing_parameter("Session"))
    }
}
