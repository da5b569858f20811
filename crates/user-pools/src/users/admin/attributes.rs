//! AdminUpdateUserAttributes and AdminDeleteUserAttributes (spec C.17, H.1).
use super::about;
use crate::attributes::{self, Given, Writer};
use crate::context::RequestContext;
use crate::error::Result;
use crate::pool::UserPool;
use crate::service::UserPools;
use crate::user::User;
use crate::users::update::Aliases;

impl UserPools {
    /// AdminUpdateUserAttributes. A new contact value that the operator does not vouch for is sent a code where the pool verifies it. Errors:
    /// UserNotFound, InvalidParameter, AliasExists, CodeDeliveryFailure (the change stands then).
    pub async fn admin_update_user_attributes(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        username: &str,
        given: &Given,
    ) -> Result<()> {
        let user = self.admin_get_user(pool, username).await?;
        let updated = self.change_attributes(cx, pool, &user, Writer::Admin, given, None).await;
        self.decided(cx, about("AdminUpdateUserAttributes", pool, Some(&user)), updated.map(drop))
    }

    /// AdminDeleteUserAttributes. Errors: UserNotFound, InvalidParameter (K 41).
    pub async fn admin_delete_user_attributes(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        username: &str,
        names: &[String],
    ) -> Result<()> {
        let user = self.admin_get_user(pool, username).await?;
        let change = |user: &mut User| attributes::delete(&pool.settings, Writer::Admin, user, names);
        let deleted = self.update_user(cx, pool, &user.sub, Aliases::Respect, change).await;
        self.decided(cx, about("AdminDeleteUserAttributes", pool, Some(&user)), deleted.map(drop))
    }
}
