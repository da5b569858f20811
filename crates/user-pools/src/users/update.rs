//! Changing a user: read, change, replace, and once more when somebody else was quicker.
use crate::context::RequestContext;
use crate::error::{Error, Result};
use crate::messages;
use crate::names;
use crate::pool::{Contact, UserPool};
use crate::ports::{CodePurpose, Redeemed, StoreError, Taken};
use crate::service::UserPools;
use crate::user::User;
use subtle::ConstantTimeEq as _;

/// So many others may be quicker before we give up; each of them has succeeded.
const TRIES: usize = 100;

/// What becomes of aliases that somebody else holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aliases {
    /// They stay where they are; claiming one fails with AliasExists.
    Respect,
    /// They move here, and their holder's contact becomes unverified (`ForceAliasCreation`).
    Take,
}

/// A code brought back by a user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Redemption<'a> {
    pub purpose: CodePurpose,
    pub code: &'a str,
    pub aliases: Aliases,
}

impl UserPools {
    /// Changes a user; aliases follow from the change. Returns the user as stored. Errors: those of `change` (nothing is stored then),
    /// UserNotFound when the user is gone, AliasExists.
    pub(crate) async fn update_user(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        sub: &str,
        aliases: Aliases,
        mut change: impl FnMut(&mut User) -> Result<()> + Send,
    ) -> Result<User> {
        for _ in 0..TRIES {
            let before = self.user_by_sub(pool, sub).await?;
            let mut user = before.clone();
            change(&mut user)?;
            finish(cx, pool, &before, &mut user);
            let stored = match aliases {
                Aliases::Respect => self.store.replace_user(cx.now, user.clone()).await,
                Aliases::Take => self.store.replace_user_taking_aliases(cx.now, user.clone()).await,
            };
            match stored {
                Ok(version) => return Ok(User { version, ..user }),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(of_user(error)),
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Takes a code and changes its user in one act: of many at once one succeeds. `change` learns which contact the code went to. Errors:
    /// CodeMismatch, ExpiredCode, and as for [`UserPools::update_user`].
    pub(crate) async fn redeem(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        sub: &str,
        redemption: Redemption<'_>,
        mut change: impl FnMut(&mut User, Contact) -> Result<()> + Send,
    ) -> Result<User> {
        for _ in 0..TRIES {
            let before = self.user_by_sub(pool, sub).await?;
            let (contact, hash) = self.right_hash(cx, &before, redemption).await?;
            let mut user = before.clone();
            change(&mut user, contact)?;
            finish(cx, pool, &before, &mut user);
            let taking = redemption.aliases == Aliases::Take;
            match self.store.redeem_code(cx.now, redemption.purpose, hash, user.clone(), taking).await {
                Ok(Redeemed::Yes) => return Ok(User { version: user.version + 1, ..user }),
                Ok(Redeemed::Mismatch) => return Err(messages::CODE_MISMATCH),
                Ok(Redeemed::Absent) => return Err(messages::CODE_EXPIRED),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(of_user(error)),
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Which contact the code went to, and the hash under which it is stored: the code may have been hashed under a key that has since been
    /// followed by another. A wrong code is refused here and stays wrong in the store's own comparison.
    pub(crate) async fn right_hash(
        &self,
        cx: &RequestContext,
        user: &User,
        redemption: Redemption<'_>,
    ) -> Result<(Contact, [u8; 32])> {
        let Redemption { purpose, code, .. } = redemption;
        let Some((contact, stored)) = self.live_code(cx, user, purpose).await? else {
            return Err(messages::CODE_EXPIRED.because("no live code"));
        };
        let Some(address) = address(user, purpose, contact) else {
            return Err(messages::CODE_EXPIRED.because("the address it was sent to is gone"));
        };
        let hashes = self.code_hashes(user, purpose, address, code);
        let right = hashes.into_iter().find(|hash| hash.ct_eq(&stored).into());
        right.map(|hash| (contact, hash)).ok_or(messages::CODE_MISMATCH)
    }

    async fn user_by_sub(&self, pool: &UserPool, sub: &str) -> Result<User> {
        self.store.user(pool.id.clone(), sub.to_owned()).await.map_err(of_user)
    }
}

/// The address a code of that purpose is about.
fn address(user: &User, purpose: CodePurpose, contact: Contact) -> Option<&str> {
    let name = contact.attribute();
    let pending = match purpose {
        CodePurpose::VerifyEmail | CodePurpose::VerifyPhone => user.pending_attributes.get(name),
        CodePurpose::SignUp | CodePurpose::ForgotPassword => None,
    };
    pending.or_else(|| user.attributes.get(name)).map(String::as_str)
}

fn finish(cx: &RequestContext, pool: &UserPool, before: &User, user: &mut User) {
    user.modified = cx.now;
    names::refresh_aliases(&pool.settings, before, user);
}

/// Storage's refusals in the words of a user's change.
pub(super) fn of_user(error: StoreError) -> Error {
    match error {
        StoreError::NotFound => messages::USER_DOES_NOT_EXIST,
        StoreError::Exists(Taken::Alias(kind)) => messages::alias_exists(kind.attribute()),
        other => other.into(),
    }
}
