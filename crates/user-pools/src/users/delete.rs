//! DeleteUser: a signed-in user removes their own account.
use super::own_attributes::about;
use super::update::of_user;
use crate::access::Access;
use crate::context::RequestContext;
use crate::error::Result;
use crate::service::UserPools;

impl UserPools {
    /// DeleteUser, with everything that hangs on it. UserNotFound when it is gone already.
    pub async fn delete_user(&self, cx: &RequestContext, access: &Access) -> Result<()> {
        let deleted = self.store.delete_user(cx.now, access.pool.id.clone(), access.user.sub.clone()).await;
        self.decided(cx, about("DeleteUser", access), deleted.map_err(of_user))
    }
}
