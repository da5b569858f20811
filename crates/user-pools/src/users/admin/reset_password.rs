//! AdminResetUserPassword: the user must set a new password by a code that is sent to a verified address (spec C.1).
use super::about;
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::pool::UserPool;
use crate::ports::CodePurpose;
use crate::service::UserPools;
use crate::templates::{Letter, Occasion};
use crate::user::{User, UserStatus};
use crate::users::forgot_password::recovery_contact;
use crate::users::update::Aliases;

impl UserPools {
    /// AdminResetUserPassword. The old password no longer signs in. Errors: UserNotFound, InvalidParameter without a verified address,
    /// NotAuthorized for users who never had a password of their own, CodeDeliveryFailure (the reset stands then).
    pub async fn admin_reset_user_password(&self, cx: &RequestContext, pool: &UserPool, username: &str) -> Result<()> {
        let user = self.admin_get_user(pool, username).await?;
        let reset = self.reset_password(cx, pool, &user).await;
        self.decided(cx, about("AdminResetUserPassword", pool, Some(&user)), reset)
    }

    async fn reset_password(&self, cx: &RequestContext, pool: &UserPool, user: &User) -> Result<()> {
        let resettable = |user: &User| match user.status {
            UserStatus::Confirmed | UserStatus::ResetRequired => Ok(()),
            _ => Err(messages::CANNOT_RESET_NOW.because("only CONFIRMED and RESET_REQUIRED users can be reset")),
        };
        resettable(user)?;
        let contact = recovery_contact(&pool.settings, user).ok_or(messages::NO_RECOVERY_CONTACT)?;
        let change = |user: &mut User| {
            resettable(user)?;
            user.status = UserStatus::ResetRequired;
            Ok(())
        };
        let user = self.update_user(cx, pool, &user.sub, Aliases::Respect, change).await?;
        self.store.end_login_sessions_of(cx.now, pool.id.clone(), user.sub.clone()).await?;
        let address = user.attributes.get(contact.attribute()).ok_or(messages::NO_RECOVERY_CONTACT)?;
        let occasion = Occasion::ForgotPassword;
        let letter = Letter { pool, user: &user, occasion, contact, address, client: None, waits: true };
        self.send_code(cx, CodePurpose::ForgotPassword, letter).await.map(drop)
    }
}
