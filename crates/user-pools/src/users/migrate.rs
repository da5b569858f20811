//! A user who comes from elsewhere: the migration trigger found them, and from now on they live here (spec C.1, G.3).
use super::sign_up::new_attributes;
use super::visit::Visit;
use crate::attributes::{Given, Writer};
use crate::context::RequestContext;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::ClientId;
use crate::messages;
use crate::names;
use crate::pool::UserPool;
use crate::service::UserPools;
use crate::triggers::{Sought, migrates};
use crate::user::{User, UserStatus};
use events::user_pools::UserMigrationAnswer;

impl UserPools {
    /// The user whom the pool's migration trigger finds, stored; `None` where the pool has no such trigger. UserNotFound ("Exception during
    /// user migration") when nobody was found or what was found cannot be a user here.
    ///
    /// No welcome message goes out, whatever `messageAction` says: its text is made for a temporary password, and these users keep their own.
    pub(crate) async fn migrate(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        client: &ClientId,
        name: &str,
        sought: Sought<'_>,
    ) -> Result<Option<User>> {
        if !migrates(&pool.settings) {
            return Ok(None);
        }
        let found = self.look_elsewhere(cx, pool, client, name, sought).await?;
        let stored = self.store_found(cx, pool, name, sought, found).await;
        match stored {
            Ok(user) => Ok(Some(user)),
            Err(error) if matches!(error.kind, ErrorKind::UsernameExists | ErrorKind::AliasExists) => {
                // Two sign-ins at once, or an alias of somebody who does not answer to this name.
                let there = self.find_user(pool, name).await?;
                there.map(Some).ok_or_else(|| unusable(&error))
            }
            Err(error) if matches!(error.kind, ErrorKind::InvalidParameter) => Err(unusable(&error)),
            Err(error) => Err(error),
        }
    }

    /// Looks elsewhere for somebody unknown who has forgotten their password. Where users are hidden, nobody hears that nobody was found.
    pub(super) async fn migrate_forgetful(&self, cx: &RequestContext, visit: &mut Visit, name: &str) -> Result<()> {
        if visit.user.is_some() || !migrates(&visit.pool.settings) {
            return Ok(());
        }
        visit.user = match self.migrate(cx, &visit.pool, &visit.client.id, name, Sought::ForgotPassword).await {
            Err(error) if visit.hides_users() && error.kind == ErrorKind::UserNotFound => None,
            other => other?,
        };
        if let Some(user) = &visit.user {
            visit.who.clone_from(&user.sub);
        }
        Ok(())
    }

    async fn store_found(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        name: &str,
        sought: Sought<'_>,
        found: UserMigrationAnswer,
    ) -> Result<User> {
        let mut attributes = found.user_attributes.unwrap_or_default();
        attributes.remove("sub");
        // The function may choose another username than the alias that was entered.
        let username = attributes.remove("username").unwrap_or_else(|| name.to_owned());
        let kind = names::check_new(&pool.settings, &username)?;
        let given: Given = attributes.into_iter().collect();
        let attributes = new_attributes(pool, Writer::Admin, kind, &username, &given)?;
        let status = match found.final_user_status.as_deref() {
            Some("CONFIRMED") => UserStatus::Confirmed,
            _ => UserStatus::ResetRequired,
        };
        let mut user = self.new_user(cx.now, pool, kind, &username, attributes, status);
        if let Sought::Authentication { password } = sought {
            // Not held to the policy: it is a password that was good elsewhere.
            user.credentials.password = Some(self.protect(pool, &user.sub, &user.username, password).await?);
        }
        if found.enable_sms_mfa == Some(true) && user.attributes.contains_key("phone_number") {
            user.credentials.mfa_enabled.push("SMS_MFA".to_owned());
        }
        let force = found.force_alias_creation == Some(true);
        self.insert_new(cx, pool, user, kind, force).await
    }
}

fn unusable(error: &Error) -> Error {
    messages::MIGRATION_FAILED.because(format!("what the function found cannot be a user here: {}", error.message))
}
