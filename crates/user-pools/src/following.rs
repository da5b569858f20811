//! Following the control plane's changes: which pools a snapshot in memory has to read again.
use crate::ids::PoolId;
use crate::ports::{Pools, StoreError, StoreResult};
use std::collections::BTreeSet;

/// Changes or pools read at a time.
const PAGE: usize = 500;

/// What a follower has to read again.
#[derive(Debug, PartialEq, Eq)]
pub struct Changed {
    /// These pools; one that is not there any more was deleted.
    pub pools: BTreeSet<PoolId>,
    /// `pools` are all that there are: what a follower knows of others is out of date.
    pub anew: bool,
    /// The follower's new position, once it has read them.
    pub seen: u64,
}

/// The pools that changes of these kinds concern, after a position in the sequence. A follower that has no position yet, or one so old that
/// changes after it are no longer kept, begins anew with all pools.
pub async fn changed_pools(store: &(impl Pools + ?Sized), after: Option<u64>, kinds: &[&str]) -> StoreResult<Changed> {
    let Some(mut seen) = after else { return anew(store).await };
    let mut pools = BTreeSet::new();
    loop {
        let page = match store.changes(seen, PAGE).await {
            Err(StoreError::NotFound) => return anew(store).await,
            page => page?,
        };
        let Some(last) = page.last() else { return Ok(Changed { pools, anew: false, seen }) };
        seen = last.seq;
        let ours = page.into_iter().filter(|change| kinds.contains(&change.kind.as_str()));
        pools.extend(ours.map(|change| PoolId(change.subject)));
    }
}

/// The pools of all accounts and regions.
pub async fn all_pools(store: &(impl Pools + ?Sized)) -> StoreResult<BTreeSet<PoolId>> {
    let mut pools = BTreeSet::new();
    loop {
        let page = store.pool_ids(pools.last().cloned(), PAGE).await?;
        if page.is_empty() {
            return Ok(pools);
        }
        pools.extend(page);
    }
}

/// The position first: a change made while the pools are read is seen twice rather than never.
async fn anew(store: &(impl Pools + ?Sized)) -> StoreResult<Changed> {
    let seen = store.changes_head().await?;
    Ok(Changed { pools: all_pools(store).await?, anew: true, seen })
}
