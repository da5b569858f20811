//! USER_AUTH (spec C.10): the user is named first, then chooses how to prove themselves. Where the client hides users, somebody who does not
//! exist, or cannot come in at all, is led the same way: the same offers, codes that nobody is sent, and an end that tells nothing.
use super::first_factor::{First, Nobody, allowed, available};
use super::sent_code::Recipient;
use super::session::{State, Step};
use super::trail::Trail;
use super::{Challenge, ChallengeName, Door, Outcome, Place, Start, absent, unsupported};
use crate::context::RequestContext;
use crate::error::{Error, Result};
use crate::made_up;
use crate::messages;
use crate::names::{self, NewName};
use crate::pool::Contact;
use crate::service::UserPools;
use crate::templates::Delivery;
use crate::user::{User, UserStatus};
use std::collections::BTreeMap;

/// Step-up authentication (spec C.10), which we do not do: refused, for a sign-in that is weaker than asked would be a wrong success.
const STEP_UP: [&str; 3] = ["TARGET_ACR_VALUES", "MAX_AGE", "ACCESS_TOKEN"];

/// Somebody who has been named.
pub(super) struct Visitor<'a> {
    pub place: &'a Place,
    /// None: nobody answers to the name.
    pub user: Option<User>,
    /// What they may choose among; never empty.
    pub offered: Vec<First>,
    /// The offers are their own, not those of somebody made up.
    pub genuine: bool,
    pub state: State,
}

impl UserPools {
    pub(super) async fn start_user_auth(
        &self,
        cx: &RequestContext,
        place: &Place,
        start: &Start,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        if place.pool.settings.tier == "LITE" {
            return Err(messages::CHOICE_TIER);
        }
        if let Some(name) = STEP_UP.iter().find(|name| start.parameters.get(name).is_some()) {
            return Err(unsupported(&format!("The authentication parameter {name}")));
        }
        if let Some(session) = &start.session {
            return self.start_signed_up(cx, place, start, session, trail).await;
        }
        let name = start.parameters.require("USERNAME")?;
        trail.at("user.exists");
        let user = self.find_user(&place.pool, name).await?;
        match &user {
            Some(user) => trail.of(&user.sub),
            None if place.hides_users(&start.door) => {}
            None => return Err(messages::USER_DOES_NOT_EXIST),
        }
        let sub = user.as_ref().map_or_else(
            || made_up::sub(&self.keys, &place.pool.settings, &place.pool.id, name),
            |user| user.sub.clone(),
        );
        let stamp = user.as_ref().map_or_else(|| State::random_stamp(self), User::stamp);
        let state = State::begin(self, cx, place, &start.door, name, (&sub, stamp));
        let state = state.at_device(start.parameters.get("DEVICE_KEY"));
        let (offered, genuine) = self.offered(place, &start.door, user.as_ref(), name).await?;
        trail.at("first_factor.choice");
        let preferred = start.parameters.get("PREFERRED_CHALLENGE").map(named).transpose()?;
        let visitor = Visitor { place, user, offered, genuine, state };
        let chosen = preferred.filter(|first| visitor.offered.contains(first)).or_else(|| visitor.only());
        match chosen {
            Some(first) => self.begin_with(cx, &visitor, first, start, trail).await,
            None => Ok(Outcome::Challenge(self.ask_to_choose(cx, &visitor))),
        }
    }

    /// What the user may choose among, and whether it is their own; for whom nothing is left, what an ordinary user has.
    pub(super) async fn offered(
        &self,
        place: &Place,
        door: &Door,
        user: Option<&User>,
        name: &str,
    ) -> Result<(Vec<First>, bool)> {
        let hides = place.hides_users(door);
        let settings = &place.pool.settings;
        // Looked for in either case: nobody costs what somebody costs.
        let held = self.usable_passkeys(place, user.map_or("nobody", |user| &user.sub)).await?;
        let nobody = self.nobody(place, user, name, held.is_some()).offered(settings);
        let Some(user) = user else { return Ok((nobody, false)) };
        let offered = available(settings, user, held.is_some_and(|held| !held.is_empty()), hides);
        match (offered.is_empty(), hides) {
            (false, _) => Ok((offered, true)),
            (true, true) => Ok((nobody, false)),
            (true, false) => Err(messages::INCORRECT_CREDENTIALS.because("the user has no first factor of this pool")),
        }
    }

    /// Drawn by the id that is shown, not by the name that came: all names of one somebody are offered the same.
    fn nobody(&self, place: &Place, user: Option<&User>, name: &str, passkeys: bool) -> Nobody {
        let (settings, pool) = (&place.pool.settings, &place.pool.id);
        let shown = user.map_or_else(|| absent::shown_name(self, place, name), |user| user.username.clone());
        let id = names::fold(settings, &shown);
        let drawn = self.keys.steady(&[b"absent factors", pool.0.as_bytes(), id.as_bytes()]);
        let by_phone = if let Some(user) = user {
            !user.attributes.contains_key("email") && user.attributes.contains_key("phone_number")
        } else {
            let folded = names::fold(settings, name);
            made_up::delivery(&self.keys, settings, pool, &folded, Contact::Email).contact == Contact::Phone
        };
        Nobody { drawn, by_phone, passkeys }
    }

    fn ask_to_choose(&self, cx: &RequestContext, visitor: &Visitor<'_>) -> Challenge {
        let state = visitor.step(self, cx, Step::Choose);
        let challenge = Challenge::new(ChallengeName::SelectChallenge, self.seal_session(&state), BTreeMap::new());
        visitor.with_offers(challenge)
    }

    /// Begins with one factor; what it needs may have come along.
    pub(super) async fn begin_with(
        &self,
        cx: &RequestContext,
        visitor: &Visitor<'_>,
        first: First,
        start: &Start,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let place = visitor.place;
        match first {
            First::Password if start.parameters.get("PASSWORD").is_some() => {
                self.start_with_password(cx, place, start, trail).await
            }
            First::PasswordSrp if start.parameters.get("SRP_A").is_some() => {
                self.start_with_srp(cx, place, start, trail).await
            }
            First::Password => Ok(self.ask_for(cx, visitor, Step::Password, ChallengeName::Password)),
            First::PasswordSrp => Ok(self.ask_for(cx, visitor, Step::PasswordSrp, ChallengeName::PasswordSrp)),
            First::Email | First::Sms | First::Passkey => {
                Box::pin(self.begin_without_password(cx, visitor, first, start, trail)).await
            }
        }
    }

    fn ask_for(&self, cx: &RequestContext, visitor: &Visitor<'_>, step: Step, name: ChallengeName) -> Outcome {
        let shown = visitor.shown(self);
        let session = self.seal_session(&visitor.step(self, cx, step));
        let parameters = BTreeMap::from([("USERNAME", shown.clone()), ("USER_ID_FOR_SRP", shown)]);
        Outcome::Challenge(visitor.with_offers(Challenge::new(name, session, parameters)))
    }

    /// A code or a passkey. Nothing is sent to who could not come in with it; where users are not hidden they hear why.
    async fn begin_without_password(
        &self,
        cx: &RequestContext,
        visitor: &Visitor<'_>,
        first: First,
        start: &Start,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let (place, hides) = (visitor.place, visitor.place.hides_users(&start.door));
        trail.at("user.status");
        let obstacle = visitor.user.as_ref().and_then(obstacle);
        if let Some(error) = obstacle.clone().filter(|_| !hides) {
            return Err(error);
        }
        trail.at("trigger.pre_authentication");
        let shown = visitor.shown(self);
        self.pre_authentication(cx, place, visitor.user.as_ref(), &shown).await?;
        trail.at("first_factor");
        let challenge = if let Some(contact) = first.contact() {
            let welcome = visitor.genuine && obstacle.is_none();
            self.send_first_code(cx, visitor, contact, welcome).await?
        } else {
            let nobody = self.nobody(place, visitor.user.as_ref(), &visitor.state.started_as, true);
            let stranger = (!visitor.genuine || visitor.user.is_none()).then(|| nobody.passkey());
            self.ask_for_passkey(cx, place, &shown, stranger, &visitor.state).await?
        };
        Ok(Outcome::Challenge(visitor.with_offers(challenge)))
    }

    async fn send_first_code(
        &self,
        cx: &RequestContext,
        visitor: &Visitor<'_>,
        contact: Contact,
        welcome: bool,
    ) -> Result<Challenge> {
        let place = visitor.place;
        let known = visitor.user.as_ref().filter(|user| user.attributes.contains_key(contact.attribute()));
        if let Some(user) = known {
            let recipient = Recipient { real: welcome, ..Recipient::of(place, user, contact)? };
            return self.ask_for_first_code(cx, place, &recipient, &visitor.state).await;
        }
        let settings = &place.pool.settings;
        let name = &visitor.state.started_as;
        let shown = visitor.shown(self);
        let nobody =
            self.new_user(cx.now, &place.pool, NewName::Username, &shown, BTreeMap::new(), UserStatus::Confirmed);
        let Delivery { destination, .. } =
            made_up::delivery(&self.keys, settings, &place.pool.id, &names::fold(settings, name), contact);
        let recipient = Recipient {
            user: &nobody,
            contact,
            address: name,
            destination,
            counted: visitor.user.as_ref().map_or(&shown, |user| &user.sub),
            real: false,
        };
        self.ask_for_first_code(cx, place, &recipient, &visitor.state).await
    }
}

impl Visitor<'_> {
    /// The one factor there is, if there is one.
    fn only(&self) -> Option<First> {
        match self.offered.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// The internal username that the visitor has, or seems to have.
    pub fn shown(&self, users: &UserPools) -> String {
        match &self.user {
            Some(user) => user.username.clone(),
            None => absent::shown_name(users, self.place, &self.state.started_as),
        }
    }

    fn step(&self, users: &UserPools, cx: &RequestContext, step: Step) -> State {
        self.state.again(users, cx, self.place, step)
    }

    fn with_offers(&self, challenge: Challenge) -> Challenge {
        Challenge { available: self.offered.iter().map(|first| first.as_str()).collect(), ..challenge }
    }
}

/// `PREFERRED_CHALLENGE` or `ANSWER`.
pub(super) fn named(name: &str) -> Result<First> {
    First::from_name(name).ok_or_else(|| messages::NOT_OFFERED.because("no such first factor"))
}

/// What keeps a user from coming in without a password, whatever they prove.
fn obstacle(user: &User) -> Option<Error> {
    match user.status {
        _ if !user.enabled => Some(messages::USER_DISABLED),
        UserStatus::Unconfirmed => Some(messages::USER_NOT_CONFIRMED),
        UserStatus::ResetRequired => Some(messages::PASSWORD_RESET_REQUIRED),
        UserStatus::Confirmed | UserStatus::ForceChangePassword => None,
        UserStatus::ExternalProvider => Some(messages::INCORRECT_CREDENTIALS),
    }
}

impl UserPools {
    /// `ConfiguredUserAuthFactors` (GetUserAuthFactors): what the user could begin with, and the app.
    pub async fn configured_factors(&self, pool: &crate::pool::UserPool, user: &User) -> Result<Vec<&'static str>> {
        let settings = &pool.settings;
        let mut factors = Vec::new();
        let has = |contact: Contact| user.attributes.contains_key(contact.attribute());
        if user.credentials.password.is_some() {
            factors.push("PASSWORD");
        }
        factors.extend((allowed(settings, First::Email) && has(Contact::Email)).then_some("EMAIL_OTP"));
        factors.extend((allowed(settings, First::Sms) && has(Contact::Phone)).then_some("SMS_OTP"));
        let passkeys = self.store.passkeys_of(pool.id.clone(), user.sub.clone()).await?;
        factors.extend((allowed(settings, First::Passkey) && !passkeys.is_empty()).then_some("WEB_AUTHN"));
        let app = user.credentials.totp.as_ref().is_some_and(|totp| totp.verified);
        factors.extend(app.then_some("SOFTWARE_TOKEN"));
        Ok(factors)
    }
}
