//! ChangePassword: a signed-in user sets a new password by proving the old one (spec C.17).
use super::own_attributes::about;
use super::update::Aliases;
use crate::access::Access;
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::Millis;
use crate::messages;
use crate::passwords;
use crate::ports::{Attempt, LockoutPolicy};
use crate::service::UserPools;
use crate::threat::{EventKind, Source, Witness};
use crate::user::{User, UserStatus};
use std::fmt;

const HOUR: Millis = 60 * 60 * 1000;
/// Four wrong ones are free; the fifth ends it for an hour (spec C.15).
const GUESSES: LockoutPolicy = LockoutPolicy { free: 4, unit: HOUR, cap: HOUR, forget_after: HOUR };

/// The request.
pub struct ChangePassword {
    /// `PreviousPassword`; only users without a password may leave it out.
    pub previous: Option<String>,
    /// `ProposedPassword`.
    pub proposed: String,
}

impl fmt::Debug for ChangePassword {
    /// Nothing to show.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangePassword").finish_non_exhaustive()
    }
}

impl UserPools {
    /// ChangePassword. Ends the managed-login sessions; tokens stay good, as on AWS. Errors: NotAuthorized (wrong previous), InvalidPassword, PasswordHistoryPolicyViolation,
    /// LimitExceeded after five wrong ones within an hour, PasswordResetRequired.
    pub async fn change_password(&self, cx: &RequestContext, access: &Access, request: ChangePassword) -> Result<()> {
        let changed = self.try_change_password(cx, access, &request).await;
        let sub = Some(access.user.sub.as_str());
        let witness = Witness::at(&access.pool, &access.client, Source::direct(cx));
        self.saw(cx, witness, sub, (EventKind::PasswordChange, &changed));
        self.decided(cx, about("ChangePassword", access), changed)
    }

    async fn try_change_password(&self, cx: &RequestContext, access: &Access, request: &ChangePassword) -> Result<()> {
        let Access { pool, user, .. } = access;
        let policy = &pool.settings.password_policy;
        if user.status == UserStatus::ResetRequired {
            return Err(messages::PASSWORD_RESET_REQUIRED);
        }
        passwords::check_policy(policy, &request.proposed)?;
        self.prove_previous(cx, access, request.previous.as_deref()).await?;
        let accepted = self.accept_password(pool, user, &request.proposed).await?;
        let proven = user.credentials.password.as_ref().map(|password| &password.phc);
        let change = |user: &mut User| {
            // What was proven must still be the password: of two at once the second has proven nothing.
            if user.credentials.password.as_ref().map(|password| &password.phc) != proven {
                return Err(messages::INCORRECT_CREDENTIALS.because("the password was changed at the same time"));
            }
            user.credentials.set_password(policy, accepted.clone());
            Ok(())
        };
        self.update_user(cx, pool, &user.sub, Aliases::Respect, change).await?;
        // Whoever knew the old password must not keep a login cookie. A crash in between leaves the cookie its hour.
        Ok(self.store.end_login_sessions_of(cx.now, pool.id.clone(), user.sub.clone()).await?)
    }

    /// Counted before it is examined; a right answer forgets the count.
    async fn prove_previous(&self, cx: &RequestContext, access: &Access, previous: Option<&str>) -> Result<()> {
        let Access { pool, user, .. } = access;
        if user.credentials.password.is_none() {
            return Ok(());
        }
        let previous = previous.ok_or(messages::PREVIOUS_PASSWORD_REQUIRED)?;
        let key = format!("change-password:{}:{}", pool.id, user.sub);
        if let Attempt::Locked { .. } = self.store.begin_attempt(cx.now, key.clone(), GUESSES).await? {
            return Err(messages::ATTEMPT_LIMIT_EXCEEDED);
        }
        if !self.password_matches(user, previous).await? {
            return Err(messages::INCORRECT_CREDENTIALS);
        }
        self.store.clear_attempts(cx.now, key).await?;
        Ok(())
    }
}
