//! The data plane's front: one `Gateway` per process holds the snapshot, one `Worker` per serving thread holds what is
//! not shared (connections, verified tokens, ids). The order of work is `pipeline`.

mod body;
mod call;
mod entropy;
mod host_name;
mod hosts;
mod pipeline;
mod refusal;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use http::{Request, Response};
use jose::CachedToken;
use rustls::ClientConfig;

pub use body::{AnswerBody, BodyError, RequestBody};
pub use call::RequestContext;
pub use host_name::host_name;

pub(crate) use body::{Progress, Upload};
pub(crate) use call::Call;
pub(crate) use pipeline::{MAX_BODY, too_large};
pub(crate) use refusal::{Own, Refusal, Text, shown};

use crate::{
    authorizer::{Bearer, Issuers, TokenCacheOf},
    errors::ApiError,
    integration::{Pool, connect},
    ports::{ApiStore, Functions, LocalIssuers, Random, Recorder, StoreError},
    snapshot::{ServedApi, Snapshot},
};

/// APIs or changes read from the store at once.
const PAGE: u32 = 200;

/// What the gateway is built on.
pub struct Ports {
    /// Where APIs are defined.
    pub store: Arc<dyn ApiStore>,
    /// What runs functions.
    pub functions: Arc<dyn Functions>,
    /// Issuers in this process.
    pub issuers: Arc<dyn LocalIssuers>,
    /// Where refusals go.
    pub recorder: Arc<dyn Recorder>,
    /// For request and trace ids.
    pub random: Arc<dyn Random>,
}

/// What an operator may choose. The defaults are AWS's behaviour on one machine.
pub struct GatewayOptions {
    /// Domains below which `{apiId}.execute-api.{domain}` is served, besides AWS's own host names. An entry with `{api}` in it is a whole
    /// host, in lower case, with the API's id in that place.
    pub domains: Vec<Box<str>>,
    /// Whether `/execute-api/{apiId}/{stage}/...` is served on every other host. Such an API shares the origin of whatever else answers there.
    pub path_forms: bool,
    /// Clock leeway for `exp`, `nbf` and `iat`, seconds.
    pub leeway: i64,
    /// CORS headers on the gateway's own 4xx and 5xx, so that a page can read its 401.
    pub cors_on_refusals: bool,
    /// Bytes of verified tokens that one worker remembers: the default holds some 20,000 of them (5,000 on routes to
    /// functions, which see the claims). 0: every token is verified each time.
    pub token_cache_bytes: usize,
    /// How the certificates of backends and issuers are checked; the public roots when absent.
    pub tls: Option<Arc<ClientConfig>>,
    /// A client that sends nothing of its body for so long gets a 408.
    pub body_patience: Duration,
}

impl Default for GatewayOptions {
    fn default() -> Self {
        Self {
            domains: vec!["localhost".into()],
            path_forms: true,
            leeway: 0,
            cors_on_refusals: true,
            token_cache_bytes: 16 << 20,
            tls: None,
            body_patience: Duration::from_secs(30),
        }
    }
}

/// The gateway of one process. Cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) ports: Ports,
    pub(crate) options: GatewayOptions,
    pub(crate) tls: Arc<ClientConfig>,
    snapshot: ArcSwap<Snapshot>,
    issuers: Issuers,
    /// One refresh at a time, so that an older one never overwrites a newer.
    refreshing: tokio::sync::Mutex<bool>,
}

/// What one serving thread needs. `Send`, but meant to stay on its thread: its locks are then never contended.
#[derive(Clone)]
pub struct Worker {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    pool: Arc<Pool>,
    tokens: Mutex<TokenCacheOf>,
    entropy: entropy::Entropy,
}

impl Gateway {
    /// A gateway that serves nothing until [`Gateway::refresh`] has read the store.
    pub fn new(ports: Ports, options: GatewayOptions) -> Self {
        let tls = options.tls.clone().unwrap_or_else(connect::public_tls);
        let issuers = Issuers::new(Arc::clone(&ports.issuers), Arc::clone(&tls));
        let snapshot = ArcSwap::from_pointee(Snapshot::default());
        let refreshing = tokio::sync::Mutex::new(false);
        Self { shared: Arc::new(Shared { ports, options, tls, snapshot, issuers, refreshing }) }
    }

    /// A worker for one serving thread.
    pub fn worker(&self) -> Worker {
        let shared = Arc::clone(&self.shared);
        Worker {
            inner: Arc::new(Inner {
                pool: Arc::default(),
                tokens: Mutex::new(TokenCacheOf::new(shared.options.token_cache_bytes)),
                entropy: entropy::Entropy::new(Arc::clone(&shared.ports.random)),
                shared,
            }),
        }
    }

    /// Whether a request for this host (as [`host_name`] reads it) and path is the gateway's.
    pub fn claims(&self, host: &str, path: &str) -> bool {
        hosts::claims(&self.shared.snapshot.load(), &self.shared.options, host, path)
    }

    /// Brings the snapshot up to the store's latest change. When this returns, every change that was committed before the
    /// call is live; the control plane awaits it before it answers. On an error the old snapshot goes on serving.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let mut loaded = self.shared.refreshing.lock().await;
        loop {
            if !*loaded {
                let snapshot = self.load_all().await?;
                self.shared.snapshot.store(Arc::new(snapshot));
                *loaded = true;
            }
            match self.follow().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(StoreError::NotFound) => *loaded = false,
                Err(error) => return Err(error),
            }
        }
        self.shared.issuers.prune();
        Ok(())
    }

    /// What CreateAuthorizer checks for JWT: the issuer is ours, or its discovery document can be read and names it.
    pub async fn check_issuer(&self, issuer: &str) -> Result<(), ApiError> {
        self.shared.issuers.check(issuer).await
    }

    async fn load_all(&self) -> Result<Snapshot, StoreError> {
        let store = &self.shared.ports.store;
        // Changes made while reading are seen twice rather than never.
        let mut snapshot = Snapshot { seq: store.changes_head().await?, ..Snapshot::default() };
        let mut after = None;
        loop {
            let page = store.all_apis(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(snapshot) };
            after = Some(last.key());
            for api in &page {
                let served = ServedApi::new(api, &self.shared.issuers);
                snapshot.apis.insert(api.api_id.as_str().into(), Arc::new(served));
            }
        }
    }

    /// Applies one page of changes; false when there was none. NotFound when the snapshot is older than the changes that are kept.
    async fn follow(&self) -> Result<bool, StoreError> {
        let store = &self.shared.ports.store;
        let current = self.shared.snapshot.load_full();
        let changes = store.apis_changed_since(current.seq, PAGE).await?;
        let Some(last) = changes.last() else { return Ok(false) };
        let mut next = Snapshot { apis: current.apis.clone(), seq: last.seq };
        let mut keys: Vec<_> = changes.into_iter().map(|change| change.key).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            match store.api(key.clone()).await {
                Ok(api) => {
                    let served = ServedApi::new(&api, &self.shared.issuers);
                    next.apis.insert(key.id.into(), Arc::new(served));
                }
                Err(StoreError::NotFound) => drop(next.apis.remove(key.id.as_str())),
                Err(error) => return Err(error),
            }
        }
        self.shared.snapshot.store(Arc::new(next));
        Ok(true)
    }
}

impl Worker {
    /// Serves one request. Never fails: whatever goes wrong is an answer, recorded under its request id.
    pub async fn handle<B: Into<RequestBody>>(
        &self,
        request: Request<B>,
        context: RequestContext,
    ) -> Response<AnswerBody> {
        let (head, body) = request.into_parts();
        pipeline::serve(self, head, body.into(), context).await
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.inner.shared
    }

    pub(crate) fn pool(&self) -> &Arc<Pool> {
        &self.inner.pool
    }

    pub(crate) fn entropy(&self) -> &entropy::Entropy {
        &self.inner.entropy
    }

    pub(crate) fn leeway(&self) -> i64 {
        self.inner.shared.options.leeway
    }

    /// The bearer of a token verified before under these keys and still in its time.
    pub(crate) fn cached_token(&self, token: &str, generation: u64, now: i64) -> Option<Arc<Bearer>> {
        let mut tokens = self.inner.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(token, generation, now).cloned()
    }

    /// Remembers a fully verified token.
    pub(crate) fn cache_token(&self, token: &str, verdict: CachedToken<Arc<Bearer>>) {
        self.inner.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(token, verdict);
    }
}
