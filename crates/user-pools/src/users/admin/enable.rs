//! AdminEnableUser and AdminDisableUser. Disabling ends everything but what is verified offline (spec C.18).
use super::about;
use crate::context::RequestContext;
use crate::error::Result;
use crate::pool::UserPool;
use crate::service::UserPools;
use crate::user::User;
use crate::users::update::Aliases;

impl UserPools {
    /// AdminEnableUser. Idempotent. UserNotFound.
    pub async fn admin_enable_user(&self, cx: &RequestContext, pool: &UserPool, username: &str) -> Result<()> {
        let user = self.admin_get_user(pool, username).await?;
        let enabled = self.set_enabled(cx, pool, &user, true).await;
        self.decided(cx, about("AdminEnableUser", pool, Some(&user)), enabled)
    }

    /// AdminDisableUser. Idempotent. UserNotFound.
    pub async fn admin_disable_user(&self, cx: &RequestContext, pool: &UserPool, username: &str) -> Result<()> {
        let user = self.admin_get_user(pool, username).await?;
        let disabled = self.disable(cx, pool, &user).await;
        self.decided(cx, about("AdminDisableUser", pool, Some(&user)), disabled)
    }

    /// The flag first: whoever signs in between finds the user disabled, and what was open before is ended after it. When ending fails the
    /// caller hears of it and asks again; the flag alone already refuses sign-in and refresh.
    async fn disable(&self, cx: &RequestContext, pool: &UserPool, user: &User) -> Result<()> {
        self.set_enabled(cx, pool, user, false).await?;
        self.store.sign_out_user(cx.now, pool.id.clone(), user.sub.clone()).await?;
        self.store.end_login_sessions_of(cx.now, pool.id.clone(), user.sub.clone()).await?;
        Ok(())
    }

    async fn set_enabled(&self, cx: &RequestContext, pool: &UserPool, user: &User, enabled: bool) -> Result<()> {
        if user.enabled == enabled {
            return Ok(());
        }
        let change = |user: &mut User| {
            user.enabled = enabled;
            Ok(())
        };
        self.update_user(cx, pool, &user.sub, Aliases::Respect, change).await.map(drop)
    }
}
