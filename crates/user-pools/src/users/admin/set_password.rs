//! AdminSetUserPassword: a password given by an operator, for good or until the next sign-in (spec C.1).
use super::about;
use crate::context::RequestContext;
use crate::error::Result;
use crate::pool::UserPool;
use crate::service::UserPools;
use crate::user::{User, UserStatus};
use crate::users::update::Aliases;

impl UserPools {
    /// AdminSetUserPassword. Ends the managed-login sessions of the user; tokens stay good, as on AWS. Errors: UserNotFound,
    /// InvalidPassword, PasswordHistoryPolicyViolation.
    pub async fn admin_set_user_password(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        username: &str,
        password: &str,
        permanent: bool,
    ) -> Result<()> {
        let user = self.admin_get_user(pool, username).await?;
        let set = self.set_password(cx, pool, &user, password, permanent).await;
        self.decided(cx, about("AdminSetUserPassword", pool, Some(&user)), set)
    }

    async fn set_password(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        user: &User,
        password: &str,
        permanent: bool,
    ) -> Result<()> {
        let policy = &pool.settings.password_policy;
        let accepted = self.accept_password(pool, user, password).await?;
        let change = |user: &mut User| {
            let password = accepted.clone();
            user.status = if permanent { UserStatus::Confirmed } else { UserStatus::ForceChangePassword };
            let password = if permanent { password } else { password.temporary(policy, cx.now) };
            user.credentials.set_password(policy, password);
            Ok(())
        };
        self.update_user(cx, pool, &user.sub, Aliases::Respect, change).await?;
        self.store.end_login_sessions_of(cx.now, pool.id.clone(), user.sub.clone()).await?;
        Ok(())
    }
}
