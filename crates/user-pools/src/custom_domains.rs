//! Custom login domains of all accounts and regions, in memory: the listener must know the host names before it can lead a request anywhere.
use crate::error::Result;
use crate::following::changed_pools;
use crate::ids::PoolId;
use crate::service::UserPools;
use arc_swap::ArcSwap;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::Mutex;

/// The host names. Reading waits for nobody.
#[derive(Default)]
pub struct CustomDomains {
    names: ArcSwap<BTreeSet<String>>,
    followed: Mutex<Followed>,
}

/// The domains by pool, as of a place in the changes sequence.
#[derive(Default)]
struct Followed {
    seen: Option<u64>,
    by_pool: BTreeMap<PoolId, Vec<String>>,
}

impl CustomDomains {
    /// Whether a host (lower case, without port) is a custom domain of a pool.
    pub fn contains(&self, host: &str) -> bool {
        self.names.load().contains(host)
    }
}

impl UserPools {
    /// Brings the custom domains in memory up to what is stored. After an error the same changes are read again the next time. One at a time:
    /// whoever returns from here sees at least what was stored when they came.
    pub async fn follow_custom_domains(&self) -> Result<()> {
        let live = &self.memory.custom_domains;
        let mut followed = live.followed.lock().await;
        let mut changed = changed_pools(&*self.store, followed.seen, &["pool", "domain"]).await?;
        if changed.anew {
            // Those that are gone have no domains.
            changed.pools.extend(followed.by_pool.keys().cloned());
        }
        for pool in &changed.pools {
            let domains = self.store.domains_of(pool.clone()).await?;
            let custom: Vec<_> =
                domains.into_iter().filter(|domain| domain.custom.is_some()).map(|domain| domain.name).collect();
            if custom.is_empty() {
                followed.by_pool.remove(pool);
            } else {
                followed.by_pool.insert(pool.clone(), custom);
            }
        }
        followed.seen = Some(changed.seen);
        if !changed.pools.is_empty() {
            live.names.store(followed.by_pool.values().flatten().cloned().collect::<BTreeSet<_>>().into());
        }
        Ok(())
    }

    /// Brings a stored change of a domain to the listener before it is answered. If storage cannot be read now, the listener hears of it when it
    /// next follows, and the answer stays a success.
    pub(crate) async fn make_domains_live(&self) {
        if let Err(error) = self.follow_custom_domains().await {
            tracing::error!(%error, "a stored change of a login domain is not served yet");
        }
    }
}
