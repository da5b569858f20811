//! AdminDeleteUser: the user with everything that hangs on them.
use super::about;
use crate::context::RequestContext;
use crate::error::Result;
use crate::pool::UserPool;
use crate::service::UserPools;
use crate::users::update::of_user;

impl UserPools {
    /// AdminDeleteUser. UserNotFound.
    pub async fn admin_delete_user(&self, cx: &RequestContext, pool: &UserPool, username: &str) -> Result<()> {
        let user = self.admin_get_user(pool, username).await?;
        let deleted = self.store.delete_user(cx.now, pool.id.clone(), user.sub.clone()).await.map_err(of_user);
        self.decided(cx, about("AdminDeleteUser", pool, Some(&user)), deleted)
    }
}
