//! What operators say about sessions: SetUserPoolSessionConfiguration and SetUserPoolClientSessionConfiguration.
use crate::client::AppClient;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{ClientId, Millis, PoolId, Scope};
use crate::messages;
use crate::pool::{PoolSettings, UserPool};
use crate::ports::Page;
use crate::service::UserPools;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The document's name, of pools and of clients.
const DOCUMENT: &str = "SessionConfiguration";
const MINUTE: Millis = 60_000;

/// A pool's part; the default is AWS's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolSessions {
    /// `UserSessionTracking` is ENABLED.
    pub tracking: bool,
    /// `TokenSession.MaxPerUser`.
    pub max_per_user: u32,
}

impl Default for PoolSessions {
    fn default() -> Self {
        Self { tracking: false, max_per_user: 20 }
    }
}

impl PoolSessions {
    /// As the pool has it.
    pub fn of(settings: &PoolSettings) -> Self {
        settings.documents.get(DOCUMENT).and_then(|document| Self::deserialize(document).ok()).unwrap_or_default()
    }
}

/// A client's part; the default is AWS's hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSessions {
    /// `SSOSession.MaxValidityMinutes`: so long after a fresh sign-in the client takes the SSO session for one.
    pub sso_minutes: u32,
}

impl Default for ClientSessions {
    fn default() -> Self {
        Self { sso_minutes: 60 }
    }
}

impl ClientSessions {
    /// As the client has it.
    pub fn of(client: &AppClient) -> Self {
        let document = client.settings.documents.get(DOCUMENT);
        document.and_then(|document| Self::deserialize(document).ok()).unwrap_or_default()
    }

    fn millis(self) -> Millis {
        Millis::from(self.sso_minutes) * MINUTE
    }
}

/// How long after a fresh sign-in a client takes an SSO session for one. A client's own word sleeps while the pool tracks no sessions.
pub(crate) fn sso_life(pool: &UserPool, client: &AppClient) -> Millis {
    let of_client = PoolSessions::of(&pool.settings).tracking.then(|| ClientSessions::of(client));
    of_client.unwrap_or_default().millis()
}

fn document(value: impl Serialize) -> Result<Value> {
    serde_json::to_value(value)
        .map_err(|error| Error::new(ErrorKind::InternalError, "Internal error").because(error.to_string()))
}

fn check_tier(settings: &PoolSettings) -> Result<()> {
    if settings.tier == "LITE" { Err(messages::SESSION_TIER) } else { Ok(()) }
}

/// Whoever asks about sessions may.
pub(crate) fn check_tracking(pool: &UserPool) -> Result<()> {
    if PoolSessions::of(&pool.settings).tracking { Ok(()) } else { Err(messages::SESSIONS_NOT_TRACKED) }
}

impl UserPools {
    /// SetUserPoolSessionConfiguration.
    pub async fn set_pool_sessions(
        &self,
        now: Millis,
        scope: &Scope,
        pool: &PoolId,
        sessions: PoolSessions,
    ) -> Result<PoolSessions> {
        let document = document(sessions)?;
        let change = |settings: &mut PoolSettings| {
            check_tier(settings)?;
            settings.documents.insert(DOCUMENT.to_owned(), document.clone());
            Ok(())
        };
        self.update_pool(now, scope, pool, change).await?;
        Ok(sessions)
    }

    /// SetUserPoolClientSessionConfiguration: where the pool tracks sessions.
    pub async fn set_client_sessions(
        &self,
        now: Millis,
        scope: &Scope,
        (pool, client): (&PoolId, &ClientId),
        sessions: ClientSessions,
    ) -> Result<ClientSessions> {
        let pool = self.pool_in(scope, pool).await?;
        self.client_of(&pool.id, client).await?;
        check_tier(&pool.settings)?;
        check_tracking(&pool)?;
        let document = document(sessions)?;
        let change = |settings: &mut crate::client::ClientSettings| {
            settings.documents.insert(DOCUMENT.to_owned(), document.clone());
            Ok(())
        };
        self.change_client(now, &pool, client, change).await?;
        Ok(sessions)
    }

    /// How long an SSO session of the pool lives: as long as the most patient of its clients takes it, and an hour at least.
    pub(crate) async fn login_life(&self, pool: &UserPool) -> Result<Millis> {
        let mut longest = ClientSessions::default().millis();
        let mut page = Page { after: None, limit: 60 };
        while PoolSessions::of(&pool.settings).tracking {
            let clients = self.store.list_clients(pool.id.clone(), page.clone()).await?;
            longest = clients.iter().map(|client| ClientSessions::of(client).millis()).fold(longest, Millis::max);
            let Some(last) = clients.last().filter(|_| clients.len() == page.limit) else { break };
            page.after = Some(last.id.0.clone());
        }
        Ok(longest)
    }
}
