//! Signing keys of the pools: made, sealed, kept ready, published, rotated; and the issuer whose keys they are.
//! Cognito has two per pool, one for ID tokens and one for access tokens. Making a key takes long: callers do it off the serving threads.
use crate::error::{Error, ErrorKind, Result};
use crate::following::changed_pools;
use crate::ids::{Millis, PoolId};
use crate::messages;
use crate::pool::{IssuerForm, UserPool};
use crate::ports::{Random, StoreError};
use crate::sealing::KeyRing;
use crate::service::{Config, UserPools};
use crate::token::{KeyPurpose, KeyState, SigningKeyRow};
use jose::{Jwk, JwkSet, KeySet, SigningKey};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

/// A retired key stays published as long as a token of its may live (24 h, spec D.5), and a little for clocks that differ.
pub const PUBLISHED_AFTER_RETIREMENT: Millis = (24 * 60 + 5) * 60 * 1000;

/// Makes the two keys of a pool (state `Active`), sealed and ready to store. About a tenth of a second of CPU each: not on a serving thread.
pub fn new_signing_keys(ring: &KeyRing, random: &dyn Random, pool: &PoolId, now: Millis) -> Result<Vec<SigningKeyRow>> {
    [KeyPurpose::Id, KeyPurpose::Access].into_iter().map(|purpose| new_key(ring, random, pool, purpose, now)).collect()
}

fn new_key(
    ring: &KeyRing,
    random: &dyn Random,
    pool: &PoolId,
    purpose: KeyPurpose,
    now: Millis,
) -> Result<SigningKeyRow> {
    let key = SigningKey::generate().map_err(unusable)?;
    let der = key.pkcs8_der().map_err(unusable)?;
    Ok(SigningKeyRow {
        pool: pool.clone(),
        kid: key.kid().to_owned(),
        purpose,
        state: KeyState::Active,
        sealed: ring.seal(random, &place(pool, key.kid()), &der),
        public_jwk: serde_json::to_value(key.public_jwk()).map_err(unusable)?,
        created: now,
        published_until: None,
    })
}

fn place<'a>(pool: &'a PoolId, kid: &'a str) -> [&'a str; 3] {
    [&pool.0, kid, "signing"]
}

/// The private half of a key, PKCS#8 DER.
pub(crate) fn open_key(ring: &KeyRing, row: &SigningKeyRow) -> Result<Zeroizing<Vec<u8>>> {
    ring.open(&place(&row.pool, &row.kid), &row.sealed).map_err(unusable)
}

pub(crate) fn unusable(why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Unavailable, "The service is unavailable. Please try again.")
        .because(format!("signing key: {why}"))
}

/// What happens to the keys that stop signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// They stay published until their last token has died.
    Published,
    /// They vanish at once: every token they signed is refused from now on (a leaked key).
    Withdrawn,
}

/// The rows after a rotation: `Next` keys become active, or `fresh` ones where none was announced; active ones retire; dead ones go.
pub fn rotated(
    rows: Vec<SigningKeyRow>,
    fresh: Vec<SigningKeyRow>,
    now: Millis,
    overlap: Overlap,
) -> Vec<SigningKeyRow> {
    let announced: Vec<KeyPurpose> =
        rows.iter().filter(|row| row.state == KeyState::Next).map(|row| row.purpose).collect();
    let fresh = fresh.into_iter().filter(|row| !announced.contains(&row.purpose));
    rows.into_iter().map(|row| aged(row, now, overlap)).chain(fresh).filter(|row| is_published(row, now)).collect()
}

fn aged(mut row: SigningKeyRow, now: Millis, overlap: Overlap) -> SigningKeyRow {
    match row.state {
        KeyState::Next => row.state = KeyState::Active,
        KeyState::Active => {
            row.state = KeyState::Retired;
            // One that had been withdrawn before stays so.
            row.published_until = row.published_until.or(Some(match overlap {
                Overlap::Published => now.saturating_add(PUBLISHED_AFTER_RETIREMENT),
                Overlap::Withdrawn => now,
            }));
        }
        // After a compromise nobody can say since when: the keys of earlier rotations go too.
        KeyState::Retired if overlap == Overlap::Withdrawn => row.published_until = Some(now),
        KeyState::Retired => {}
    }
    row
}

fn is_published(row: &SigningKeyRow, now: Millis) -> bool {
    row.published_until.is_none_or(|until| until > now)
}

/// The keys of one pool, opened and ready.
#[derive(Debug)]
pub struct PoolKeys {
    id: SigningKey,
    access: SigningKey,
    jwks: JwkSet,
    public: Arc<KeySet>,
    /// When the next retired key must leave the published set.
    stale_at: Millis,
}

impl PoolKeys {
    fn open(ring: &KeyRing, rows: &[SigningKeyRow], now: Millis) -> Result<Self> {
        // A withdrawn key still signs until it is rotated away, so that signing in goes on; nobody will believe its tokens.
        let signer = |purpose| {
            let active = |row: &&SigningKeyRow| row.purpose == purpose && row.state == KeyState::Active;
            let row = rows.iter().find(active).ok_or_else(|| unusable("the pool has no active key"))?;
            SigningKey::from_pkcs8_der(&open_key(ring, row)?).map_err(unusable)
        };
        let rows: Vec<_> = rows.iter().filter(|row| is_published(row, now)).collect();
        let jwk = |row: &&SigningKeyRow| serde_json::from_value::<Jwk>(row.public_jwk.clone()).ok();
        let jwks = JwkSet { keys: rows.iter().filter_map(jwk).collect() };
        Ok(Self {
            id: signer(KeyPurpose::Id)?,
            access: signer(KeyPurpose::Access)?,
            public: Arc::new(KeySet::from_jwks(&jwks)),
            jwks,
            stale_at: rows.iter().filter_map(|row| row.published_until).min().unwrap_or(Millis::MAX),
        })
    }

    /// Signs an ID token.
    pub(crate) const fn id(&self) -> &SigningKey {
        &self.id
    }

    /// Signs an access token.
    pub(crate) const fn access(&self) -> &SigningKey {
        &self.access
    }

    /// The document behind `jwks_uri`: every key a live token may name, and those announced.
    pub const fn jwks(&self) -> &JwkSet {
        &self.jwks
    }

    /// The same keys, ready to verify with.
    pub const fn public(&self) -> &Arc<KeySet> {
        &self.public
    }
}

/// Public keys of this server's pools by issuer, for those who verify in the same process. Reading waits for nobody.
#[derive(Default)]
pub struct Issuers {
    by_issuer: arc_swap::ArcSwap<HashMap<String, (PoolId, Arc<KeySet>)>>,
}

impl Issuers {
    /// The keys of a local issuer, or `None` when it is not one of ours.
    pub fn keys(&self, issuer: &str) -> Option<Arc<KeySet>> {
        self.by_issuer.load().get(issuer).map(|(_, keys)| Arc::clone(keys))
    }

    /// The pool behind a local issuer.
    pub fn pool(&self, issuer: &str) -> Option<PoolId> {
        self.by_issuer.load().get(issuer).map(|(pool, _)| pool.clone())
    }

    fn set(&self, pool: &PoolId, entry: Option<&(String, Arc<KeySet>)>) {
        self.by_issuer.rcu(|now| {
            let mut next = HashMap::clone(now);
            next.retain(|_, (owner, _)| owner != pool);
            next.extend(entry.map(|(issuer, keys)| (issuer.clone(), (pool.clone(), Arc::clone(keys)))));
            next
        });
    }
}

/// Opened keys by pool. Loads run one after the other, so a load that began before a rotation cannot overwrite the one after it.
#[derive(Default)]
pub(crate) struct KeyCache {
    by_pool: RwLock<HashMap<PoolId, Arc<PoolKeys>>>,
    loading: tokio::sync::Mutex<()>,
}

impl KeyCache {
    fn get(&self, pool: &PoolId, now: Millis) -> Option<Arc<PoolKeys>> {
        let cached = self.by_pool.read().unwrap_or_else(PoisonError::into_inner).get(pool).cloned();
        cached.filter(|keys| keys.stale_at > now)
    }

    fn pools(&self) -> Vec<PoolId> {
        self.by_pool.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    fn put(&self, pool: &PoolId, keys: Option<&Arc<PoolKeys>>) {
        let mut by_pool = self.by_pool.write().unwrap_or_else(PoisonError::into_inner);
        match keys {
            Some(keys) => by_pool.insert(pool.clone(), Arc::clone(keys)),
            None => by_pool.remove(pool),
        };
    }
}

impl Config {
    /// The issuer that tokens of the pool name.
    pub fn issuer(&self, pool: &UserPool) -> String {
        match pool.settings.issuer_form.unwrap_or(self.issuer_form) {
            IssuerForm::Own => format!("{}/{}", self.base, pool.id),
            IssuerForm::Aws => format!("https://cognito-idp.{}.amazonaws.com/{}", pool.id.region(), pool.id),
        }
    }
}

impl UserPools {
    /// The issuer that tokens of the pool name.
    pub fn issuer(&self, pool: &UserPool) -> String {
        self.config.issuer(pool)
    }

    /// The pool's keys, from memory when they are there.
    pub async fn pool_keys(&self, now: Millis, pool: &UserPool) -> Result<Arc<PoolKeys>> {
        match self.memory.pool_keys.get(&pool.id, now) {
            Some(keys) => Ok(keys),
            None => self.refresh_keys(now, pool).await,
        }
    }

    /// Reads the pool's keys anew and publishes them. To be called after the pool was created, its keys rotated or its issuer changed.
    pub async fn refresh_keys(&self, now: Millis, pool: &UserPool) -> Result<Arc<PoolKeys>> {
        let _one_at_a_time = self.memory.pool_keys.loading.lock().await;
        let rows = self.store.signing_keys(pool.id.clone()).await?;
        let keys = Arc::new(PoolKeys::open(&self.keys, &rows, now)?);
        self.memory.pool_keys.put(&pool.id, Some(&keys));
        self.memory.issuers.set(&pool.id, Some(&(self.issuer(pool), Arc::clone(&keys.public))));
        Ok(keys)
    }

    /// Forgets a pool's keys: it has been deleted.
    pub fn forget_keys(&self, pool: &PoolId) {
        self.memory.pool_keys.put(pool, None);
        self.memory.issuers.set(pool, None);
    }

    /// Brings keys and issuers in memory up to the changes after a position and returns the new one. Without a position it loads every pool;
    /// called again after a poll it follows what other processes did. A pool whose keys do not open is left out, loudly.
    pub async fn follow_key_changes(&self, now: Millis, after: Option<u64>) -> Result<u64> {
        let mut changed = changed_pools(&*self.store, after, &["pool", "keys"]).await?;
        if changed.anew {
            // Those that are gone are found out as such.
            changed.pools.extend(self.memory.pool_keys.pools());
        }
        for id in changed.pools {
            self.follow_pool(now, id).await?;
        }
        Ok(changed.seen)
    }

    async fn follow_pool(&self, now: Millis, id: PoolId) -> Result<()> {
        match self.store.pool(id.clone()).await {
            Ok(pool) => {
                if let Err(error) = self.refresh_keys(now, &pool).await {
                    tracing::error!(pool = %id, reason = ?error.reason, "the signing keys of a pool cannot be used");
                }
                Ok(())
            }
            Err(StoreError::NotFound) => {
                self.forget_keys(&id);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Publishes `fresh` keys without signing with them yet, so that verifiers elsewhere know them before the rotation.
    pub async fn announce_keys(&self, now: Millis, pool: &PoolId, fresh: Vec<SigningKeyRow>) -> Result<()> {
        let pool = self.pool_by_id(pool).await?;
        let mut rows = self.store.signing_keys(pool.id.clone()).await?;
        rows.retain(|row| row.state != KeyState::Next);
        rows.extend(fresh.into_iter().map(|row| SigningKeyRow { state: KeyState::Next, ..row }));
        self.store.replace_signing_keys(now, pool.id.clone(), rows).await?;
        self.refresh_keys(now, &pool).await.map(drop)
    }

    /// Rotates a pool's keys; `fresh` ones ([`new_signing_keys`]) are taken where none was announced. Effective at once, without a restart.
    pub async fn rotate_keys(
        &self,
        now: Millis,
        pool: &PoolId,
        fresh: Vec<SigningKeyRow>,
        overlap: Overlap,
    ) -> Result<()> {
        let pool = self.pool_by_id(pool).await?;
        let rows = self.store.signing_keys(pool.id.clone()).await?;
        self.store.replace_signing_keys(now, pool.id.clone(), rotated(rows, fresh, now, overlap)).await?;
        self.refresh_keys(now, &pool).await.map(drop)
    }

    /// Takes a key out of the published set at once, in whatever state: an emergency act. Every token it signed, and will still sign until
    /// the pool's keys are rotated, is refused by whoever reads the JWKS. `NotFound` when the pool has no such key.
    pub async fn withdraw_key(&self, now: Millis, pool: &PoolId, kid: &str) -> Result<()> {
        let pool = self.pool_by_id(pool).await?;
        let mut rows = self.store.signing_keys(pool.id.clone()).await?;
        let Some(row) = rows.iter_mut().find(|row| row.kid == kid) else {
            return Err(Error::new(ErrorKind::ResourceNotFound, format!("User pool {} has no key {kid}.", pool.id)));
        };
        row.published_until = Some(now);
        self.store.replace_signing_keys(now, pool.id.clone(), rows).await?;
        self.refresh_keys(now, &pool).await.map(drop)
    }

    /// A pool, or AWS's ResourceNotFoundException (K 48).
    pub(crate) async fn pool_by_id(&self, id: &PoolId) -> Result<UserPool> {
        match self.store.pool(id.clone()).await {
            Err(StoreError::NotFound) => Err(messages::pool_does_not_exist(id)),
            other => Ok(other?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kid: &str, purpose: KeyPurpose, state: KeyState, published_until: Option<Millis>) -> SigningKeyRow {
        SigningKeyRow {
            pool: PoolId("us-east-1_a".into()),
            kid: kid.into(),
            purpose,
            state,
            sealed: Vec::new(),
            public_jwk: serde_json::Value::Null,
            created: 0,
            published_until,
        }
    }

    fn states(rows: &[SigningKeyRow]) -> Vec<(&str, KeyState)> {
        rows.iter().map(|row| (row.kid.as_str(), row.state)).collect()
    }

    #[test]
    fn a_rotation_retires_the_active_keys_and_activates_fresh_ones() {
        let rows = vec![
            row("old-id", KeyPurpose::Id, KeyState::Active, None),
            row("old-access", KeyPurpose::Access, KeyState::Active, None),
            row("dead", KeyPurpose::Id, KeyState::Retired, Some(999)),
        ];
        let fresh = vec![
            row("new-id", KeyPurpose::Id, KeyState::Active, None),
            row("new-access", KeyPurpose::Access, KeyState::Active, None),
        ];
        let after = rotated(rows, fresh, 1000, Overlap::Published);
        assert_eq!(
            states(&after),
            [
                ("old-id", KeyState::Retired),
                ("old-access", KeyState::Retired),
                ("new-id", KeyState::Active),
                ("new-access", KeyState::Active)
            ]
        );
        assert_eq!(after[0].published_until, Some(1000 + PUBLISHED_AFTER_RETIREMENT));
    }

    #[test]
    fn announced_keys_come_before_fresh_ones() {
        let rows = vec![
            row("old", KeyPurpose::Id, KeyState::Active, None),
            row("announced", KeyPurpose::Id, KeyState::Next, None),
        ];
        let fresh = vec![row("fresh", KeyPurpose::Id, KeyState::Active, None)];
        let after = rotated(rows, fresh, 1000, Overlap::Published);
        assert_eq!(states(&after), [("old", KeyState::Retired), ("announced", KeyState::Active)]);
    }

    #[test]
    fn withdrawn_keys_are_gone_at_once() {
        let rows = vec![
            row("older", KeyPurpose::Id, KeyState::Retired, Some(1_000_000)),
            row("leaked", KeyPurpose::Id, KeyState::Active, None),
        ];
        let fresh = vec![row("new", KeyPurpose::Id, KeyState::Active, None)];
        assert_eq!(states(&rotated(rows, fresh, 1000, Overlap::Withdrawn)), [("new", KeyState::Active)]);
    }

    #[test]
    fn a_key_withdrawn_before_a_rotation_is_not_published_by_it() {
        let rows = vec![row("leaked", KeyPurpose::Id, KeyState::Active, Some(900))];
        let fresh = vec![row("new", KeyPurpose::Id, KeyState::Active, None)];
        assert_eq!(states(&rotated(rows, fresh, 1000, Overlap::Published)), [("new", KeyState::Active)]);
    }
}
