//! Whom we trust: the keys of each issuer. Ours come from memory through a port; others' by discovery, cached for two
//! hours at most. Fails closed: no keys, nobody passes.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwapOption;
use jose::{JwkSet, KeySet};
use rustls::ClientConfig;
use serde::Deserialize;
use tokio::time::Instant;

use super::fetch;
use crate::{errors::ApiError, ports::LocalIssuers};

/// Keys are used no longer than this after they were fetched.
const MAX_AGE: Duration = Duration::from_hours(2);
/// From here on they are fetched anew beside the traffic, so that an issuer may be away for an hour unnoticed.
const REFRESH_AGE: Duration = Duration::from_hours(1);
/// Between two fetches because of an unknown `kid` (anybody can invent one), and between two background refreshes.
const REFETCH_PAUSE: Duration = Duration::from_secs(30);
/// Between two tries when there are no keys at all.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// All issuers that routes name. An issuer outlives the snapshots, and so do its keys.
pub(crate) struct Issuers {
    known: Mutex<HashMap<Box<str>, Arc<Issuer>>>,
    local: Arc<dyn LocalIssuers>,
    tls: Arc<ClientConfig>,
}

/// One issuer and its keys.
pub(crate) struct Issuer {
    /// As configured; equal to `iss`, byte for byte.
    pub(crate) name: Box<str>,
    local: Arc<dyn LocalIssuers>,
    tls: Arc<ClientConfig>,
    cached: ArcSwapOption<Fetched>,
    gate: tokio::sync::Mutex<Gate>,
}

struct Fetched {
    keys: Arc<KeySet>,
    document: JwkSet,
    at: Instant,
}

/// Guards fetching: whoever holds it is the only one, and it remembers when the last tries were.
#[derive(Default)]
struct Gate {
    failed: Option<(Instant, KeyError)>,
    refetched: Option<Instant>,
}

/// Why there are no keys. `detail` is for `explain`; the client sees the wording of the kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyError {
    pub(crate) kind: KeyErrorKind,
    pub(crate) detail: String,
}

/// What failed on the way to the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyErrorKind {
    /// The discovery document could not be read.
    Discovery,
    /// It names another issuer.
    OtherIssuer,
    /// The key set could not be read.
    Jwks,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Issuers {
    pub(crate) fn new(local: Arc<dyn LocalIssuers>, tls: Arc<ClientConfig>) -> Self {
        Self { known: Mutex::default(), local, tls }
    }

    /// The issuer of this name, made at first mention.
    pub(crate) fn issuer(&self, name: &str) -> Arc<Issuer> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(issuer) = known.get(name) {
            return Arc::clone(issuer);
        }
        let issuer = Arc::new(Issuer::new(name, Arc::clone(&self.local), Arc::clone(&self.tls)));
        known.insert(name.into(), Arc::clone(&issuer));
        issuer
    }

    /// Forgets issuers that no route and no cached token names any more.
    pub(crate) fn prune(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, issuer| Arc::strong_count(issuer) > 1);
    }

    /// What CreateAuthorizer asks: is there a discovery document that names this issuer? A slash at the end is not looked at here: AWS
    /// fetches the same document with and without it, and the tokens then fail by their `iss`.
    pub(crate) async fn check(&self, name: &str) -> Result<(), ApiError> {
        let plain = name.trim_end_matches('/');
        if self.local.keys(plain).is_some() {
            return Ok(());
        }
        let found = match discover(name, &self.tls).await {
            Err(error) if error.kind == KeyErrorKind::OtherIssuer && plain != name => discover(plain, &self.tls).await,
            found => found,
        };
        found.map(drop).map_err(|error| {
            tracing::info!(issuer = name, detail = error.detail, "issuer has no usable discovery document");
            ApiError::IssuerUnreachable(plain.to_owned())
        })
    }
}

impl Issuer {
    fn new(name: &str, local: Arc<dyn LocalIssuers>, tls: Arc<ClientConfig>) -> Self {
        let cached = ArcSwapOption::empty();
        Self { name: name.into(), local, tls, cached, gate: tokio::sync::Mutex::default() }
    }

    /// The keys that are in memory: what cached verdicts are compared with. Never waits.
    pub(crate) fn at_hand(&self) -> Option<Arc<KeySet>> {
        self.local.keys(&self.name).or_else(|| self.fresh().map(|fetched| Arc::clone(&fetched.keys)))
    }

    fn fresh(&self) -> Option<Arc<Fetched>> {
        self.cached.load_full().filter(|fetched| fetched.at.elapsed() < MAX_AGE)
    }

    /// The keys to verify with now.
    pub(crate) async fn keys(self: &Arc<Self>) -> Result<Arc<KeySet>, KeyError> {
        if let Some(keys) = self.local.keys(&self.name) {
            return Ok(keys);
        }
        if let Some(fetched) = self.fresh() {
            if fetched.at.elapsed() >= REFRESH_AGE && self.may_refetch() {
                // Beside the traffic: this request goes on with what there is.
                drop(tokio::spawn(Arc::clone(self).refetch(fetched.keys.generation())));
            }
            return Ok(Arc::clone(&fetched.keys));
        }
        // In a task of its own: a client that goes away must not take the fetch of all others with it.
        let fetching = tokio::spawn(Arc::clone(self).fetch_first());
        fetching.await.unwrap_or_else(|error| Err(KeyError::new(KeyErrorKind::Discovery, error.to_string())))
    }

    /// Whether a refetch would be tried now: nobody is at it, and the last one is long enough ago.
    fn may_refetch(&self) -> bool {
        self.gate.try_lock().is_ok_and(|gate| gate.may_refetch())
    }

    /// Newer keys than those of `generation`, which lack a token's `kid`; none when there are none to be had now.
    pub(crate) async fn newer(self: &Arc<Self>, generation: u64) -> Option<Arc<KeySet>> {
        if self.local.keys(&self.name).is_some() {
            return None;
        }
        tokio::spawn(Arc::clone(self).refetch(generation)).await.ok().flatten()
    }

    async fn fetch_first(self: Arc<Self>) -> Result<Arc<KeySet>, KeyError> {
        let mut gate = self.gate.lock().await;
        if let Some(fetched) = self.fresh() {
            return Ok(Arc::clone(&fetched.keys));
        }
        if let Some((at, error)) = gate.failed.as_ref().filter(|(at, _)| at.elapsed() < RETRY_PAUSE) {
            tracing::debug!(issuer = &*self.name, ago = ?at.elapsed(), "not fetching keys again yet");
            return Err(error.clone());
        }
        let fetched = self.fetch().await;
        gate.failed = fetched.as_ref().err().map(|error| (Instant::now(), error.clone()));
        fetched
    }

    async fn refetch(self: Arc<Self>, generation: u64) -> Option<Arc<KeySet>> {
        let mut gate = self.gate.lock().await;
        if let Some(newer) = self.fresh().filter(|fetched| fetched.keys.generation() != generation) {
            return Some(Arc::clone(&newer.keys));
        }
        if !gate.may_refetch() {
            return None;
        }
        gate.refetched = Some(Instant::now());
        // A failure leaves the keys that are there: they are good until their two hours are over.
        self.fetch().await.ok().filter(|keys| keys.generation() != generation)
    }

    /// Fetches and keeps. The same document as before keeps its key set, and with it every verified token.
    async fn fetch(&self) -> Result<Arc<KeySet>, KeyError> {
        let document = match discover(&self.name, &self.tls).await {
            Ok(uri) => keys_at(&uri, &self.tls).await,
            Err(error) => Err(error),
        };
        let document = document.inspect_err(|error| {
            tracing::warn!(issuer = &*self.name, detail = error.detail, "issuer's keys could not be fetched");
        })?;
        let same = self.cached.load_full().filter(|fetched| fetched.document == document);
        let keys = same.map_or_else(|| Arc::new(KeySet::from_jwks(&document)), |same| Arc::clone(&same.keys));
        let fetched = Fetched { keys: Arc::clone(&keys), document, at: Instant::now() };
        self.cached.store(Some(Arc::new(fetched)));
        Ok(keys)
    }
}

impl Gate {
    fn may_refetch(&self) -> bool {
        self.refetched.is_none_or(|at| at.elapsed() >= REFETCH_PAUSE)
    }
}

/// The `jwks_uri` of an issuer's discovery document.
async fn discover(issuer: &str, tls: &Arc<ClientConfig>) -> Result<String, KeyError> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let failed = |detail| KeyError::new(KeyErrorKind::Discovery, detail);
    let bytes = fetch::get(&url, tls).await.map_err(failed)?;
    let document: Discovery = serde_json::from_slice(&bytes).map_err(|error| failed(format!("{url}: {error}")))?;
    if document.issuer != issuer {
        let detail = format!("{url} is of the issuer {}", document.issuer);
        return Err(KeyError::new(KeyErrorKind::OtherIssuer, detail));
    }
    Ok(document.jwks_uri)
}

async fn keys_at(uri: &str, tls: &Arc<ClientConfig>) -> Result<JwkSet, KeyError> {
    let failed = |detail| KeyError::new(KeyErrorKind::Jwks, detail);
    let bytes = fetch::get(uri, tls).await.map_err(failed)?;
    JwkSet::read(&bytes).map_err(|error| failed(format!("{uri}: {error}")))
}

impl KeyError {
    fn new(kind: KeyErrorKind, detail: String) -> Self {
        Self { kind, detail }
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Issuer").field("name", &self.name).finish_non_exhaustive()
    }
}

/// An issuer without keys, for tests.
#[cfg(test)]
pub(super) fn unreachable(name: &str) -> Arc<Issuer> {
    struct Nobody;
    impl LocalIssuers for Nobody {
        fn keys(&self, _issuer: &str) -> Option<Arc<KeySet>> {
            None
        }
    }
    Arc::new(Issuer::new(name, Arc::new(Nobody), crate::integration::connect::public_tls()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An issuer that nobody serves, with keys fetched so long ago.
    fn aged(age: Duration) -> Arc<Issuer> {
        let issuer = unreachable("http://127.0.0.1:1");
        let keys = Arc::new(KeySet::new([]));
        let at = Instant::now().checked_sub(age).unwrap();
        issuer.cached.store(Some(Arc::new(Fetched { keys, document: JwkSet::default(), at })));
        issuer
    }

    #[tokio::test]
    async fn keys_serve_for_two_hours_and_not_longer() {
        let issuer = aged(MAX_AGE.saturating_sub(Duration::from_secs(5)));
        assert!(issuer.at_hand().is_some());
        assert!(issuer.keys().await.is_ok(), "the refresh beside it fails and takes nothing away");
        let issuer = aged(MAX_AGE);
        assert!(issuer.at_hand().is_none());
        assert_eq!(issuer.keys().await.map_err(|error| error.kind).err(), Some(KeyErrorKind::Discovery));
    }

    #[tokio::test]
    async fn after_an_hour_the_keys_are_fetched_beside_the_traffic() {
        let issuer = aged(REFRESH_AGE);
        assert!(issuer.keys().await.is_ok());
        tokio::task::yield_now().await;
        let tried = || issuer.gate.try_lock().is_ok_and(|gate| gate.refetched.is_some());
        let waiting = async {
            while !tried() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap();
        let young = aged(REFRESH_AGE / 2);
        assert!(young.keys().await.is_ok());
        tokio::task::yield_now().await;
        assert!(young.gate.try_lock().unwrap().refetched.is_none());
    }
}
