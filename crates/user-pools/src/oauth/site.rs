//! Where a request at the login domain belongs: the client it names, the client's pool, and whether that pool answers on this host.
use super::{ErrorCode, Refusal};
use crate::client::AppClient;
use crate::ids::{ClientId, PoolId};
use crate::pool::UserPool;
use crate::ports::StoreError;
use crate::service::UserPools;

/// A client and its pool, known to answer on the host that was asked.
#[derive(Clone, Debug)]
pub struct Site {
    /// The pool.
    pub pool: UserPool,
    /// The client.
    pub client: AppClient,
}

impl UserPools {
    /// The site of a client on a login domain (`None`: the plain base, where every pool answers). Refused: unknown domain, unknown client,
    /// a client of another pool.
    pub async fn site(&self, domain: Option<&str>, client: &str) -> Result<Site, Refusal> {
        let client = self.known_client(client).await?;
        self.check_domain(domain, &client.pool).await?;
        let pool = self.store.pool(client.pool.clone()).await?;
        Ok(Site { pool, client })
    }

    pub(super) async fn known_client(&self, id: &str) -> Result<AppClient, Refusal> {
        match self.store.client(ClientId(id.to_owned())).await {
            Err(StoreError::NotFound) => Err(Refusal::new(ErrorCode::InvalidClient, "client.exists")
                .expected("the id of an app client")
                .got(id.to_owned())),
            other => Ok(other?),
        }
    }

    /// Refused unless the domain is the pool's.
    pub(super) async fn check_domain(&self, domain: Option<&str>, pool: &PoolId) -> Result<(), Refusal> {
        match domain {
            Some(name) if self.pool_at(name).await?.as_ref() != Some(pool) => {
                Err(Refusal::new(ErrorCode::InvalidClient, "client.domain")
                    .expected(format!("a domain of pool {pool}"))
                    .got(name.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// The pool that answers on a login domain.
    pub async fn pool_at(&self, domain: &str) -> Result<Option<PoolId>, Refusal> {
        match self.store.domain(domain.to_owned()).await {
            Ok(domain) => Ok(Some(domain.pool)),
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
