//! The whole server, put together.
use super::adapters::{Bytes, GatewayRecorder, PoolIssuers, Presigned, UploadReports};
use super::functions::InProcess;
use super::urls::Urls;
use crate::admin::{Ask, Reply};
use crate::data::{DataError, DataFolder, KeyFile};
use crate::mail::Mailbox;
use crate::platform::{Clock, HashingPool, SystemRandom};
use crate::server::{Hall, Names, Network};
use crate::telemetry::{Decisions, Metrics};
use control_plane::Signatures;
use control_plane::apigatewayv2::{self, ApiGatewayV2};
use control_plane::cognito_idp::CognitoIdp;
use dashboard::Dashboard;
use http_apis::{ApiStore, Gateway, GatewayOptions};
use login::Login;
use objects::{ObjectService, ObjectsConfig};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{OpenOptions, SqliteStore, Trouble};
use tokio::runtime::Handle;
use tokio::sync::watch;
use user_pools::keys::{Overlap, new_signing_keys};
use user_pools::pool::IssuerForm;
use user_pools::ports::{DecisionSink, Domains as _, Messenger, Page, Pools as _};
use user_pools::{PoolId, Scope, UserPools};

/// Lives of presigned URLs, in seconds.
const UPLOAD_SECONDS: u32 = 900;
const DOWNLOAD_SECONDS: u32 = 300;
const LARGEST_OBJECT: u64 = 5 * 1024 * 1024 * 1024;
/// How often what other processes may have changed is looked for, and what has ended is swept.
const FOLLOW: Duration = Duration::from_secs(1);
const SWEEP: Duration = Duration::from_secs(30);
const SWEEP_ROWS: usize = 500;

/// How the server is to be put together.
pub struct Settings {
    /// Every URL.
    pub urls: Urls,
    /// Account and region of what names none.
    pub scope: Scope,
    /// Form of the issuer in tokens.
    pub issuer_form: IssuerForm,
    /// Who may sign.
    pub signatures: Arc<dyn Signatures>,
    /// The way of messages.
    pub messenger: Arc<dyn Messenger>,
    /// `dev`: the mailbox to show.
    pub mailbox: Option<Mailbox>,
    /// Reverse proxies to believe.
    pub trusted: Vec<Network>,
    /// The clock may be moved.
    pub test_clock: bool,
    /// Discovery names everything on the plain base.
    pub plain_login: bool,
    /// Threads for password hashing.
    pub hashing_threads: usize,
    /// CreateAuthorizer reads the issuer's discovery document.
    pub check_issuers: bool,
}

/// The server, ready to be served.
pub struct App {
    /// The hall with all rooms.
    pub hall: Arc<Hall>,
    /// The gateway.
    pub gateway: Gateway,
    /// User pools.
    pub pools: Arc<UserPools>,
    /// Storage.
    pub store: SqliteStore,
    /// Time.
    pub clock: Clock,
    /// Every URL.
    pub urls: Urls,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// What `cognate env` answers; filled once the server is ready.
    pub env: Mutex<Value>,
    keys: Mutex<KeyFile>,
    /// Trouble in storage ends the process.
    pub trouble: watch::Receiver<Option<String>>,
    folder: DataFolder,
}

impl App {
    /// Opens the data folder and puts everything together. Must run inside the control runtime.
    pub async fn build(folder: DataFolder, settings: Settings) -> Result<Arc<Self>, DataError> {
        let control = Handle::current();
        let clock = Clock::default();
        let keys = KeyFile::open(&folder.root().join("keys.json"), folder.database().exists())?;
        let ring = Arc::new(keys.ring()?);
        let (store, trouble) = open_store(&folder, &keys, ring.active_id())?;
        let metrics = Arc::new(Metrics::default());
        let (sink, taken) = Decisions::new(Arc::clone(&metrics));
        control.spawn(Decisions::write(taken, Arc::new(store.clone()), clock.clone()));
        let decisions: Arc<dyn DecisionSink> = Arc::new(sink);
        let hashing = HashingPool::start(settings.hashing_threads)
            .map_err(|error| DataError(format!("cannot start the hashing threads: {error}")))?;
        let pools = Arc::new(UserPools {
            store: Arc::new(store.clone()),
            random: Arc::new(SystemRandom),
            passwords: Arc::new(hashing),
            messenger: settings.messenger,
            keys: ring,
            decisions: Arc::clone(&decisions),
            config: Arc::new(user_pools::Config {
                base: settings.urls.base.clone(),
                issuer_form: settings.issuer_form,
            }),
            memory: Arc::default(),
        });
        let seen = pools.follow_key_changes(clock.now(), 0).await.map_err(|error| DataError(error.to_string()))?;
        let (objects, dashboard) = files(&folder, &keys, &store, &clock, &settings.urls, &settings.scope.region)?;
        let apis: Arc<dyn ApiStore> = Arc::new(store.clone());
        let gateway = Gateway::new(
            http_apis::Ports {
                store: Arc::clone(&apis),
                functions: Arc::new(InProcess {
                    dashboard: Arc::clone(&dashboard),
                    clock: clock.clone(),
                    control: control.clone(),
                }),
                issuers: Arc::new(PoolIssuers(Arc::clone(&pools.memory))),
                recorder: Arc::new(GatewayRecorder(Arc::clone(&decisions))),
                random: Arc::new(SystemRandom),
            },
            GatewayOptions::default(),
        );
        gateway.refresh().await.map_err(|error| DataError(format!("the APIs cannot be read: {error}")))?;
        let names =
            Names::new(&settings.urls.base, Some(&settings.urls.login), Some(&settings.urls.objects), gateway.clone());
        let ports = apigatewayv2::Ports {
            store: apis,
            gateway: gateway.clone(),
            random: Arc::new(SystemRandom),
            signatures: Arc::clone(&settings.signatures),
            decisions,
        };
        let options =
            apigatewayv2::Options { endpoint: settings.urls.api.clone(), check_issuers: settings.check_issuers };
        let login_urls = login::Urls {
            base: settings.urls.base.clone(),
            login: settings.urls.login.clone(),
            plain_login: settings.plain_login,
        };
        let hall = Arc::new(Hall {
            clock: clock.clone(),
            metrics: Arc::clone(&metrics),
            names,
            trusted: settings.trusted,
            public_base: settings.urls.base.clone(),
            control: control.clone(),
            cognito: CognitoIdp::new(Arc::clone(&pools), Arc::clone(&settings.signatures)),
            apigateway: ApiGatewayV2::new(ports, options),
            signatures: settings.signatures,
            login: Login::new(UserPools::clone(&pools), login_urls),
            pools: Arc::clone(&pools),
            objects,
            mailbox: settings.mailbox,
            test_clock: settings.test_clock,
            region: settings.scope.region.clone(),
        });
        let app = Arc::new(Self {
            hall,
            gateway,
            pools,
            store,
            clock,
            urls: settings.urls,
            metrics,
            env: Mutex::new(Value::Null),
            keys: Mutex::new(keys),
            trouble,
            folder,
        });
        app.refresh_custom_domains(&settings.scope).await;
        control.spawn(Arc::clone(&app).follow(seen));
        control.spawn(Arc::clone(&app).sweep(dashboard));
        Ok(app)
    }

    /// The data folder.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    async fn refresh_custom_domains(&self, scope: &Scope) {
        let mut custom = BTreeSet::new();
        let pools = self.store.list_pools(scope.clone(), Page { after: None, limit: 1_000 }).await.unwrap_or_default();
        for pool in pools {
            let domains = self.store.domains_of(pool.id).await.unwrap_or_default();
            custom.extend(domains.into_iter().filter(|domain| domain.custom.is_some()).map(|domain| domain.name));
        }
        self.hall.names.set_custom_domains(custom);
    }

    /// Follows the changes sequence: keys, custom domains, APIs.
    async fn follow(self: Arc<Self>, mut seen: u64) {
        let mut tick = tokio::time::interval(FOLLOW);
        loop {
            tick.tick().await;
            let before = seen;
            match self.pools.follow_key_changes(self.clock.now(), seen).await {
                Ok(seq) => seen = seq,
                Err(error) => tracing::warn!(%error, "changes of pools cannot be followed now"),
            }
            if seen != before {
                let scope = Scope { account: "000000000000".to_owned(), region: self.hall.region.clone() };
                self.refresh_custom_domains(&scope).await;
            }
            if let Err(error) = self.gateway.refresh().await {
                tracing::warn!(%error, "changes of APIs cannot be followed now");
            }
        }
    }

    /// Deletes what has ended, in small batches, and uploads that never came.
    async fn sweep(self: Arc<Self>, dashboard: Arc<Dashboard>) {
        let mut tick = tokio::time::interval(SWEEP);
        loop {
            tick.tick().await;
            if let Err(error) = self.store.sweep(self.clock.now(), SWEEP_ROWS).await {
                tracing::warn!(%error, "ended rows could not be swept");
            }
            if let Err(error) = dashboard.sweep(self.clock.now(), SWEEP_ROWS).await {
                tracing::warn!(%error, "pending uploads could not be swept");
            }
        }
    }

    /// Answers a question of the admin channel.
    pub async fn admin(self: Arc<Self>, ask: Ask) -> Reply {
        let answered = match ask {
            Ask::Env => Ok(self.env.lock().map_or(Value::Null, |env| env.clone())),
            Ask::Explain { id } => self.explain(&id).await,
            Ask::Keys => self.list_keys().await,
            Ask::RotateSealing => self.rotate_sealing().await,
            Ask::RotateSigning { pool, now } => self.rotate_signing(pool, now).await,
            Ask::WithdrawSigning { kid } => self.withdraw_signing(&kid).await,
        };
        answered.map_or_else(Reply::Error, Reply::Ok)
    }

    async fn explain(&self, id: &str) -> Result<Value, String> {
        use user_pools::ports::Decisions as _;
        let failed = |error: user_pools::ports::StoreError| error.to_string();
        let id = if id == "last" {
            let newest = self.store.latest_decisions(true, 1).await.map_err(failed)?;
            newest.into_iter().next().map(|decision| decision.request_id).ok_or("nothing has been refused yet")?
        } else {
            id.to_owned()
        };
        let decisions = self.store.decisions_of(id.clone()).await.map_err(failed)?;
        if decisions.is_empty() {
            return Err(format!("no decision is known of request {id}; only the newest ones are kept"));
        }
        serde_json::to_value(decisions).map_err(|error| error.to_string())
    }

    async fn all_pools(&self) -> Result<Vec<PoolId>, String> {
        let changes = self.store.changes(0, usize::MAX >> 1).await.map_err(|error| error.to_string())?;
        let pools: BTreeSet<_> =
            changes.into_iter().filter(|change| change.kind == "pool").map(|change| change.subject).collect();
        let mut there = Vec::new();
        for pool in pools {
            if self.store.pool(PoolId(pool.clone())).await.is_ok() {
                there.push(PoolId(pool));
            }
        }
        Ok(there)
    }

    async fn list_keys(&self) -> Result<Value, String> {
        let ids = self.keys.lock().map(|keys| keys.ids()).map_err(|_| "the key file is in use")?;
        let mut signing = Vec::new();
        for pool in self.all_pools().await? {
            for row in self.store.signing_keys(pool).await.map_err(|error| error.to_string())? {
                signing.push(json!({"pool": row.pool, "kid": row.kid, "purpose": row.purpose, "state": row.state, "publishedUntil": row.published_until}));
            }
        }
        Ok(json!({"sealing": {"keys": ids, "active": self.pools.keys.active_id()}, "signing": signing}))
    }

    /// The file first, the ring second: a value sealed under a key that is not on disk could never be opened again.
    async fn rotate_sealing(&self) -> Result<Value, String> {
        let id = {
            let mut keys = self.keys.lock().map_err(|_| "the key file is in use")?;
            keys.rotate().map_err(|error| error.to_string())?
        };
        self.store.note_sealing_key(id).await.map_err(|error| error.to_string())?;
        let keys = self.keys.lock().map_err(|_| "the key file is in use")?;
        keys.refresh(&self.pools.keys).map_err(|error| error.to_string())?;
        Ok(json!({"active": id, "keys": keys.ids()}))
    }

    async fn rotate_signing(&self, pool: Option<String>, at_once: bool) -> Result<Value, String> {
        let pools = match pool {
            Some(pool) => vec![PoolId(pool)],
            None => self.all_pools().await?,
        };
        for pool in &pools {
            let (ring, id, now) = (Arc::clone(&self.pools.keys), pool.clone(), self.clock.now());
            let fresh = tokio::task::spawn_blocking(move || new_signing_keys(&ring, &SystemRandom, &id, now)).await;
            let fresh = fresh.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
            let overlap = if at_once { Overlap::Withdrawn } else { Overlap::Published };
            self.pools.rotate_keys(now, pool, fresh, overlap).await.map_err(|error| error.to_string())?;
        }
        Ok(json!({"rotated": pools}))
    }

    async fn withdraw_signing(&self, kid: &str) -> Result<Value, String> {
        for pool in self.all_pools().await? {
            let rows = self.store.signing_keys(pool.clone()).await.map_err(|error| error.to_string())?;
            if rows.iter().any(|row| row.kid == kid) {
                self.pools.withdraw_key(self.clock.now(), &pool, kid).await.map_err(|error| error.to_string())?;
                return Ok(json!({"withdrawn": kid, "pool": pool, "next": "cognate keys rotate --signing"}));
            }
        }
        Err(format!("no pool has a signing key {kid}; `cognate keys list` shows them"))
    }
}

/// Opens the database; trouble after that is told through the channel.
fn open_store(
    folder: &DataFolder,
    keys: &KeyFile,
    active: u32,
) -> Result<(SqliteStore, watch::Receiver<Option<String>>), DataError> {
    let (tell, trouble) = watch::channel(None);
    let on_trouble = move |trouble: Trouble| {
        let said = match trouble {
            Trouble::Corrupt(lines) => format!("the database is damaged: {lines}"),
            Trouble::WriteFailed(cause) => format!("the disk failed while writing: {cause}"),
        };
        tracing::error!(%said, "storage");
        tell.send_replace(Some(said));
    };
    let options = OpenOptions {
        known_key_ids: keys.ids(),
        active_key_id: Some(active),
        on_trouble: Some(Arc::new(on_trouble)),
        ..OpenOptions::default()
    };
    let path = folder.database();
    let store = SqliteStore::open(&path, &options)
        .map_err(|error| DataError(format!("cannot open {}: {error}", path.display())))?;
    Ok((store, trouble))
}

/// Object bytes and the function that keeps their metadata.
fn files(
    folder: &DataFolder,
    keys: &KeyFile,
    store: &SqliteStore,
    clock: &Clock,
    urls: &Urls,
    region: &str,
) -> Result<(Arc<ObjectService>, Arc<Dashboard>), DataError> {
    let secret = hex::encode(&keys.derived("presigned object URLs")?[..]);
    let credentials = sigv4::Credentials { access_key_id: "COGNATEOBJECTS".to_owned(), secret, session_token: None };
    let metadata = Arc::new(store.clone());
    let config = ObjectsConfig {
        folder: folder.objects(),
        credentials: credentials.clone(),
        region: region.to_owned(),
        path_prefix: "/_objects".to_owned(),
        allowed_origins: urls.pages.clone(),
        max_object_bytes: LARGEST_OBJECT,
        idle_timeout: Duration::from_secs(30),
    };
    let reports = UploadReports { metadata: metadata.clone(), clock: clock.clone() };
    let objects = ObjectService::open(config, Arc::new(reports))
        .map_err(|error| DataError(format!("the folder of objects: {error}")))?;
    let objects = Arc::new(objects);
    let presigned = objects::ObjectUrls::new(&urls.objects, credentials, region, UPLOAD_SECONDS, DOWNLOAD_SECONDS)
        .map_err(|error| DataError(error.to_string()))?;
    let bytes = Bytes::default();
    let _ = bytes.0.set(Arc::clone(&objects));
    let dashboard = Dashboard::new(
        metadata,
        Arc::new(Presigned(presigned)),
        Arc::new(bytes),
        Arc::new(SystemRandom),
        dashboard::Settings::default(),
    );
    Ok((objects, Arc::new(dashboard)))
}
