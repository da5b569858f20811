//! What operators do to users (`Admin*` operations). Always says whether a user exists; the doors have checked the signature.
mod attributes;
mod confirm;
mod create;
mod create_invite;
mod delete;
mod enable;
mod reset_password;
mod set_password;
mod temporary;

pub use create::{AdminCreateUser, MessageAction};

use super::visit::About;
use crate::error::Result;
use crate::messages;
use crate::pool::UserPool;
use crate::service::UserPools;
use crate::user::User;

impl UserPools {
    /// AdminGetUser: the user whom an identifier names. UserNotFound.
    pub async fn admin_get_user(&self, pool: &UserPool, username: &str) -> Result<User> {
        self.find_user(pool, username).await?.ok_or(messages::USER_DOES_NOT_EXIST)
    }
}

/// What an operator's decision is about.
fn about<'a>(action: &'static str, pool: &'a UserPool, user: Option<&'a User>) -> About<'a> {
    About { action, pool: Some(&pool.id), client: None, user: user.map(|user| user.sub.as_str()) }
}
