//! Custom login domains of all accounts and regions, in memory: the listener must know the host names before it can lead a request anywhere.
use crate::error::Result;
use crate::ids::PoolId;
use crate::service::UserPools;
use arc_swap::ArcSwap;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::Mutex;

/// Changes read at a time.
const CHANGES_PAGE: usize = 500;

/// The host names. Reading waits for nobody.
#[derive(Default)]
pub struct CustomDomains {
    names: ArcSwap<BTreeSet<String>>,
    followed: Mutex<Followed>,
}

/// The domains by pool, as of a place in the changes sequence.
#[derive(Default)]
struct Followed {
    seen: u64,
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
        let (pools, seen) = self.changed_pools(followed.seen, &["pool", "domain"]).await?;
        for pool in &pools {
            let domains = self.store.domains_of(pool.clone()).await?;
            let custom: Vec<_> =
                domains.into_iter().filter(|domain| domain.custom.is_some()).map(|domain| domain.name).collect();
            if custom.is_empty() {
                followed.by_pool.remove(pool);
            } else {
                followed.by_pool.insert(pool.clone(), custom);
            }
        }
        followed.seen = seen;
        if !pools.is_empty() {
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

    /// The pools that changes of these kinds after a place in the sequence concern, and the last place seen.
    pub async fn changed_pools(&self, mut after: u64, kinds: &[&str]) -> Result<(BTreeSet<PoolId>, u64)> {
        let mut pools = BTreeSet::new();
        loop {
            let page = self.store.changes(after, CHANGES_PAGE).await?;
            let ours = page.iter().filter(|change| kinds.contains(&change.kind.as_str()));
            pools.extend(ours.map(|change| PoolId(change.subject.clone())));
            after = page.last().map_or(after, |last| last.seq);
            if page.len() < CHANGES_PAGE {
                return Ok((pools, after));
            }
        }
    }
}
