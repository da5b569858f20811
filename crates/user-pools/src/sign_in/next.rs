//! What comes after the right password, whichever way it was proven: may this user sign in at all, and what is still missing.
use super::session::{State, Step};
use super::trail::Trail;
use super::{Challenge, ChallengeName, Outcome, Place, Proof};
use crate::attributes;
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::Millis;
use crate::lockout::Counted;
use crate::messages;
use crate::service::UserPools;
use crate::user::{Password, User, UserStatus};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

type Check = fn(&User, Millis) -> Result<()>;

/// Step 9 of spec C.4, after the credential: only who knows the password learns what stands in their way.
const AFTER_THE_PASSWORD: [(&str, Check); 3] =
    [("user.enabled", check_enabled), ("user.status", check_status), ("password.temporary", check_temporary)];

pub(super) fn check_enabled(user: &User, _: Millis) -> Result<()> {
    if user.enabled { Ok(()) } else { Err(messages::USER_DISABLED) }
}

pub(super) fn check_status(user: &User, _: Millis) -> Result<()> {
    match user.status {
        UserStatus::Confirmed | UserStatus::ForceChangePassword => Ok(()),
        UserStatus::Unconfirmed => Err(messages::USER_NOT_CONFIRMED),
        UserStatus::ResetRequired => Err(messages::PASSWORD_RESET_REQUIRED),
        UserStatus::ExternalProvider => {
            Err(messages::INCORRECT_CREDENTIALS.because("the user signs in at an identity provider"))
        }
    }
}

pub(super) fn check_temporary(user: &User, now: Millis) -> Result<()> {
    let expired = user.credentials.password.as_ref().is_some_and(|password: &Password| password.is_expired(now));
    let temporary = user.status == UserStatus::ForceChangePassword;
    if temporary && expired { Err(messages::TEMPORARY_PASSWORD_EXPIRED) } else { Ok(()) }
}

impl UserPools {
    /// The password was right: check the user, go on, and forgive the failures before it.
    pub(super) async fn after_the_password(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: User,
        mut state: State,
        guesses: Counted,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        state.methods.push("pwd".to_owned());
        let result = if state.custom.is_some() {
            self.after_srp_in_custom(cx, place, user, &state, trail).await
        } else {
            self.admit(cx, place, user, &state, trail).await
        };
        self.forgive(cx, guesses, &state, result).await
    }

    /// A right guess clears its count: in the act that opens the sign-in where that comes next at the API, else now.
    pub(super) async fn forgive(
        &self,
        cx: &RequestContext,
        guesses: Counted,
        state: &State,
        result: Result<Outcome>,
    ) -> Result<Outcome> {
        match result {
            Ok(Outcome::Authenticated(proof)) if !state.pages => {
                let clears = Some(guesses.key.clone());
                Ok(Outcome::Authenticated(Box::new(Proof { clears, _turn: Some(Arc::new(guesses)), ..*proof })))
            }
            other => {
                self.store.clear_attempts(cx.now, guesses.key.clone()).await?;
                other
            }
        }
    }

    pub(super) async fn admit(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: User,
        state: &State,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        for (rule, check) in AFTER_THE_PASSWORD {
            trail.at(rule);
            check(&user, cx.now)?;
        }
        if user.status == UserStatus::ForceChangePassword {
            trail.at("password.change");
            return Ok(Outcome::Challenge(self.ask_new_password(cx, place, &user, state)));
        }
        trail.at("mfa");
        self.ask_second_factor(cx, place, user, state).await
    }

    /// A challenge with a session of its own. USER_ID_FOR_SRP names the user for the answers to come.
    pub(super) fn ask(
        &self,
        cx: &RequestContext,
        place: &Place,
        user: &User,
        state: &State,
        step: Step,
        (name, mut parameters): (ChallengeName, BTreeMap<&'static str, String>),
    ) -> Challenge {
        parameters.insert("USER_ID_FOR_SRP", user.username.clone());
        let state = state.again(self, cx, place, step);
        Challenge::new(name, self.seal_session(&state), parameters)
    }

    pub(super) fn ask_new_password(&self, cx: &RequestContext, place: &Place, user: &User, state: &State) -> Challenge {
        let settings = &place.pool.settings;
        let shown: serde_json::Map<String, Value> =
            user.attributes.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let missing = attributes::missing(settings, &user.attributes);
        let required: Vec<_> = missing.into_iter().map(|name| format!("userAttributes.{name}")).collect();
        let parameters = BTreeMap::from([
            ("userAttributes", Value::Object(shown).to_string()),
            ("requiredAttributes", json!(required).to_string()),
        ]);
        self.ask(cx, place, user, state, Step::NewPassword, (ChallengeName::NewPasswordRequired, parameters))
    }
}

/// The parameters of SOFTWARE_TOKEN_MFA.
pub(super) fn totp_parameters(user: &User) -> BTreeMap<&'static str, String> {
    let name = user.credentials.totp.as_ref().and_then(|totp| totp.name.clone());
    name.into_iter().map(|name| ("FRIENDLY_DEVICE_NAME", name)).collect()
}

/// The end: everything has been proven.
pub(super) fn finish(cx: &RequestContext, place: &Place, user: User, state: &State) -> Outcome {
    Outcome::Authenticated(Box::new(Proof {
        pool: place.pool.clone(),
        client: place.client.clone(),
        user,
        methods: state.methods.clone(),
        auth_time: cx.now,
        stamp: state.stamp.clone(),
        source: state.source,
        new_device: crate::devices::tracking(&place.pool.settings).is_some() && !state.device_proven,
        device: state.device.clone().filter(|_| state.device_proven),
        clears: None,
        _turn: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures::user;

    fn refusal(user: &User, now: Millis) -> Option<&'static str> {
        AFTER_THE_PASSWORD.iter().find(|(_, check)| check(user, now).is_err()).map(|(rule, _)| *rule)
    }

    #[test]
    fn disabled_comes_before_the_status() {
        let mut user = user();
        user.status = UserStatus::Unconfirmed;
        assert_eq!(refusal(&user, 0), Some("user.status"));
        user.enabled = false;
        assert_eq!(refusal(&user, 0), Some("user.enabled"));
    }

    #[test]
    fn only_a_temporary_password_can_expire() {
        let mut user = user();
        user.credentials.password = Some(Password { phc: String::new(), srp: None, expires_at: Some(1000) });
        user.status = UserStatus::ForceChangePassword;
        assert_eq!(refusal(&user, 999), None);
        assert_eq!(refusal(&user, 1000), Some("password.temporary"));
        user.status = UserStatus::Confirmed;
        assert_eq!(refusal(&user, 1000), None);
    }
}
