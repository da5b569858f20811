//! [`Bench`]: user pools over a real store in a temporary folder, everything else under the test's thumb.
use crate::doubles::{CapturedDecisions, CapturedMail, CheapHasher, Clock, ScriptedProviders, SeededRandom};
use crate::functions::ScriptedFunctions;
use crate::imports::MemoryImports;
use crate::rows;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{OpenOptions, SqliteStore};
use tempfile::TempDir;
use user_pools::client::{AppClient, ClientSettings};
use user_pools::clients::NewSecret;
use user_pools::names;
use user_pools::pool::{IssuerForm, PoolSettings, UserPool};
use user_pools::ports::{AuthEvents, Clients, Pools, Users};
use user_pools::sealing::KeyRing;
use user_pools::token::{KeyPurpose, KeyState, SigningKeyRow};
use user_pools::user::{User, UserStatus};
use user_pools::{Carried, Config, Millis, PoolId, RequestContext, UserPools};
use zeroize::Zeroizing;

/// The password of the bench's users.
pub const PASSWORD: &str = "Passw0rd!";
/// The secret of [`Bench::confidential_client`].
pub const CLIENT_SECRET: &str = "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno";
/// Base URL of the bench's server; issuers are `<BASE>/<pool id>`.
const BASE: &str = "http://localhost:4566";
/// Managed login on a prefix domain.
const LOGIN: &str = "http://{domain}.auth.localhost:4566";
/// Id of the bench's only sealing key.
const SEALING_KEY: u32 = 1;

/// A set-up for one test. Dropping it deletes the store.
pub struct Bench {
    /// The store behind `pools`.
    pub store: SqliteStore,
    /// User pools, ready.
    pub pools: UserPools,
    /// The clock; only [`Bench::cx`] and [`Bench::now`] read it.
    pub clock: Clock,
    /// Messages sent.
    pub mail: Arc<CapturedMail>,
    /// Identity providers, as the test wrote them.
    pub providers: Arc<ScriptedProviders>,
    /// Functions attached to pools.
    pub functions: Arc<ScriptedFunctions>,
    /// The files and logs of import jobs.
    pub imports: Arc<MemoryImports>,
    /// Decisions noted.
    pub decisions: Arc<CapturedDecisions>,
    /// The hasher behind `pools`.
    pub hasher: Arc<CheapHasher>,
    requests: AtomicU64,
    folder: TempDir,
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

impl Bench {
    /// An empty store and a clock at [`rows::NOW`].
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions {
            known_key_ids: vec![SEALING_KEY],
            active_key_id: Some(SEALING_KEY),
            changes_kept: 1,
            ..OpenOptions::default()
        };
        let store = SqliteStore::open(&folder.path().join("cognate.db"), &options).unwrap();
        let (mail, decisions) = (Arc::<CapturedMail>::default(), Arc::<CapturedDecisions>::default());
        let (hasher, providers) = (Arc::<CheapHasher>::default(), Arc::<ScriptedProviders>::default());
        let functions = Arc::<ScriptedFunctions>::default();
        let imports = Arc::<MemoryImports>::default();
        let pools = UserPools {
            store: Arc::new(store.clone()),
            random: Arc::new(SeededRandom::new(7)),
            passwords: hasher.clone(),
            messenger: mail.clone(),
            providers: providers.clone(),
            imports: imports.clone(),
            triggers: functions.clone(),
            keys: Arc::new(KeyRing::new(&[(SEALING_KEY, Zeroizing::new([42; 32]))], SEALING_KEY).unwrap()),
            decisions: decisions.clone(),
            config: Arc::new(Config {
                base: BASE.to_owned(),
                login: Some(LOGIN.to_owned()),
                issuer_form: IssuerForm::Own,
            }),
            memory: Arc::default(),
        };
        Self {
            store,
            pools,
            clock: Clock::default(),
            mail,
            providers,
            imports,
            functions,
            decisions,
            hasher,
            requests: AtomicU64::new(0),
            folder,
        }
    }

    /// What the clock shows.
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// A request at the bench's now, from 127.0.0.1, with an id of its own.
    pub fn cx(&self) -> RequestContext {
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        RequestContext {
            now: self.now(),
            request_id: format!("request-{number}"),
            client_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            trace_id: format!("trace-{number}"),
            locale: None,
            user_agent: Some("bench".to_owned()),
            carried: Carried::default(),
        }
    }

    /// The folder of the store, for tests that look into the file.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Sweeps as of a day later: of the control plane's changes only the newest stays, so whoever follows them is behind.
    pub async fn prune_changes(&self) {
        assert!(self.store.sweep(self.now() + 24 * rows::HOUR, 100).await.unwrap() > 0);
    }

    /// A pool with default settings.
    pub async fn pool(&self) -> UserPool {
        self.pool_with(|_| {}).await
    }

    /// A pool with changed settings. Its two signing keys are the bench's fixed ones (making new ones takes a fifth of a second).
    pub async fn pool_with(&self, change: impl FnOnce(&mut PoolSettings)) -> UserPool {
        let mut pool = rows::pool(&self.word(9));
        pool.created = self.now();
        pool.modified = self.now();
        change(&mut pool.settings);
        let keys = self.signing_keys(&pool.id);
        self.store.insert_pool(self.now(), pool.clone(), keys).await.unwrap();
        self.pools.refresh_keys(self.now(), &pool).await.unwrap();
        pool
    }

    /// A public client that may use every API flow and the code flow with the scopes of OpenID; callback `https://app.example/callback`,
    /// sign-out to `https://app.example/`.
    pub async fn client(&self, pool: &UserPool) -> AppClient {
        self.client_with(pool, |_| {}).await
    }

    /// As [`Bench::client`], with changed settings.
    pub async fn client_with(&self, pool: &UserPool, change: impl FnOnce(&mut ClientSettings)) -> AppClient {
        self.make_client(pool, NewSecret::None, change).await
    }

    /// As [`Bench::client`], with the secret [`CLIENT_SECRET`].
    pub async fn confidential_client(&self, pool: &UserPool) -> AppClient {
        let secret = NewSecret::Given(Zeroizing::new(CLIENT_SECRET.to_owned()));
        self.make_client(pool, secret, |_| {}).await
    }

    async fn make_client(
        &self,
        pool: &UserPool,
        secret: NewSecret,
        change: impl FnOnce(&mut ClientSettings),
    ) -> AppClient {
        let mut settings = client_settings();
        change(&mut settings);
        let client = self.pools.create_client(self.now(), pool, settings, secret).await.unwrap();
        self.store.client(client.id).await.unwrap()
    }

    /// A confirmed user with a verified e-mail address (`<name>@example.com`, or the name where it is one) and the password
    /// [`PASSWORD`]. In pools with `UsernameAttributes` the username is the sub. Make the client first: only then is there an SRP verifier.
    pub async fn user(&self, pool: &UserPool, name: &str) -> User {
        self.user_with(pool, name, |_| {}).await
    }

    /// As [`Bench::user`], changed before it is stored; aliases follow the attributes after the change.
    pub async fn user_with(&self, pool: &UserPool, name: &str, change: impl FnOnce(&mut User)) -> User {
        let mut user = rows::user(&pool.id, name);
        user.sub = self.pools.fresh_uuid();
        if !pool.settings.username_attributes.is_empty() {
            user.username.clone_from(&user.sub);
        }
        user.username_folded = names::fold(&pool.settings, &user.username);
        (user.created, user.modified) = (self.now(), self.now());
        let email = if name.contains('@') { name.to_owned() } else { format!("{name}@example.com") };
        user.attributes.insert("email".to_owned(), email);
        user.attributes.insert("email_verified".to_owned(), "true".to_owned());
        user.status = UserStatus::Confirmed;
        user.credentials.password = Some(self.pools.protect(pool, &user.sub, &user.username, PASSWORD).await.unwrap());
        change(&mut user);
        user.aliases = names::active_aliases(&pool.settings, user.status, &user.attributes);
        self.store.insert_user(self.now(), user.clone()).await.unwrap();
        user
    }

    /// Writes the events that were noted, as the server does a moment later.
    pub async fn write_events(&self) {
        let events = self.decisions.take_events().into_iter().map(|happened| happened.event).collect();
        self.store.append_auth_events(self.now(), events).await.unwrap();
    }

    /// The user as stored now. Panics when it is gone.
    pub async fn stored(&self, user: &User) -> User {
        self.store.user(user.pool.clone(), user.sub.clone()).await.unwrap()
    }

    fn word(&self, letters: usize) -> String {
        let mut bytes = vec![0; letters];
        self.pools.random.fill(&mut bytes);
        bytes.iter().map(|byte| char::from(b'a' + byte % 26)).collect()
    }

    fn signing_keys(&self, pool: &PoolId) -> Vec<SigningKeyRow> {
        let keys: Vec<FixedKey> = serde_json::from_str(include_str!("../keys/signing_keys.json")).unwrap();
        keys.into_iter().map(|key| self.sealed(pool, key)).collect()
    }

    fn sealed(&self, pool: &PoolId, key: FixedKey) -> SigningKeyRow {
        let der = STANDARD.decode(key.pkcs8).unwrap();
        SigningKeyRow {
            pool: pool.clone(),
            sealed: self.pools.keys.seal(&*self.pools.random, &[&pool.0, &key.kid, "signing"], &der),
            kid: key.kid,
            purpose: key.purpose,
            state: KeyState::Active,
            public_jwk: key.public_jwk,
            created: self.now(),
            published_until: None,
        }
    }
}

/// A key pair of the bench: public knowledge.
#[derive(Deserialize)]
struct FixedKey {
    purpose: KeyPurpose,
    kid: String,
    pkcs8: String,
    public_jwk: serde_json::Value,
}

fn client_settings() -> ClientSettings {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    ClientSettings {
        name: "bench".to_owned(),
        auth_flows: Some(owned(&[
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
        ])),
        identity_providers: Some(owned(&["COGNITO"])),
        callback_urls: owned(&["https://app.example/callback"]),
        logout_urls: owned(&["https://app.example/"]),
        oauth_enabled: true,
        oauth_flows: owned(&["code"]),
        oauth_scopes: owned(&["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"]),
        ..ClientSettings::default()
    }
}
