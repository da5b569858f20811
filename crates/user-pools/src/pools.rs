//! What operators do with user pools: the rules of CreateUserPool, UpdateUserPool, SetUserPoolMfaConfig (spec B, B.1, H).
use crate::attributes::schema;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{Millis, PoolId, Scope};
use crate::keys::new_signing_keys;
use crate::messages;
use crate::pool::{AliasKind, MfaRequirement, PasswordPolicy, PoolSettings, UserPool};
use crate::ports::{Page, StoreError, Taken};
use crate::service::UserPools;
use std::collections::BTreeMap;

impl PoolSettings {
    /// CreateUserPool's defaults, as DescribeUserPool shows them (spec B.1).
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            password_policy: PasswordPolicy::default(),
            first_factors: vec!["PASSWORD".to_owned()],
            deletion_protected: false,
            schema: schema::standard(),
            auto_verified: Vec::new(),
            alias_attributes: Vec::new(),
            username_attributes: Vec::new(),
            case_sensitive: None,
            mfa: MfaRequirement::Off,
            software_token_mfa: None,
            messages: crate::pool::MessageTemplates {
                verification: BTreeMap::from([("DefaultEmailOption".to_owned(), "CONFIRM_WITH_CODE".to_owned())]),
                ..Default::default()
            },
            admin_create_only: false,
            recovery: None,
            verify_before_update: Vec::new(),
            tier: "ESSENTIALS".to_owned(),
            tags: BTreeMap::new(),
            issuer_form: None,
            documents: BTreeMap::new(),
        }
    }

    fn check(&self) -> Result<()> {
        if !self.alias_attributes.is_empty() && !self.username_attributes.is_empty() {
            return Err(Error::invalid("Only one of the aliasAttributes or usernameAttributes can be set."));
        }
        if self.username_attributes.contains(&AliasKind::PreferredUsername) {
            return Err(Error::invalid("preferred_username cannot be a username attribute."));
        }
        if let Some(contact) = self.verify_before_update.iter().find(|contact| !self.auto_verified.contains(contact)) {
            return Err(Error::invalid(format!(
                "AttributesRequireVerificationBeforeUpdate: {} is not in AutoVerifiedAttributes.",
                contact.attribute()
            )));
        }
        crate::mfa::check_recovery(self)?;
        crate::templates::check(&self.messages)?;
        crate::triggers::check(self)?;
        self.check_policy()?;
        self.check_recovery()
    }

    fn check_policy(&self) -> Result<()> {
        let policy = &self.password_policy;
        if !(6..=99).contains(&policy.minimum_length) {
            return Err(Error::invalid("MinimumLength must be between 6 and 99."));
        }
        if policy.history_size.is_some_and(|size| size > 24) {
            return Err(Error::invalid("PasswordHistorySize must be between 0 and 24."));
        }
        if policy.temporary_validity_days > 365 {
            return Err(Error::invalid("TemporaryPasswordValidityDays must be between 0 and 365."));
        }
        if !self.first_factors.is_empty() && !self.first_factors.iter().any(|factor| factor == "PASSWORD") {
            return Err(Error::invalid("AllowedFirstAuthFactors must contain PASSWORD."));
        }
        Ok(())
    }

    fn check_recovery(&self) -> Result<()> {
        let Some(mechanisms) = &self.recovery else { return Ok(()) };
        if mechanisms.len() > 1 && mechanisms.iter().any(|mechanism| mechanism.name == "admin_only") {
            return Err(Error::invalid(
                "Account recovery setting admin_only cannot be combined with other mechanisms.",
            ));
        }
        match mechanisms
            .iter()
            .enumerate()
            .find(|(at, one)| mechanisms[..*at].iter().any(|two| two.priority == one.priority || two.name == one.name))
        {
            Some(_) => Err(Error::invalid("Account recovery mechanisms must have different names and priorities.")),
            None => Ok(()),
        }
    }
}

impl UserPools {
    /// CreateUserPool: a pool and its two signing keys, in one act. The keys take a moment to make; they are made off the serving threads.
    pub async fn create_pool(&self, now: Millis, scope: Scope, settings: PoolSettings) -> Result<UserPool> {
        settings.check()?;
        loop {
            let id = PoolId::fresh(&*self.random, &scope.region);
            let keys = self.fresh_keys(now, &id).await?;
            let pool = UserPool {
                scope: scope.clone(),
                id,
                version: 1,
                created: now,
                modified: now,
                settings: settings.clone(),
            };
            match self.store.insert_pool(now, pool.clone(), keys).await {
                Ok(()) => {
                    self.refresh_keys(now, &pool).await?;
                    return Ok(pool);
                }
                Err(StoreError::Exists(Taken::Key)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn fresh_keys(&self, now: Millis, id: &PoolId) -> Result<Vec<crate::token::SigningKeyRow>> {
        let (ring, random, id) = (self.keys.clone(), self.random.clone(), id.clone());
        let made = tokio::task::spawn_blocking(move || new_signing_keys(&ring, &*random, &id, now)).await;
        made.map_err(|_| {
            Error::new(ErrorKind::InternalError, "Internal error").because("making signing keys broke off")
        })?
    }

    /// The pool of a caller's account and region. ResourceNotFound.
    pub async fn pool_in(&self, scope: &Scope, id: &PoolId) -> Result<UserPool> {
        let pool = self.pool_by_id(id).await?;
        if pool.scope == *scope {
            Ok(pool)
        } else {
            Err(messages::pool_does_not_exist(id).because("it belongs to another account or region"))
        }
    }

    /// UpdateUserPool: as [`Self::update_pool`], but not while users are imported. UserImportInProgress.
    pub async fn replace_settings(
        &self,
        now: Millis,
        scope: &Scope,
        id: &PoolId,
        change: impl Fn(&mut PoolSettings) -> Result<()> + Send + Sync,
    ) -> Result<UserPool> {
        self.pool_in(scope, id).await?;
        self.refuse_during_import(id).await?;
        self.update_pool(now, scope, id, change).await
    }

    /// Read, change, replace; again when somebody else was quicker.
    pub async fn update_pool(
        &self,
        now: Millis,
        scope: &Scope,
        id: &PoolId,
        change: impl Fn(&mut PoolSettings) -> Result<()> + Send + Sync,
    ) -> Result<UserPool> {
        loop {
            let mut pool = self.pool_in(scope, id).await?;
            change(&mut pool.settings)?;
            pool.settings.check()?;
            pool.modified = now;
            match self.store.replace_pool(now, pool.clone()).await {
                Ok(version) => return Ok(UserPool { version, ..pool }),
                Err(StoreError::Conflict) => {}
                Err(StoreError::NotFound) => return Err(messages::pool_does_not_exist(id)),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// AddCustomAttributes: the new ones stand behind those the pool has, for users there are and for those to come.
    /// InvalidParameter, UserImportInProgress.
    pub async fn add_custom_attributes(
        &self,
        now: Millis,
        scope: &Scope,
        id: &PoolId,
        given: &[schema::GivenAttribute],
    ) -> Result<UserPool> {
        self.pool_in(scope, id).await?;
        self.refuse_during_import(id).await?;
        self.update_pool(now, scope, id, |settings| {
            settings.schema = schema::add_custom(&settings.schema, given)?;
            Ok(())
        })
        .await
    }

    /// DeleteUserPool. InvalidParameter while it is protected or has a domain, UserImportInProgress.
    pub async fn delete_pool(&self, now: Millis, scope: &Scope, id: &PoolId) -> Result<()> {
        let pool = self.pool_in(scope, id).await?;
        if pool.settings.deletion_protected {
            return Err(messages::POOL_IS_PROTECTED);
        }
        self.refuse_during_import(id).await?;
        match self.store.delete_pool(now, id.clone()).await {
            Ok(()) => {
                self.forget_keys(id);
                Ok(())
            }
            Err(StoreError::Conflict) => Err(messages::POOL_HAS_DOMAIN),
            Err(StoreError::NotFound) => Err(messages::pool_does_not_exist(id)),
            Err(error) => Err(error.into()),
        }
    }

    /// ListUserPools, oldest first.
    pub async fn pools(&self, scope: Scope, page: Page) -> Result<Vec<UserPool>> {
        Ok(self.store.list_pools(scope, page).await?)
    }

    /// `EstimatedNumberOfUsers`.
    pub async fn user_count(&self, pool: PoolId) -> Result<u64> {
        Ok(self.store.count_users(pool).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_and_username_attributes_exclude_each_other() {
        let mut settings = PoolSettings::named("p");
        settings.alias_attributes = vec![AliasKind::Email];
        settings.username_attributes = vec![AliasKind::Email];
        assert!(settings.check().is_err());
        settings.alias_attributes.clear();
        assert!(settings.check().is_ok());
    }

    #[test]
    fn a_message_without_its_placeholder_is_refused() {
        let mut settings = PoolSettings::named("p");
        settings.messages.verification.insert("EmailMessage".to_owned(), "welcome".to_owned());
        assert!(settings.check().unwrap_err().message.contains("{####}"));
    }
}
