//! AdminCreateUser: an account with a temporary password (spec C.1, H.2).
use super::{about, temporary};
use crate::attributes::{Given, Writer};
use crate::context::RequestContext;
use crate::error::{Error, Result};
use crate::messages;
use crate::names::{self, NewName};
use crate::passwords;
use crate::pool::{Contact, UserPool};
use crate::ports::{StoreError, Taken};
use crate::service::UserPools;
use crate::triggers::Birth;
use crate::user::{User, UserStatus};
use crate::users::sign_up::{may_lack_password, name_taken, new_attributes};
use crate::users::update::of_user;
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// `MessageAction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageAction {
    /// The user exists: a new temporary password is sent, its life starts anew.
    Resend,
    /// No invitation is sent.
    Suppress,
}

/// The request. `ValidationData` and `ClientMetadata` go to triggers only, with the request context.
pub struct AdminCreateUser {
    /// `Username`.
    pub username: String,
    /// `UserAttributes`.
    pub attributes: Given,
    /// `TemporaryPassword`; one is generated without it.
    pub temporary_password: Option<Zeroizing<String>>,
    /// `MessageAction`.
    pub action: Option<MessageAction>,
    /// `DesiredDeliveryMediums`; empty: phone if there is one, else e-mail.
    pub mediums: Vec<Contact>,
    /// `ForceAliasCreation`: aliases that others hold move to the new user (alias pools).
    pub force_alias: bool,
}

impl fmt::Debug for AdminCreateUser {
    /// Password and attributes stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdminCreateUser").field("action", &self.action).finish_non_exhaustive()
    }
}

impl UserPools {
    /// AdminCreateUser. Errors: UsernameExists, AliasExists, InvalidPassword, InvalidParameter, UserNotFound and UnsupportedUserState (RESEND),
    /// CodeDeliveryFailure (the user exists then).
    pub async fn admin_create_user(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        request: AdminCreateUser,
    ) -> Result<User> {
        let created = match request.action {
            Some(MessageAction::Resend) => self.resend_invitation(cx, pool, &request).await,
            _ => self.create_and_invite(cx, pool, &request).await,
        };
        let user = created.as_ref().ok().cloned();
        self.decided(cx, about("AdminCreateUser", pool, user.as_ref()), created)
    }

    async fn create_and_invite(&self, cx: &RequestContext, pool: &UserPool, request: &AdminCreateUser) -> Result<User> {
        let policy = &pool.settings.password_policy;
        let name = names::check_new(&pool.settings, &request.username)?;
        let attributes = new_attributes(pool, Writer::Admin, name, &request.username, &request.attributes)?;
        if request.temporary_password.is_none() && may_lack_password(&pool.settings, &attributes) {
            return self.create_passwordless(cx, pool, request, (name, attributes)).await;
        }
        let plain = self.temporary_password(pool, request)?;
        if self.find_user(pool, &request.username).await?.is_some() {
            return Err(taken(name));
        }
        let status = UserStatus::ForceChangePassword;
        let mut user = self.new_user(cx.now, pool, name, &request.username, attributes, status);
        let password = self.protect(pool, &user.sub, &user.username, &plain).await?;
        user.credentials.password = Some(password.temporary(policy, cx.now));
        self.pre_sign_up(cx, pool, None, &mut user, Birth::AdminCreateUser).await?;
        let user = self.insert_new(cx, pool, user, name, request.force_alias).await?;
        if request.action != Some(MessageAction::Suppress) {
            self.invite(cx, pool, &user, &request.mediums, &plain).await?;
        }
        Ok(user)
    }

    /// Somebody who signs in by codes: confirmed at once, and nothing to tell them but that (spec C.1).
    async fn create_passwordless(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        request: &AdminCreateUser,
        (name, attributes): (NewName, BTreeMap<String, String>),
    ) -> Result<User> {
        if self.find_user(pool, &request.username).await?.is_some() {
            return Err(taken(name));
        }
        let mut user = self.new_user(cx.now, pool, name, &request.username, attributes, UserStatus::Confirmed);
        self.pre_sign_up(cx, pool, None, &mut user, Birth::AdminCreateUser).await?;
        user.vouch_for_addresses();
        self.insert_new(cx, pool, user, name, request.force_alias).await
    }

    /// The temporary password of the request, checked, or a generated one.
    pub(super) fn temporary_password(&self, pool: &UserPool, request: &AdminCreateUser) -> Result<Zeroizing<String>> {
        let policy = &pool.settings.password_policy;
        match &request.temporary_password {
            Some(given) => passwords::check_policy(policy, given).map(|()| given.clone()),
            None => Ok(temporary::generate(&*self.random, policy)),
        }
    }

    pub(in crate::users) async fn insert_new(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        user: User,
        name: NewName,
        force_alias: bool,
    ) -> Result<User> {
        let force = force_alias && pool.settings.username_attributes.is_empty();
        let stored = if force {
            self.store.insert_user_taking_aliases(cx.now, user.clone()).await
        } else {
            self.store.insert_user(cx.now, user.clone()).await
        };
        stored.map(|()| user).map_err(|error| insert_refused(name, error))
    }
}

/// AdminCreateUser's own words for a taken username.
fn taken(name: NewName) -> Error {
    match name {
        NewName::Username => messages::USER_ACCOUNT_ALREADY_EXISTS,
        NewName::Contact(_) => name_taken(name),
    }
}

fn insert_refused(name: NewName, error: StoreError) -> Error {
    match (name, error) {
        (NewName::Contact(_), StoreError::Exists(Taken::Alias(kind))) => {
            messages::given_account_exists(kind.attribute())
        }
        (_, error @ StoreError::Exists(Taken::Alias(_))) => of_user(error),
        (name, StoreError::Exists(_)) => taken(name),
        (_, other) => other.into(),
    }
}

/// A user who has a temporary password may be invited again, nobody else.
pub(super) fn invitable(user: &User) -> Result<()> {
    if user.status == UserStatus::ForceChangePassword { Ok(()) } else { Err(messages::CANNOT_RESEND_INVITATION) }
}
