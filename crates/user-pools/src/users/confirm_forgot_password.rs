//! ConfirmForgotPassword: the code sets a new password, confirms the user and verifies the address it went to (spec C.17).
use super::update::{Aliases, Redemption};
use super::visit::{Asking, Visit};
use crate::codes::Limit;
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::passwords;
use crate::ports::CodePurpose;
use crate::service::UserPools;
use crate::threat::EventKind;
use crate::triggers::Confirmed;
use crate::user::{User, UserStatus};
use std::fmt;

/// The request.
pub struct ConfirmForgotPassword {
    /// Client, secret hash and user.
    pub asking: Asking,
    /// `ConfirmationCode`.
    pub code: String,
    /// `Password`.
    pub password: String,
}

impl fmt::Debug for ConfirmForgotPassword {
    /// Code and password stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfirmForgotPassword").field("client", &self.asking.client).finish_non_exhaustive()
    }
}

impl UserPools {
    /// ConfirmForgotPassword. Ends the managed-login sessions; tokens stay good (AWS says nothing of ending them). Errors: InvalidPassword and PasswordHistoryPolicyViolation
    /// (the code stays good), CodeMismatch, ExpiredCode, LimitExceeded, UserNotFound.
    pub async fn confirm_forgot_password(&self, cx: &RequestContext, request: ConfirmForgotPassword) -> Result<()> {
        let visit = self.visit(cx, "ConfirmForgotPassword", &request.asking).await?;
        let result = self.confirm_forgot_visited(cx, &visit, &request).await;
        self.saw(cx, visit.witness(), visit.about().user, (EventKind::PasswordChange, &result));
        self.decided(cx, visit.about(), result)
    }

    async fn confirm_forgot_visited(
        &self,
        cx: &RequestContext,
        visit: &Visit,
        request: &ConfirmForgotPassword,
    ) -> Result<()> {
        let pool = &visit.pool;
        passwords::check_policy(&pool.settings.password_policy, &request.password)?;
        self.count_against(cx, Limit::ConfirmForgot, &pool.id, &visit.who).await?;
        let redemption =
            Redemption { purpose: CodePurpose::ForgotPassword, code: &request.code, aliases: Aliases::Respect };
        let user = self.holds_code(cx, visit, redemption).await?;
        // Only now: without the right code the history would be an oracle for old passwords.
        let password = self.accept_password(pool, user, &request.password).await?;
        let redeemed = self.redeem(cx, pool, &user.sub, redemption, |user, contact| {
            recoverable(user)?;
            user.credentials.set_password(&pool.settings.password_policy, password.clone());
            user.status = UserStatus::Confirmed;
            user.attributes.insert(contact.verified_attribute().to_owned(), "true".to_owned());
            Ok(())
        });
        let user = redeemed.await?;
        // Whoever knew the old password must not keep a login cookie. A crash in between leaves the cookie its hour.
        self.store.end_login_sessions_of(cx.now, pool.id.clone(), user.sub.clone()).await?;
        self.post_confirmation(cx, pool, Some(&visit.client.id), &user, Confirmed::ForgotPassword).await
    }

    /// The user, when the code is theirs; it is not used up yet. Where the client prevents existence errors, absent users answer like those
    /// who asked for a code or did not (spec C.16).
    async fn holds_code<'a>(
        &self,
        cx: &RequestContext,
        visit: &'a Visit,
        redemption: Redemption<'_>,
    ) -> Result<&'a User> {
        let simulated = visit.hides_users() && self.was_simulated(cx, CodePurpose::ForgotPassword, visit).await?;
        let mismatch = || messages::CODE_MISMATCH.because("the code was only simulated");
        let Some(user) = &visit.user else {
            return Err(match (visit.hides_users(), simulated) {
                (true, true) => mismatch(),
                (true, false) => messages::CODE_EXPIRED.because("no such user"),
                (false, _) => messages::USERNAME_CLIENT_NOT_FOUND,
            });
        };
        match self.right_hash(cx, user, redemption).await {
            Ok(_) => Ok(user),
            Err(error) if simulated && error.kind == messages::CODE_EXPIRED.kind => Err(mismatch()),
            Err(error) => Err(error),
        }
    }
}

/// A code that was sent before the user was disabled or given a temporary password helps nobody any more.
fn recoverable(user: &User) -> Result<()> {
    if !user.enabled {
        return Err(messages::USER_DISABLED);
    }
    if matches!(user.status, UserStatus::ForceChangePassword | UserStatus::ExternalProvider) {
        return Err(messages::CANNOT_RESET_NOW);
    }
    Ok(())
}
