//! AdminConfirmSignUp: confirms without a code; nothing gets verified by it (spec C.1, H.3).
use super::about;
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::pool::UserPool;
use crate::service::UserPools;
use crate::triggers::Confirmed;
use crate::user::UserStatus;
use crate::users::update::Aliases;

impl UserPools {
    /// AdminConfirmSignUp. UserNotFound; NotAuthorized when the user does not wait for it.
    pub async fn admin_confirm_sign_up(&self, cx: &RequestContext, pool: &UserPool, username: &str) -> Result<()> {
        let user = self.admin_get_user(pool, username).await?;
        let confirmed = self.update_user(cx, pool, &user.sub, Aliases::Respect, |user| {
            if user.status != UserStatus::Unconfirmed {
                return Err(messages::cannot_be_confirmed(user.status.as_str()));
            }
            user.status = UserStatus::Confirmed;
            Ok(())
        });
        let confirmed = match confirmed.await {
            Ok(confirmed) => self.post_confirmation(cx, pool, None, &confirmed, Confirmed::SignUp).await,
            Err(error) => Err(error),
        };
        self.decided(cx, about("AdminConfirmSignUp", pool, Some(&user)), confirmed)
    }
}
