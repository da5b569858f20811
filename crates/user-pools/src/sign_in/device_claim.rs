//! DEVICE_PASSWORD_VERIFIER: the arithmetic of USER_SRP_AUTH with the pool's device group key for the pool's name and the device key for the
//! user. The block carries the exchange, sealed, and is redeemed once, right or wrong.
use super::device::stands_in;
use super::session::{State, Step, padded};
use super::srp_exchange::{check_timestamp, decode};
use super::trail::Trail;
use super::{Answer, Challenge, ChallengeName, Door, Outcome, Place};
use crate::context::RequestContext;
use crate::devices::{Device, DeviceChange, group_key};
use crate::error::Result;
use crate::ids::Millis;
use crate::lockout::{self, Guess};
use crate::messages;
use crate::mfa::{Choice, choose};
use crate::random;
use crate::service::UserPools;
use crate::srp::{self, Claim, ClientKey, ServerKey};
use crate::triggers::TokenSource;
use crate::user::User;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

const CONTEXT: [&str; 1] = ["device block"];
const BLOCK_LIFE: Millis = 60_000;

/// What the SECRET_BLOCK carries.
#[derive(Serialize, Deserialize)]
pub(super) struct DeviceBlock {
    state: State,
    a: String,
    b: String,
    public: String,
    ends: Millis,
}

impl DeviceBlock {
    /// The block of an exchange; its id is what will be marked as used.
    pub fn new(users: &UserPools, cx: &RequestContext, state: &State, a: &ClientKey, server: &ServerKey) -> Self {
        Self {
            state: State {
                id: hex::encode(random::bytes::<16>(&*users.random)),
                step: Step::DeviceVerifier,
                ..state.clone()
            },
            a: srp::to_hex(a.bytes()),
            b: hex::encode(*server.secret),
            public: srp::to_hex(&server.public),
            ends: cx.now.saturating_add(BLOCK_LIFE).min(state.expires_at),
        }
    }

    fn server_key(&self) -> ServerKey {
        let mut secret = Zeroizing::new([0; 32]);
        // Sealed by us, so always 32 bytes; anything else gives a key that signs nothing.
        let _ = hex::decode_to_slice(&self.b, &mut *secret);
        ServerKey { secret, public: srp::from_hex(&self.public).unwrap_or_default() }
    }
}

/// A device that stood in for a second factor must still be good for that: the user, or an operator, may have said otherwise since.
fn check_still_stands_in(place: &Place, user: &User, state: &State, device: &Device) -> Result<()> {
    let second = state.methods.iter().any(|method| method == "mfa");
    let needed = choose(&place.pool.settings, user) != Choice::Nothing && !second;
    if needed && !stands_in(place, device) {
        return Err(messages::CHALLENGE_MISMATCH.because("the device is not remembered any more"));
    }
    Ok(())
}

impl UserPools {
    pub(super) fn device_challenge(
        &self,
        user: &User,
        device: &Device,
        server: &ServerKey,
        block: &DeviceBlock,
    ) -> Challenge {
        let sealed = self.keys.seal(&*self.random, &CONTEXT, &padded(block));
        let parameters = BTreeMap::from([
            ("SALT", device.salt.clone()),
            ("SRP_B", srp::to_hex(&server.public)),
            ("SECRET_BLOCK", STANDARD.encode(sealed)),
            ("DEVICE_KEY", device.key.clone()),
            ("USERNAME", user.username.clone()),
        ]);
        // The session shares the block's id: it opens nothing without the block.
        Challenge::new(ChallengeName::DevicePasswordVerifier, self.seal_session(&block.state), parameters)
    }

    /// Order: block, session, user, name, secret, timestamp, device, lockout, single use, signature.
    pub(super) async fn answer_device_claim(
        &self,
        cx: &RequestContext,
        place: &Place,
        answer: &Answer,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let responses = &answer.responses;
        let key = responses.require("DEVICE_KEY")?;
        let signature = responses.require("PASSWORD_CLAIM_SIGNATURE")?;
        let timestamp = responses.require("TIMESTAMP")?;
        trail.at("srp.block");
        let text = responses.require("PASSWORD_CLAIM_SECRET_BLOCK")?;
        let (bytes, block) = self.open_device_block(cx, place, &answer.door, text)?;
        block.state.tell(trail);
        trail.at("session");
        self.check_claim_session(cx, answer, &block)?;
        let user = self.session_user(cx, &block.state).await?;
        trail.at("user.name");
        let names = [user.username.as_str(), &block.state.sub, &block.state.started_as];
        let name = responses.require("USERNAME")?;
        if !place.is_one_of(name, &names) {
            return Err(messages::SESSION_FOREIGN.because("USERNAME is not the session's user"));
        }
        trail.at("client.secret_hash");
        self.check_answer_hash(place, answer, &[name, names[0], names[1], names[2]])?;
        trail.at("srp.timestamp");
        check_timestamp(cx.now, timestamp)?;
        trail.at("device");
        let device = self.named_device(place, &user, &block.state).await?.filter(|device| device.key == key);
        let device = device.ok_or(messages::DEVICE_DOES_NOT_EXIST)?;
        check_still_stands_in(place, &user, &block.state, &device)?;
        trail.at("lockout");
        let guesses = lockout::key(Guess::Mfa, &place.pool.id, &user.username_folded);
        let guesses = self.begin_guess(cx, guesses).await?;
        trail.at("session.single_use");
        self.spend_session(cx, &block.state).await?;
        trail.at("device.claim");
        let group = group_key(&place.pool.id);
        let claim = Claim { pool_name: &group, user_id: &device.key, block: &bytes, timestamp };
        if !self.is_claimed(&device, &block, &claim, signature)? {
            return Err(messages::INCORRECT_CREDENTIALS.because("the claim is not signed with the device's secret"));
        }
        let proven = self.device_proven(cx, place, user, block.state.clone(), device).await;
        self.forgive(cx, guesses, &block.state, proven).await
    }

    fn open_device_block(
        &self,
        cx: &RequestContext,
        place: &Place,
        door: &Door,
        text: &str,
    ) -> Result<(Vec<u8>, DeviceBlock)> {
        let refused = |why: &'static str| messages::INCORRECT_CREDENTIALS.because(why);
        let bytes = decode(text).ok_or_else(|| refused("SECRET_BLOCK is no Base64"))?;
        let plain = self.keys.open(&CONTEXT, &bytes).map_err(|_| refused("SECRET_BLOCK is not ours"))?;
        let block: DeviceBlock = serde_json::from_slice(&plain).map_err(|_| refused("SECRET_BLOCK is not ours"))?;
        let state = &block.state;
        let pages = *door == Door::ManagedLogin;
        if state.pool != place.pool.id || state.client != place.client.id || state.pages != pages {
            return Err(refused("SECRET_BLOCK belongs to another pool, client or door"));
        }
        if block.ends <= cx.now {
            return Err(messages::SESSION_EXPIRED.because("the claim came more than 60 s after SRP_B"));
        }
        Ok((bytes, block))
    }

    /// A session need not come with the claim; one that comes must be the block's own.
    fn check_claim_session(&self, cx: &RequestContext, answer: &Answer, block: &DeviceBlock) -> Result<()> {
        let Some(session) = &answer.session else { return Ok(()) };
        let state = self.open_session(cx.now, session)?;
        if state.id == block.state.id { Ok(()) } else { Err(messages::SESSION_FOREIGN) }
    }

    fn is_claimed(&self, device: &Device, block: &DeviceBlock, claim: &Claim<'_>, signature: &str) -> Result<bool> {
        let a = ClientKey::from_bytes(&srp::from_hex(&block.a).unwrap_or_default());
        let key = block.server_key().shared(&a, &self.device_verifier(device)?)?;
        Ok(claim.is_signed_by(&key, &decode(signature).unwrap_or_default()))
    }

    async fn device_proven(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: User,
        state: State,
        device: Device,
    ) -> Result<Outcome> {
        let change = DeviceChange::Authenticated(cx.client_ip.to_string());
        let (pool, sub) = (device.pool.clone(), device.sub.clone());
        self.store.change_device(cx.now, pool, sub, device.key, change).await?;
        let mut methods = state.methods.clone();
        methods.push("swk".to_owned());
        let state = State { device_proven: true, methods, source: TokenSource::AuthenticateDevice, ..state };
        self.last_step(cx, place, user, &state).await
    }
}
