//! [`UserPools`]: the one object the doors talk to. Its calls are spread over this crate, one file per use.
use crate::domain::Domain;
use crate::memory::Memory;
use crate::pool::IssuerForm;
use crate::ports::{DecisionSink, Imports, Messenger, PasswordHasher, Providers, Random, Store, Triggers};
use crate::sealing::KeyRing;
use std::sync::Arc;

/// Settings of the server that this room must know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Base URL without trailing slash; an own-form issuer is `<base>/<pool id>`.
    pub base: String,
    /// Base URL of managed login on a prefix domain, `{domain}` standing for the prefix; `None` where login answers on `base` only.
    pub login: Option<String>,
    /// Issuer form of pools that do not choose.
    pub issuer_form: IssuerForm,
}

impl Config {
    /// Base URL of a pool's login pages: its own domain first, then its prefix, else the plain base, which asks the client for the pool.
    pub fn login_at(&self, domains: &[Domain]) -> String {
        if let Some(own) = domains.iter().find(|domain| domain.custom.is_some()) {
            return format!("https://{}", own.name);
        }
        match (&self.login, domains.first()) {
            (Some(login), Some(prefix)) => login.replace("{domain}", &prefix.name),
            _ => self.base.clone(),
        }
    }
}

/// Cognito user pools over whatever storage, mail, hashing and randomness it was given. Cheap to clone.
#[derive(Clone)]
pub struct UserPools {
    /// Storage.
    pub store: Arc<dyn Store>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Password hashing off the serving threads.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Mail and SMS.
    pub messenger: Arc<dyn Messenger>,
    /// Identity providers.
    pub providers: Arc<dyn Providers>,
    /// Files, logs and the worker of import jobs.
    pub imports: Arc<dyn Imports>,
    /// The functions attached to pools.
    pub triggers: Arc<dyn Triggers>,
    /// Seals secrets at rest and state in clients' hands.
    pub keys: Arc<KeyRing>,
    /// Where decisions are noted.
    pub decisions: Arc<dyn DecisionSink>,
    /// Server settings.
    pub config: Arc<Config>,
    /// Caches of this process (`Arc::default()` to begin with).
    pub memory: Arc<Memory>,
}

impl UserPools {
    /// A fresh UUID, for ids that AWS makes of them.
    pub fn fresh_uuid(&self) -> String {
        crate::random::uuid(&*self.random)
    }
}
