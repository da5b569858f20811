//! The password in plain text: USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH and the login page (spec C.6).
use super::absent;
use super::session::State;
use super::trail::Trail;
use super::{Outcome, Place, Start};
use crate::context::RequestContext;
use crate::error::{ErrorKind, Result};
use crate::lockout::{self, Guess};
use crate::messages;
use crate::ports::StoreError;
use crate::service::UserPools;
use crate::triggers::{Sought, migrates};
use crate::user::{Password, User, UserStatus};

impl UserPools {
    pub(super) async fn start_with_password(
        &self,
        cx: &RequestContext,
        place: &Place,
        start: &Start,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let name = start.parameters.require("USERNAME")?;
        let password = start.parameters.require("PASSWORD")?;
        trail.at("user.exists");
        let user = match self.find_user(&place.pool, name).await? {
            Some(user) => user,
            None => self.migrate_or_refuse(cx, place, start, password, trail).await?,
        };
        trail.of(&user.sub);
        trail.at("trigger.pre_authentication");
        self.pre_authentication(cx, place, Some(&user), name).await?;
        trail.at("user.status");
        // Where users are hidden, this must not come before the right password (spec C.16).
        if user.status == UserStatus::ResetRequired && !place.hides_users(&start.door) {
            return Err(messages::PASSWORD_RESET_REQUIRED);
        }
        trail.at("lockout");
        let guesses = lockout::key(Guess::Password, &place.pool.id, &user.username_folded);
        let guesses = self.begin_guess(cx, guesses).await?;
        trail.at("password");
        if !self.password_matches(&user, password).await? {
            return Err(messages::INCORRECT_CREDENTIALS.because("the password is wrong"));
        }
        let user = self.learn_verifier(cx, place, user, password).await?;
        let state = State::begin(self, cx, place, &start.door, name, (&user.sub, user.stamp()));
        let state = state.at_device(start.parameters.get("DEVICE_KEY"));
        trail.sign_in = state.event();
        self.after_the_password(cx, place, user, state, guesses, trail).await
    }

    /// Somebody unknown: their user from elsewhere, when the pool looks there, else the refusal. Guesses at other people's passwords elsewhere
    /// are counted like guesses here.
    async fn migrate_or_refuse(
        &self,
        cx: &RequestContext,
        place: &Place,
        start: &Start,
        password: &str,
        trail: &mut Trail,
    ) -> Result<User> {
        if !migrates(&place.pool.settings) {
            return self.refuse_absent(cx, place, start, password, trail).await;
        }
        let name = start.parameters.require("USERNAME")?;
        trail.at("lockout");
        let guesses = self.begin_guess(cx, place.guesses_at(&self.keys, name)).await?;
        trail.at("user.migration");
        let sought = Sought::Authentication { password };
        match self.migrate(cx, &place.pool, &place.client.id, name, sought).await {
            Ok(Some(user)) => {
                self.store.clear_attempts(cx.now, guesses.key.clone()).await?;
                Ok(user)
            }
            Ok(None) => Err(messages::USER_DOES_NOT_EXIST),
            Err(error) if error.kind == ErrorKind::UserNotFound && place.hides_users(&start.door) => {
                self.pre_authentication(cx, place, None, &absent::shown_name(self, place, name)).await?;
                self.pretend_to_verify(password).await?;
                let why = error.reason.unwrap_or(error.message);
                Err(messages::INCORRECT_CREDENTIALS.because(why))
            }
            Err(error) => Err(error),
        }
    }

    /// The password has just been seen: a hash that came from elsewhere gives way to one of ours, and a verifier that lacks can be made now, so
    /// that SRP works from here on (spec C.7).
    /// Best effort: when somebody changes the user at the same moment, the next sign-in will do. Where that was another first sign-in, the hash
    /// is ours by now, and this one goes on with it: the stamp it came with is no longer the user's.
    async fn learn_verifier(&self, cx: &RequestContext, place: &Place, user: User, password: &str) -> Result<User> {
        let Some(stored) = &user.credentials.password else { return Ok(user) };
        let mut changed = user.clone();
        changed.credentials.password = Some(if stored.is_imported() {
            let ours = self.protect(&place.pool, &user.sub, &user.username, password).await?;
            Password { expires_at: stored.expires_at, ..ours }
        } else if stored.srp.is_none() && self.pool_uses_srp(&place.pool.id).await? {
            let verifier = self.srp_verifier(&place.pool.id, &user.sub, &user.username, password)?;
            Password { srp: Some(verifier), ..stored.clone() }
        } else {
            return Ok(user);
        });
        match self.store.replace_user(cx.now, changed.clone()).await {
            Ok(version) => Ok(User { version, ..changed }),
            Err(StoreError::Conflict) if stored.is_imported() => {
                let now = self.store.user(user.pool.clone(), user.sub.clone()).await?;
                let replaced = now.credentials.password.as_ref().is_some_and(|password| !password.is_imported());
                Ok(if replaced && self.password_matches(&now, password).await? { now } else { user })
            }
            Err(StoreError::Conflict) => Ok(user),
            Err(error) => Err(error.into()),
        }
    }
}
