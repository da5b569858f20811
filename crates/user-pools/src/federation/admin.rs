//! What operators do with identity providers.
use super::details;
use crate::error::{Error, Result};
use crate::identity_provider::{IdentityProvider, ProviderKind};
use crate::ids::{Millis, PoolId};
use crate::messages;
use crate::pool::UserPool;
use crate::ports::{Page, StoreError, Taken};
use crate::service::UserPools;
use std::collections::BTreeMap;

/// The most providers of a pool (spec H.8).
const MOST: usize = 300;

type Texts = BTreeMap<String, String>;

/// CreateIdentityProvider's members; UpdateIdentityProvider's, with what was left out as it is stored.
#[derive(Clone, Default)]
pub struct NewProvider {
    /// `ProviderDetails`.
    pub details: Option<Texts>,
    /// `AttributeMapping`.
    pub mapping: Option<Texts>,
    /// `IdpIdentifiers`.
    pub identifiers: Option<Vec<String>>,
    /// `AcrMapping`.
    pub acr: Option<Texts>,
}

impl UserPools {
    /// CreateIdentityProvider. InvalidParameter, DuplicateProvider, LimitExceeded.
    pub async fn create_identity_provider(
        &self,
        now: Millis,
        pool: &UserPool,
        name: String,
        kind: ProviderKind,
        given: NewProvider,
    ) -> Result<IdentityProvider> {
        details::check_name(kind, &name)?;
        let all = self.store.list_identity_providers(pool.id.clone(), Page { after: None, limit: MOST }).await?;
        if all.len() >= MOST {
            return Err(messages::TOO_MANY_PROVIDERS);
        }
        let (open, secrets) = details::complete(kind, given.details.unwrap_or_default())?;
        let provider = IdentityProvider {
            pool: pool.id.clone(),
            sealed: self.seal_details(&pool.id, &name, &secrets),
            name,
            version: 1,
            kind,
            details: open,
            mapping: details::mapping(&pool.settings, kind, given.mapping.unwrap_or_default())?,
            identifiers: given.identifiers.unwrap_or_default(),
            acr: given.acr.unwrap_or_default(),
            created: now,
            modified: now,
        };
        match self.store.insert_identity_provider(now, provider.clone()).await {
            Ok(()) => Ok(provider),
            Err(StoreError::Exists(Taken::Key)) => Err(messages::provider_exists(&provider.name)),
            Err(StoreError::NotFound) => Err(messages::pool_does_not_exist(&pool.id)),
            Err(error) => Err(refused(error, &provider.name)),
        }
    }

    /// The provider of a pool. ResourceNotFound.
    pub async fn identity_provider(&self, pool: &PoolId, name: &str) -> Result<IdentityProvider> {
        self.store.identity_provider(pool.clone(), name.to_owned()).await.map_err(|error| refused(error, name))
    }

    /// GetIdentityProviderByIdentifier. ResourceNotFound.
    pub async fn identity_provider_by_identifier(&self, pool: &PoolId, identifier: &str) -> Result<IdentityProvider> {
        let found = self.store.identity_provider_by_identifier(pool.clone(), identifier.to_owned()).await;
        found.map_err(|error| refused(error, identifier))
    }

    /// ListIdentityProviders, by name.
    pub async fn identity_providers(&self, pool: PoolId, page: Page) -> Result<Vec<IdentityProvider>> {
        Ok(self.store.list_identity_providers(pool, page).await?)
    }

    /// UpdateIdentityProvider: members that are given replace the stored ones whole; a secret that is not given again stays.
    /// ResourceNotFound, InvalidParameter.
    pub async fn update_identity_provider(
        &self,
        now: Millis,
        pool: &UserPool,
        name: &str,
        given: NewProvider,
    ) -> Result<IdentityProvider> {
        loop {
            let mut next = self.identity_provider(&pool.id, name).await?;
            if let Some(details) = given.details.clone() {
                let mut all = self.open_details(&next)?;
                all.extend(details);
                let (open, secrets) = details::complete(next.kind, all)?;
                next.sealed = self.seal_details(&pool.id, name, &secrets);
                next.details = open;
            }
            if let Some(mapping) = given.mapping.clone() {
                next.mapping = details::mapping(&pool.settings, next.kind, mapping)?;
            }
            next.identifiers = given.identifiers.clone().unwrap_or(next.identifiers);
            next.acr = given.acr.clone().unwrap_or(next.acr);
            next.modified = now;
            match self.store.replace_identity_provider(now, next.clone()).await {
                Ok(version) => return Ok(IdentityProvider { version, ..next }),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(refused(error, name)),
            }
        }
    }

    /// DeleteIdentityProvider. The users that came from it stay, and clients that list it do without. ResourceNotFound.
    pub async fn delete_identity_provider(&self, now: Millis, pool: &PoolId, name: &str) -> Result<()> {
        let deleted = self.store.delete_identity_provider(now, pool.clone(), name.to_owned()).await;
        deleted.map_err(|error| refused(error, name))
    }

    /// `ProviderDetails` as Describe answers them, the client secret among them.
    pub fn shown_details(&self, provider: &IdentityProvider) -> Result<Texts> {
        Ok(details::shown(&provider.details, &self.open_details(provider)?))
    }

    /// The secret details.
    pub(super) fn open_details(&self, provider: &IdentityProvider) -> Result<Texts> {
        let opened = self.keys.open(&place(&provider.pool, &provider.name), &provider.sealed);
        let opened = opened.map_err(|error| messages::INTERNAL_ERROR.because(error.to_string()))?;
        serde_json::from_slice(&opened).map_err(|_| messages::INTERNAL_ERROR.because("sealed details do not read"))
    }

    fn seal_details(&self, pool: &PoolId, name: &str, secrets: &Texts) -> Vec<u8> {
        let text = zeroize::Zeroizing::new(serde_json::json!(secrets).to_string());
        self.keys.seal(&*self.random, &place(pool, name), text.as_bytes())
    }
}

fn place<'a>(pool: &'a PoolId, name: &'a str) -> [&'a str; 3] {
    [&pool.0, name, "identity provider"]
}

fn refused(error: StoreError, name: &str) -> Error {
    match error {
        StoreError::NotFound => messages::provider_does_not_exist(name),
        StoreError::Exists(_) => messages::IDENTIFIER_TAKEN,
        other => other.into(),
    }
}
