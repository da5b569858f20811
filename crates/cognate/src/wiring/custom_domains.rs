//! Custom login domains of all accounts and regions, followed through the changes sequence: the hall must know the host names.
use std::collections::{BTreeMap, BTreeSet};
use store::SqliteStore;
use user_pools::PoolId;
use user_pools::ports::{Domains as _, Pools as _, StoreResult};

/// Changes read at a time.
const PAGE: usize = 1_000;

/// The custom domains by pool, as of a place in the sequence.
#[derive(Default)]
pub struct CustomDomains {
    seen: u64,
    by_pool: BTreeMap<PoolId, Vec<String>>,
}

impl CustomDomains {
    /// Reads what has changed since the last time; all names where something has. After an error the same changes are read again.
    pub async fn follow(&mut self, store: &SqliteStore) -> StoreResult<Option<BTreeSet<String>>> {
        let (pools, seen) = changed(store, self.seen, &["pool", "domain"]).await?;
        for pool in &pools {
            let domains = store.domains_of(pool.clone()).await?;
            let custom: Vec<_> =
                domains.into_iter().filter(|domain| domain.custom.is_some()).map(|domain| domain.name).collect();
            if custom.is_empty() {
                self.by_pool.remove(pool);
            } else {
                self.by_pool.insert(pool.clone(), custom);
            }
        }
        self.seen = seen;
        Ok((!pools.is_empty()).then(|| self.by_pool.values().flatten().cloned().collect()))
    }
}

/// The pools that changes of these kinds concern, after a place in the sequence, and the last place seen.
pub async fn changed(store: &SqliteStore, mut after: u64, kinds: &[&str]) -> StoreResult<(BTreeSet<PoolId>, u64)> {
    let mut pools = BTreeSet::new();
    loop {
        let page = store.changes(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok((pools, after)) };
        after = last.seq;
        pools.extend(
            page.into_iter()
                .filter(|change| kinds.contains(&change.kind.as_str()))
                .map(|change| PoolId(change.subject)),
        );
    }
}
