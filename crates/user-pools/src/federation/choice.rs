//! Which providers a client offers, and which one a request names.
use crate::client::ClientSettings;
use crate::identity_provider::{IdentityProvider, ProviderKind};
use crate::oauth::{ErrorCode, Refusal, Site};
use crate::ports::StoreError;
use crate::service::UserPools;

/// The name of the pool's own users among `SupportedIdentityProviders`.
pub const OWN_USERS: &str = "COGNITO";

/// A provider that a client offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// `ProviderName`; what `identity_provider` takes.
    pub name: String,
    /// `ProviderType`.
    pub kind: ProviderKind,
    /// It has identifiers: people may also find it by their e-mail domain.
    pub by_identifier: bool,
}

impl ClientSettings {
    /// Whether the pool's own users may sign in. A client that names no provider at all takes them.
    pub fn takes_own_users(&self) -> bool {
        self.identity_providers.as_deref().unwrap_or_default().iter().any(|name| name == OWN_USERS)
            || self.identity_providers.as_ref().is_none_or(Vec::is_empty)
    }

    fn lists(&self, provider: &str) -> bool {
        self.identity_providers.iter().flatten().any(|name| name == provider && name != OWN_USERS)
    }
}

impl UserPools {
    /// The providers that the client of a site offers, in the client's own order. Providers that are gone are left out.
    pub async fn providers_of(&self, site: &Site) -> Result<Vec<Offered>, Refusal> {
        let mut offered = Vec::new();
        for name in site.client.settings.identity_providers.iter().flatten().filter(|name| *name != OWN_USERS) {
            match self.store.identity_provider(site.pool.id.clone(), name.clone()).await {
                Ok(row) => {
                    let by_identifier = !row.identifiers.is_empty();
                    offered.push(Offered { name: row.name, kind: row.kind, by_identifier });
                }
                Err(StoreError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(offered)
    }

    /// The provider of that name, if the client offers it.
    pub async fn offered_provider(&self, site: &Site, name: &str) -> Result<Option<IdentityProvider>, Refusal> {
        if !site.client.settings.lists(name) {
            return Ok(None);
        }
        found(self.store.identity_provider(site.pool.id.clone(), name.to_owned()).await)
    }

    /// The provider that has the identifier, if the client offers it.
    pub async fn offered_by_identifier(&self, site: &Site, text: &str) -> Result<Option<IdentityProvider>, Refusal> {
        let row = found(self.store.identity_provider_by_identifier(site.pool.id.clone(), text.to_owned()).await)?;
        Ok(row.filter(|row| site.client.settings.lists(&row.name)))
    }

    pub(super) async fn still_offered(&self, site: &Site, name: &str) -> Result<IdentityProvider, Refusal> {
        self.offered_provider(site, name).await?.ok_or_else(|| {
            Refusal::new(ErrorCode::InvalidRequest, "provider.offered")
                .saying("The identity provider is not available")
                .got(name.to_owned())
        })
    }
}

fn found(row: Result<IdentityProvider, StoreError>) -> Result<Option<IdentityProvider>, Refusal> {
    match row {
        Ok(row) => Ok(Some(row)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
