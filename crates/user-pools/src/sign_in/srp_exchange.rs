//! USER_SRP_AUTH (spec C.7): SRP_A in, SRP_B and SECRET_BLOCK out, then the claim. The block carries the whole state of the exchange, sealed,
//! because one client family never returns `Session`; it lives 60 s and is redeemed once, right or wrong.
use super::absent::{self, Fake};
use super::custom::Custom;
use super::session::{State, padded};
use super::trail::Trail;
use super::{Answer, Challenge, ChallengeName, Door, Outcome, Place, Start};
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::Millis;
use crate::lockout::{self, Guess};
use crate::made_up;
use crate::messages;
use crate::names;
use crate::ports::StoreError;
use crate::service::UserPools;
use crate::srp::{self, Claim, ClientKey, ServerKey};
use crate::user::{SrpVerifier, User, UserStatus};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

const CONTEXT: [&str; 1] = ["secret block"];
/// From SRP_B to the claim. AWS says "a few seconds" and no number.
const BLOCK_LIFE: Millis = 60_000;
/// How far the client's clock may be off.
const CLOCK_LEEWAY: Millis = 5 * 60_000;
const LONGEST_BLOCK: usize = 8192;

/// What the SECRET_BLOCK carries: the state of the sign-in, and the exchange's numbers in hex.
#[derive(Serialize, Deserialize)]
struct Block {
    state: State,
    /// USER_ID_FOR_SRP.
    user_id: String,
    /// The folded id, for the made-up verifier and the count of guesses.
    folded: String,
    a: String,
    b: String,
    public: String,
    ends: Millis,
}

/// Whom the exchange is with: a user, or nobody.
struct Party {
    sub: String,
    user_id: String,
    salt: String,
    v: Zeroizing<Vec<u8>>,
}

impl UserPools {
    pub(super) async fn start_with_srp(
        &self,
        cx: &RequestContext,
        place: &Place,
        start: &Start,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let name = start.parameters.require("USERNAME")?;
        trail.at("user.exists");
        let user = self.find_user(&place.pool, name).await?;
        if let Some(user) = &user {
            trail.of(&user.sub);
        } else if !place.hides_users(&start.door) {
            return Err(messages::USER_DOES_NOT_EXIST);
        }
        trail.at("srp.a");
        let a = ClientKey::parse(start.parameters.require("SRP_A")?)?;
        trail.at("trigger.pre_authentication");
        let shown = absent::shown_name(self, place, name);
        self.pre_authentication(cx, place, user.as_ref(), &shown).await?;
        trail.at("srp.challenge");
        self.ask_for_claim(cx, place, start, user.as_ref(), &a, None).map(Outcome::Challenge)
    }

    /// SRP_B and SECRET_BLOCK for whoever that is; `custom` when it is a round of a custom sign-in.
    pub(super) fn ask_for_claim(
        &self,
        cx: &RequestContext,
        place: &Place,
        start: &Start,
        user: Option<&User>,
        a: &ClientKey,
        custom: Option<Box<Custom>>,
    ) -> Result<Challenge> {
        let name = start.parameters.require("USERNAME")?;
        let party = self.party(place, user, name)?;
        let server = ServerKey::draw(&*self.random, &party.v)?;
        let stamp = user.map_or_else(|| State::random_stamp(self), User::stamp);
        let state = State::begin(self, cx, place, &start.door, name, (&party.sub, stamp));
        let block = Block {
            state: State { custom, ..state.at_device(start.parameters.get("DEVICE_KEY")) },
            user_id: party.user_id.clone(),
            folded: names::fold(&place.pool.settings, &party.user_id),
            a: srp::to_hex(a.bytes()),
            b: hex::encode(*server.secret),
            public: srp::to_hex(&server.public),
            ends: cx.now.saturating_add(BLOCK_LIFE),
        };
        Ok(self.verifier_challenge(party, &server, &block))
    }

    /// The user's verifier; a made-up one for nobody and for those without.
    fn party(&self, place: &Place, user: Option<&User>, name: &str) -> Result<Party> {
        let (settings, pool) = (&place.pool.settings, &place.pool.id);
        // Made up by the id, not by the name that came: a real user's salt is the same by every name, the id included.
        let fake = |id: &str| Fake::of(&self.keys, pool, &names::fold(settings, id));
        let Some(user) = user else {
            let user_id = made_up::username(&self.keys, settings, pool, name);
            let Fake { salt, v } = fake(&user_id);
            return Ok(Party {
                sub: made_up::sub(&self.keys, settings, pool, name),
                user_id,
                salt,
                v: Zeroizing::new(v),
            });
        };
        let (sub, user_id) = (user.sub.clone(), user.username.clone());
        if let Some(stored) = verifier_of(user) {
            return Ok(Party { sub, user_id, salt: stored.salt.clone(), v: self.open_verifier(user, stored)? });
        }
        let Fake { salt, v } = fake(&user_id);
        Ok(Party { sub, user_id, salt, v: Zeroizing::new(v) })
    }

    fn open_verifier(&self, user: &User, stored: &SrpVerifier) -> Result<Zeroizing<Vec<u8>>> {
        let place = [user.pool.0.as_str(), user.sub.as_str(), "srp"];
        let broken = |_| StoreError::Unavailable("an SRP verifier does not open".to_owned());
        Ok(self.keys.open(&place, &stored.sealed).map_err(broken)?)
    }

    fn verifier_challenge(&self, party: Party, server: &ServerKey, block: &Block) -> Challenge {
        let sealed = self.keys.seal(&*self.random, &CONTEXT, &padded(block));
        let parameters = BTreeMap::from([
            ("SALT", party.salt),
            ("SRP_B", srp::to_hex(&server.public)),
            ("SECRET_BLOCK", STANDARD.encode(sealed)),
            ("USERNAME", party.user_id.clone()),
            ("USER_ID_FOR_SRP", party.user_id),
        ]);
        Challenge::new(ChallengeName::PasswordVerifier, self.seal_session(&block.state), parameters)
    }

    /// PASSWORD_VERIFIER. Order: client, block, session, name, hash, timestamp, lockout, single use, signature, then as after a password.
    pub(super) async fn answer_password_verifier(
        &self,
        cx: &RequestContext,
        place: &Place,
        answer: &Answer,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let responses = &answer.responses;
        let name = responses.require("USERNAME")?;
        let text = responses.require("PASSWORD_CLAIM_SECRET_BLOCK")?;
        let signature = responses.require("PASSWORD_CLAIM_SIGNATURE")?;
        let timestamp = responses.require("TIMESTAMP")?;
        trail.at("srp.block");
        let (bytes, mut block) = self.open_block(cx, place, &answer.door, text)?;
        block.state.tell(trail);
        trail.at("session");
        self.check_block_session(cx, place, answer, &block)?;
        trail.at("user.name");
        block.check_name(place, name)?;
        trail.at("client.secret_hash");
        let names = [name, &block.user_id, &block.state.sub, &block.state.started_as];
        self.check_answer_hash(place, answer, &names)?;
        trail.at("srp.timestamp");
        check_timestamp(cx.now, timestamp)?;

        let user = self.block_user(&block).await?;
        trail.at("user.status");
        // As for a password in plain text: who was imported has none, and must hear what to do (spec C.16).
        let due = user.as_ref().is_some_and(|user| user.status == UserStatus::ResetRequired);
        if due && block.state.custom.is_none() && !place.hides_users(&answer.door) {
            return Err(messages::PASSWORD_RESET_REQUIRED);
        }
        if let Some(key) = responses.get("DEVICE_KEY") {
            // Before anything is used up: clients come again with the same claim and without the device.
            trail.at("device");
            self.check_device(place, user.as_ref(), key).await?;
            block.state.device = Some(key.to_owned());
        }
        trail.at("lockout");
        let guesses = self.begin_guess(cx, block.guesses(place, user.as_ref())).await?;
        trail.at("session.single_use");
        self.spend_session(cx, &block.state).await?;
        trail.at("password");
        let claim = Claim { pool_name: place.pool.id.short_name(), user_id: &block.user_id, block: &bytes, timestamp };
        // What was begun before a change of the password, or a global sign-out, is as good as unsigned.
        let begun = user.as_ref().is_some_and(|user| user.stamp() == block.state.stamp);
        let signed = self.is_signed(place, &block, user.as_ref(), &claim, signature)? && begun;
        match user {
            Some(user) if signed => self.after_the_password(cx, place, user, block.state, guesses, trail).await,
            user if block.state.custom.is_some() => {
                self.srp_failed_in_custom(cx, place, user, block.state, trail).await
            }
            _ => Err(messages::INCORRECT_CREDENTIALS.because("the claim is not signed with the password")),
        }
    }

    /// Opens a block of ours, for this pool, client and door. The decoded bytes are part of what is signed.
    fn open_block(&self, cx: &RequestContext, place: &Place, door: &Door, text: &str) -> Result<(Vec<u8>, Block)> {
        let refused = |why: &'static str| messages::INCORRECT_CREDENTIALS.because(why);
        let bytes = decode(text).ok_or_else(|| refused("SECRET_BLOCK is no Base64"))?;
        let plain = self.keys.open(&CONTEXT, &bytes).map_err(|_| refused("SECRET_BLOCK is not ours"))?;
        let block: Block = serde_json::from_slice(&plain).map_err(|_| refused("SECRET_BLOCK is not ours"))?;
        let state = &block.state;
        if state.pool != place.pool.id
            || state.client != place.client.id
            || state.pages != (*door == Door::ManagedLogin)
        {
            return Err(refused("SECRET_BLOCK belongs to another pool, client or door"));
        }
        if block.ends <= cx.now {
            return Err(messages::SESSION_EXPIRED.because("the claim came more than 60 s after SRP_B"));
        }
        Ok((bytes, block))
    }

    /// A session need not come with the claim; one that comes must be the block's own.
    fn check_block_session(&self, cx: &RequestContext, place: &Place, answer: &Answer, block: &Block) -> Result<()> {
        let Some(session) = &answer.session else { return Ok(()) };
        let state = self.session_for(cx, place, &answer.door, session, ChallengeName::PasswordVerifier)?;
        if state.id == block.state.id { Ok(()) } else { Err(messages::SESSION_FOREIGN) }
    }

    async fn block_user(&self, block: &Block) -> Result<Option<User>> {
        match self.store.user(block.state.pool.clone(), block.state.sub.clone()).await {
            Ok(user) => Ok(Some(user)),
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The same arithmetic for everybody; for nobody, and without a verifier, the answer is no whatever comes out.
    fn is_signed(
        &self,
        place: &Place,
        block: &Block,
        user: Option<&User>,
        claim: &Claim<'_>,
        signature: &str,
    ) -> Result<bool> {
        let stored = user.and_then(|user| Some((user, verifier_of(user)?)));
        let v = match stored {
            Some((user, stored)) => self.open_verifier(user, stored)?,
            None => Zeroizing::new(Fake::of(&self.keys, &place.pool.id, &block.folded).v),
        };
        let key =
            block.server_key().shared(&ClientKey::from_bytes(&srp::from_hex(&block.a).unwrap_or_default()), &v)?;
        let signed = claim.is_signed_by(&key, &decode(signature).unwrap_or_default());
        Ok(signed && stored.is_some())
    }
}

impl Block {
    /// USERNAME must name the one the exchange is with, by any of their names.
    fn check_name(&self, place: &Place, name: &str) -> Result<()> {
        let names = [self.user_id.as_str(), &self.state.sub, &self.state.started_as];
        if place.is_one_of(name, &names) {
            Ok(())
        } else {
            Err(messages::INCORRECT_CREDENTIALS.because("USERNAME changed"))
        }
    }

    fn guesses(&self, place: &Place, user: Option<&User>) -> String {
        let name = user.map_or(&self.folded, |user| &user.username_folded);
        lockout::key(Guess::Password, &place.pool.id, name)
    }

    fn server_key(&self) -> ServerKey {
        let mut secret = Zeroizing::new([0; 32]);
        // Sealed by us, so always 32 bytes; anything else gives a key that signs nothing.
        let _ = hex::decode_to_slice(&self.b, &mut *secret);
        ServerKey { secret, public: srp::from_hex(&self.public).unwrap_or_default() }
    }
}

fn verifier_of(user: &User) -> Option<&SrpVerifier> {
    user.credentials.password.as_ref()?.srp.as_ref()
}

/// Standard Base64; the url-safe alphabet is tolerated, as Amplify may send it.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST_BLOCK {
        return None;
    }
    STANDARD.decode(text.replace('-', "+").replace('_', "/")).ok()
}

/// The client's clock must be right within five minutes.
pub(super) fn check_timestamp(now: Millis, text: &str) -> Result<()> {
    let at = parse_timestamp(text).ok_or(messages::TIMESTAMP_FORMAT)?;
    if at.abs_diff(now) > CLOCK_LEEWAY.unsigned_abs() {
        return Err(messages::INCORRECT_CREDENTIALS.because("TIMESTAMP is more than five minutes off"));
    }
    Ok(())
}

/// `EEE MMM d HH:mm:ss UTC yyyy`, English names; a day with a leading zero is read too.
fn parse_timestamp(text: &str) -> Option<Millis> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let parts: Vec<&str> = text.split(' ').collect();
    let [day_name, month, day, time, "UTC", year] = parts[..] else { return None };
    let month = i8::try_from(MONTHS.iter().position(|name| *name == month)? + 1).ok()?;
    let clock: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = clock[..] else { return None };
    let at = jiff::civil::DateTime::new(
        year.parse().ok()?,
        month,
        day.parse().ok()?,
        hour.parse().ok()?,
        minute.parse().ok()?,
        second.parse().ok()?,
        0,
    );
    let at = at.ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    DAYS.contains(&day_name).then(|| at.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_read_as_clients_write_them() {
        let at = Some(1_795_403_045_000);
        assert_eq!(parse_timestamp("Mon Nov 23 03:04:05 UTC 2026"), at);
        assert_eq!(parse_timestamp("Mon Nov 2 03:04:05 UTC 2026"), at.map(|at| at - 21 * 86_400_000));
        assert_eq!(parse_timestamp("Mon Nov 02 03:04:05 UTC 2026"), at.map(|at| at - 21 * 86_400_000));
        for bad in [
            "",
            "Mon Nov 23 03:04:05 IST 2026",
            "Mo Nov 23 03:04:05 UTC 2026",
            "Mon Nov 32 03:04:05 UTC 2026",
            "2026-11-23T03:04:05Z",
        ] {
            assert_eq!(parse_timestamp(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_clock_may_be_five_minutes_off_and_no_more() {
        let at = 1_795_403_045_000;
        let text = "Mon Nov 23 03:04:05 UTC 2026";
        assert!(check_timestamp(at + CLOCK_LEEWAY, text).is_ok());
        assert!(check_timestamp(at - CLOCK_LEEWAY, text).is_ok());
        assert!(check_timestamp(at + CLOCK_LEEWAY + 1, text).is_err());
        assert_eq!(check_timestamp(at, "now").unwrap_err().message, messages::TIMESTAMP_FORMAT.message);
    }

    #[test]
    fn blocks_may_come_back_in_the_other_alphabet() {
        assert_eq!(decode("+/+/"), decode("-_-_"));
        assert!(decode("%%").is_none());
        assert!(decode(&"A".repeat(LONGEST_BLOCK + 4)).is_none());
    }
}
