//! The whole server, put together.
use super::adapters::{Bytes, PoolIssuers, PoolPeople, Presigned, UploadReports};
use super::functions::{self as own_functions, FunctionSettings, InProcess};
use super::imports::{self, ImportDesk};
use super::providers::HttpProviders;
use super::urls::Urls;
use crate::data::{DataError, DataFolder, KeyFile};
use crate::mail::{Carrier, Mailbox, Round};
use crate::platform::{Clock, HashingPool, SystemRandom};
use crate::server::{Hall, Names, Network};
use crate::telemetry::{Decisions, Metrics};
use control_plane::Signatures;
use control_plane::apigatewayv2::{self, ApiGatewayV2};
use control_plane::cognito_idp::CognitoIdp;
use control_plane::lambda::{self, Lambda};
use dashboard::Dashboard;
use http_apis::{ApiStore, Gateway, GatewayOptions};
use login::Login;
use objects::{Inbox, ObjectService, ObjectsConfig};
use serde_json::Value;
use std::iter;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{OpenOptions, SqliteStore, Trouble};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use user_pools::pool::IssuerForm;
use user_pools::ports::DecisionSink;
use user_pools::{Scope, UserPools};

/// Lives of presigned URLs, in seconds.
const UPLOAD_SECONDS: u32 = 900;
const DOWNLOAD_SECONDS: u32 = 300;
/// Where objects are on the base.
const OBJECTS: &str = "/_objects";
const LARGEST_OBJECT: u64 = 5 * 1024 * 1024 * 1024;
/// How often what other processes may have changed is looked for, and what has ended is swept.
const FOLLOW: Duration = Duration::from_secs(1);
const SWEEP: Duration = Duration::from_secs(30);
const SWEEP_ROWS: usize = 500;
/// Between two batches others get their turn.
const BREATH: Duration = Duration::from_millis(10);

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
    pub carrier: Arc<dyn Carrier>,
    /// `dev`: the mailbox to show.
    pub mailbox: Option<Mailbox>,
    /// Reverse proxies to believe.
    pub trusted: Vec<Network>,
    /// HTTP APIs also answer at `/execute-api/…` on the base.
    pub path_apis: bool,
    /// The clock may be moved.
    pub test_clock: bool,
    /// Discovery names everything on the plain base.
    pub plain_login: bool,
    /// Threads for password hashing.
    pub hashing_threads: usize,
    /// CreateAuthorizer reads the issuer's discovery document.
    pub check_issuers: bool,
    /// Functions.
    pub functions: FunctionSettings,
}

/// The server, ready to be served.
pub struct App {
    /// The hall with all rooms.
    pub hall: Arc<Hall>,
    /// The gateway.
    pub gateway: Gateway,
    /// User pools.
    pub pools: Arc<UserPools>,
    /// Lambda functions.
    pub functions: functions::Functions,
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
    /// The way of decisions; flushed before the end.
    pub decisions: Decisions,
    /// One change of keys at a time: each reads what is there and writes it anew.
    pub(super) keys: tokio::sync::Mutex<KeyFile>,
    /// Files and logs of import jobs.
    pub(super) imports: Arc<ImportDesk>,
    /// Trouble in storage ends the process.
    pub trouble: watch::Receiver<Option<String>>,
    folder: DataFolder,
}

impl App {
    /// Opens the data folder and puts everything together. Must run inside the control runtime.
    pub async fn build(folder: DataFolder, settings: Settings) -> Result<Arc<Self>, DataError> {
        let control = Handle::current();
        let clock = Clock::default();
        let keys = KeyFile::open(&folder.root().join("keys.json"), folder.has_database()?)?;
        let ring = Arc::new(keys.ring()?);
        let (store, trouble) = open_store(&folder, &keys, ring.active_id())?;
        let uploads = settings.functions.uploads;
        let functions = own_functions::open(&folder, &store, Arc::clone(&ring), &clock, settings.functions).await?;
        let metrics = Arc::new(Metrics::default());
        let (sink, taken) = Decisions::new(Arc::clone(&metrics));
        control.spawn(sink.write(taken, Arc::new(store.clone()), clock.clone()));
        let decisions: Arc<dyn DecisionSink> = Arc::new(sink.clone());
        let hashing = hashing(settings.hashing_threads)?;
        let (postman, work) = Round::set_up(settings.carrier, clock.clone(), Arc::clone(&metrics));
        let presigned = Presigning::new(&keys, &settings.urls, &settings.scope.region)?;
        let imports = Arc::new(imports::open(&folder, &store, &clock, presigned.imports.clone())?);
        let pools = Arc::new(UserPools {
            imports: imports.clone(),
            store: Arc::new(store.clone()),
            random: Arc::new(SystemRandom),
            passwords: Arc::new(hashing),
            messenger: Arc::new(postman),
            providers: Arc::new(HttpProviders::default()),
            triggers: Arc::new(functions.invoker().clone()),
            keys: ring,
            decisions: Arc::clone(&decisions),
            config: Arc::new(config(&settings.urls, settings.issuer_form)),
            memory: Arc::default(),
        });
        work(Arc::clone(&pools));
        let seen = catch_up(&pools, &clock).await.map_err(|error| DataError(error.to_string()))?;
        let people = Arc::new(PoolPeople(Arc::clone(&pools)));
        let (objects, dashboard) = files(&folder, presigned, &store, people, &clock, imports.inbox())?;
        let apis: Arc<dyn ApiStore> = Arc::new(store.clone());
        let gateway = Gateway::new(
            http_apis::Ports {
                store: Arc::clone(&apis),
                functions: Arc::new(InProcess {
                    dashboard: Arc::clone(&dashboard),
                    invoker: functions.invoker().clone(),
                    clock: clock.clone(),
                    control: control.clone(),
                    account: settings.scope.account.clone(),
                }),
                issuers: Arc::new(PoolIssuers(Arc::clone(&pools.memory))),
                recorder: Arc::new(sink.clone()),
                random: Arc::new(SystemRandom),
            },
            GatewayOptions {
                path_forms: settings.path_apis,
                domains: iter::once("localhost".into()).chain(settings.urls.api_host()).collect(),
                ..GatewayOptions::default()
            },
        );
        gateway.refresh().await.map_err(|error| DataError(format!("the APIs cannot be read: {error}")))?;
        let options =
            apigatewayv2::Options { endpoint: settings.urls.api.clone(), check_issuers: settings.check_issuers };
        let doors = Doors { signatures: Arc::clone(&settings.signatures), decisions };
        let login_urls = login_urls(&settings.urls, settings.plain_login);
        let hall = Arc::new(Hall {
            clock: clock.clone(),
            metrics: Arc::clone(&metrics),
            names: names(&settings.urls, &gateway, &pools),
            trusted: settings.trusted,
            public_base: settings.urls.base.clone(),
            control: control.clone(),
            cognito: CognitoIdp::new(Arc::clone(&pools), Arc::clone(&settings.signatures)),
            apigateway: doors.apis(apis, &gateway, options),
            lambda: doors.functions(&functions, uploads),
            large: Hall::turns(),
            signatures: settings.signatures,
            login: Login::new(UserPools::clone(&pools), login_urls),
            pools: Arc::clone(&pools),
            objects,
            mailbox: settings.mailbox,
            test_clock: settings.test_clock,
        });
        let app = Arc::new(Self {
            hall,
            gateway,
            pools,
            functions,
            store,
            clock,
            urls: settings.urls,
            metrics,
            env: Mutex::new(Value::Null),
            decisions: sink,
            keys: tokio::sync::Mutex::new(keys),
            imports,
            trouble,
            folder,
        });
        control.spawn(Arc::clone(&app).follow(seen));
        control.spawn(Arc::clone(&app).sweep(dashboard));
        control.spawn(Arc::clone(&app).import());
        Ok(app)
    }

    /// The data folder.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// Follows the changes sequence: keys, custom domains, APIs.
    async fn follow(self: Arc<Self>, mut seen: u64) {
        let mut tick = tokio::time::interval(FOLLOW);
        loop {
            tick.tick().await;
            match self.pools.follow_key_changes(self.clock.now(), Some(seen)).await {
                Ok(seq) => seen = seq,
                Err(error) => tracing::warn!(%error, "changes of pools cannot be followed now"),
            }
            if let Err(error) = self.pools.follow_custom_domains().await {
                tracing::warn!(%error, "changes of login domains cannot be followed now");
            }
            if let Err(error) = self.gateway.refresh().await {
                tracing::warn!(%error, "changes of APIs cannot be followed now");
            }
        }
    }

    /// Deletes what has ended, in small batches with other acts in between until nothing is left, and uploads that never came.
    async fn sweep(self: Arc<Self>, dashboard: Arc<Dashboard>) {
        let mut tick = tokio::time::interval(SWEEP);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if let Err(error) = self.sweep_rows().await {
                tracing::warn!(%error, "ended rows could not be swept");
            }
            if let Err(error) = self.functions.sweep_code(self.clock.machine(), false).await {
                tracing::warn!(%error, "unused code of functions could not be swept");
            }
            if let Err(error) = self.sweep_uploads(&dashboard).await {
                tracing::warn!(%error, "pending uploads could not be swept");
            }
            if let Err(error) = self.imports.sweep(&self.pools, self.clock.now()).await {
                tracing::warn!(error, "files of import jobs could not be swept");
            }
        }
    }

    async fn sweep_rows(&self) -> user_pools::ports::StoreResult<()> {
        while self.store.sweep(self.clock.now(), SWEEP_ROWS).await? > 0 {
            tokio::time::sleep(BREATH).await;
        }
        Ok(())
    }

    async fn sweep_uploads(&self, dashboard: &Dashboard) -> Result<(), dashboard::ports::StoreError> {
        while dashboard.sweep(self.clock.now(), SWEEP_ROWS).await? > 0 {
            tokio::time::sleep(BREATH).await;
        }
        Ok(())
    }
}

/// Reads what the pools' caches hold; the place in the changes sequence that they stand at.
async fn catch_up(pools: &UserPools, clock: &Clock) -> user_pools::Result<u64> {
    let seen = pools.follow_key_changes(clock.now(), None).await?;
    pools.follow_custom_domains().await?;
    Ok(seen)
}

/// What the doors of the REST-JSON APIs share.
struct Doors {
    signatures: Arc<dyn Signatures>,
    decisions: Arc<dyn DecisionSink>,
}

impl Doors {
    fn apis(&self, store: Arc<dyn ApiStore>, gateway: &Gateway, options: apigatewayv2::Options) -> ApiGatewayV2 {
        let ports = apigatewayv2::Ports {
            store,
            gateway: gateway.clone(),
            random: Arc::new(SystemRandom),
            signatures: Arc::clone(&self.signatures),
            decisions: Arc::clone(&self.decisions),
        };
        ApiGatewayV2::new(ports, options)
    }

    fn functions(&self, functions: &functions::Functions, uploads: bool) -> Lambda {
        let ports = lambda::Ports {
            functions: functions.clone(),
            signatures: Arc::clone(&self.signatures),
            decisions: Arc::clone(&self.decisions),
        };
        Lambda::new(ports, uploads)
    }
}

fn config(urls: &Urls, issuer_form: IssuerForm) -> user_pools::Config {
    let login = urls.login.contains("{domain}").then(|| urls.login.clone());
    user_pools::Config { base: urls.base.clone(), login, issuer_form }
}

/// What the listener knows hosts by: the configured names, and what the gateway and the pools add as they change.
fn names(urls: &Urls, gateway: &Gateway, pools: &UserPools) -> Names {
    Names::new(&urls.base, Some(&urls.login), Some(&urls.objects), gateway.clone(), Arc::clone(&pools.memory))
}

fn login_urls(urls: &Urls, plain_login: bool) -> login::Urls {
    login::Urls { base: urls.base.clone(), login: urls.login.clone(), plain_login }
}

fn hashing(threads: usize) -> Result<HashingPool, DataError> {
    HashingPool::start(threads).map_err(|error| DataError(format!("cannot start the hashing threads: {error}")))
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

/// What presigned URLs are made and checked with.
struct Presigning {
    credentials: sigv4::Credentials,
    region: String,
    origins: Vec<String>,
    urls: objects::ObjectUrls,
    /// On the base, whose name every client of the API resolves already.
    imports: objects::ObjectUrls,
}

impl Presigning {
    fn new(keys: &KeyFile, urls: &Urls, region: &str) -> Result<Self, DataError> {
        let secret = hex::encode(&keys.derived("presigned object URLs")?[..]);
        let credentials =
            sigv4::Credentials { access_key_id: "COGNATEOBJECTS".to_owned(), secret, session_token: None };
        let made = |base: &str| {
            let credentials = credentials.clone();
            let made = objects::ObjectUrls::new(base, credentials, region, UPLOAD_SECONDS, DOWNLOAD_SECONDS);
            made.map_err(|error| DataError(error.to_string()))
        };
        Ok(Self {
            urls: made(&urls.objects)?,
            imports: made(&format!("{}{OBJECTS}", urls.base))?,
            region: region.to_owned(),
            origins: urls.pages.clone(),
            credentials,
        })
    }
}

/// Object bytes and the function that keeps their metadata.
fn files(
    folder: &DataFolder,
    presigned: Presigning,
    store: &SqliteStore,
    people: Arc<PoolPeople>,
    clock: &Clock,
    inbox: Inbox,
) -> Result<(Arc<ObjectService>, Arc<Dashboard>), DataError> {
    let metadata = Arc::new(store.clone());
    let config = ObjectsConfig {
        folder: folder.objects(),
        credentials: presigned.credentials,
        region: presigned.region,
        path_prefix: OBJECTS.to_owned(),
        allowed_origins: presigned.origins,
        max_object_bytes: LARGEST_OBJECT,
        idle_timeout: Duration::from_secs(30),
    };
    let reports = UploadReports { metadata: metadata.clone(), clock: clock.clone() };
    let objects = ObjectService::open(config, Arc::new(reports))
        .map_err(|error| DataError(format!("the folder of objects: {error}")))?;
    let objects = Arc::new(objects.with_inbox(inbox));
    let bytes = Bytes::default();
    let _ = bytes.0.set(Arc::clone(&objects));
    let dashboard = Dashboard::new(
        metadata,
        Arc::new(Presigned(presigned.urls)),
        Arc::new(bytes),
        people,
        Arc::new(SystemRandom),
        dashboard::Settings::default(),
    );
    Ok((objects, Arc::new(dashboard)))
}
