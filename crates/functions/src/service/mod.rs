//! What clients do with functions: make, show, change, delete, permit, tag. Rules and their order live here; the wire is
//! elsewhere. A change is what the next call runs before it is answered.

mod catalog;
mod rules;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::RwLock;
use user_pools::Scope;
use user_pools::ports::Random;
use user_pools::sealing::KeyRing;

use crate::code::CodeFolder;
use crate::engine::{Invoker, InvokerOptions};
use crate::errors::{FunctionsError, MAX_POLICY};
use crate::model::{
    Architecture, Change, CodeFacts, Configured, Function, FunctionKey, FunctionRef, NewStatement, Settings, Statement,
    document,
};
use crate::ports::{Clock, FunctionStore, StoreError};
use catalog::Directory;

type Result<T> = std::result::Result<T, FunctionsError>;

/// How often a change is tried again when somebody else changed the same function in between.
const TRIES: usize = 20;
/// Code that nobody has stays so long, in milliseconds: a call takes at most a quarter of an hour.
const UNUSED: i64 = 20 * 60 * 1000;
/// Tags of one function.
const MAX_TAGS: usize = 50;

/// What functions need from outside.
pub struct ServicePorts {
    /// Definitions.
    pub store: Arc<dyn FunctionStore>,
    /// Code packages.
    pub code: Arc<CodeFolder>,
    /// Seals environment variables.
    pub keys: Arc<KeyRing>,
    /// Ids, tokens, nonces.
    pub random: Arc<dyn Random>,
    /// Time, for deadlines.
    pub clock: Arc<dyn Clock>,
    /// Where functions run.
    pub runtime: Handle,
    /// Names of functions that the server has itself, elsewhere: nobody may make another of that name.
    pub taken: Vec<String>,
}

/// All functions. Cheap to clone.
#[derive(Clone)]
pub struct Functions {
    directory: Arc<Directory>,
    random: Arc<dyn Random>,
    invoker: Invoker,
    runtime: Handle,
    taken: Arc<[String]>,
    /// Read by those who deploy, written by the sweep: a package that is being deployed has no function yet.
    deploying: Arc<RwLock<()>>,
    unused: Arc<Mutex<HashMap<String, i64>>>,
}

/// What CreateFunction is given beside the name.
pub struct Created {
    /// Configuration.
    pub settings: Settings,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Instruction set.
    pub architecture: Architecture,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// The code.
    pub zip: Vec<u8>,
}

/// A function as clients see it.
#[derive(Clone)]
#[allow(missing_docs, reason = "as in `Function`")]
pub struct Shown {
    pub key: FunctionKey,
    pub settings: Settings,
    /// The variables, opened.
    pub environment: BTreeMap<String, String>,
    pub architecture: Architecture,
    /// Absent for a configured function: a folder or a URL.
    pub code: Option<CodeFacts>,
    pub tags: BTreeMap<String, String>,
    pub revision: String,
    pub modified: i64,
}

impl Functions {
    /// Functions over a store, those of the operator's configuration beside them. Must run inside a runtime.
    pub fn new(ports: ServicePorts, configured: Vec<Configured>, options: InvokerOptions) -> Self {
        let directory = Arc::new(Directory::new(ports.store, ports.code, ports.keys, configured));
        let invoker =
            Invoker::new(directory.clone(), ports.clock, Arc::clone(&ports.random), options, ports.runtime.clone());
        Self {
            directory,
            random: ports.random,
            invoker,
            runtime: ports.runtime,
            taken: ports.taken.into(),
            deploying: Arc::default(),
            unused: Arc::default(),
        }
    }

    /// The functions that the operator configured, by name.
    pub fn configured(&self) -> Vec<FunctionKey> {
        self.directory.keys_configured().cloned().collect()
    }

    /// The engine.
    pub fn invoker(&self) -> &Invoker {
        &self.invoker
    }

    /// Makes a function.
    pub async fn create(&self, now: i64, key: FunctionKey, asked: Created) -> Result<Shown> {
        rules::name(&key.name)?;
        rules::settings(&asked.settings)?;
        rules::environment(&asked.environment)?;
        rules::tags(&asked.tags)?;
        if self.directory.configured(&key).is_some() || self.taken.contains(&key.name) {
            return Err(FunctionsError::Exists(key.name));
        }
        let _deploying = self.deploying.read().await;
        let (runtime, handler) = (asked.settings.runtime.clone(), asked.settings.handler.clone());
        let code = self.keep(asked.zip, move |names| rules::handler(&runtime, &handler, names)).await?;
        let function = Function {
            sealed_environment: self.directory.seal(&*self.random, &key, &asked.environment),
            settings: asked.settings,
            architecture: asked.architecture,
            code,
            tags: asked.tags,
            policy: Vec::new(),
            revision: self.invoker.fresh_id(),
            modified: now,
            version: 1,
            key,
        };
        match self.directory.store.insert_function(now, function.clone()).await {
            Ok(()) => self.changed(&function),
            Err(StoreError::Exists) => Err(FunctionsError::Exists(function.key.name)),
            Err(error) => Err(FunctionsError::Store(error)),
        }
    }

    /// Shows a function.
    pub async fn get(&self, asked: &FunctionRef) -> Result<Shown> {
        if let Some(configured) = self.directory.configured(&asked.key).filter(|_| asked.is_latest()) {
            return Ok(of_configured(configured));
        }
        self.shown(&self.stored(asked).await?)
    }

    /// The functions of an account and region by name, after the given one, at most `limit`.
    pub async fn list(&self, scope: Scope, after: Option<String>, limit: u32) -> Result<Vec<Shown>> {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let behind = |name: &str| after.as_deref().is_none_or(|after| name > after);
        let configured = self.directory.all_configured(&scope).filter(|it| behind(&it.key.name));
        let mut found: Vec<Shown> = configured.map(of_configured).collect();
        let stored = self.directory.store.list_functions(scope, after.clone(), limit).await;
        for function in stored.map_err(FunctionsError::Store)? {
            if self.directory.configured(&function.key).is_none() {
                found.push(self.shown(&function)?);
            }
        }
        found.sort_by(|a, b| a.key.name.cmp(&b.key.name));
        found.truncate(most);
        Ok(found)
    }

    /// Deploys other code; with `dry_run` only checks it.
    pub async fn update_code(
        &self,
        now: i64,
        asked: &FunctionRef,
        zip: Vec<u8>,
        architecture: Option<Architecture>,
        revision: Option<&str>,
        dry_run: bool,
    ) -> Result<Shown> {
        let before = self.stored(asked).await?;
        same_revision(&before, revision)?;
        if dry_run {
            let code = self.blocking(move || CodeFolder::check(&zip)).await?;
            let checked = Function { code, architecture: architecture.unwrap_or(before.architecture), ..before };
            return self.shown(&checked);
        }
        let _deploying = self.deploying.read().await;
        // Nothing is said of the handler: it may be the next thing to change.
        let code = self.keep(zip, |_| Ok(())).await?;
        self.change(now, asked, revision, move |function| {
            function.code = code.clone();
            function.architecture = architecture.unwrap_or(function.architecture);
            function.modified = now;
            Ok(())
        })
        .await
    }

    /// Changes the configuration.
    pub async fn update_configuration(
        &self,
        now: i64,
        asked: &FunctionRef,
        change: Change,
        revision: Option<&str>,
    ) -> Result<Shown> {
        if let Some(environment) = &change.environment {
            rules::environment(environment)?;
        }
        self.change(now, asked, revision, |function| {
            let settings = &mut function.settings;
            replace(&mut settings.runtime, change.runtime.as_ref());
            replace(&mut settings.handler, change.handler.as_ref());
            replace(&mut settings.role, change.role.as_ref());
            replace(&mut settings.description, change.description.as_ref());
            replace(&mut settings.timeout, change.timeout.as_ref());
            replace(&mut settings.memory, change.memory.as_ref());
            replace(&mut settings.ephemeral_storage, change.ephemeral_storage.as_ref());
            replace(&mut settings.tracing, change.tracing.as_ref());
            replace(&mut settings.logging, change.logging.as_ref());
            if let Some(environment) = &change.environment {
                function.sealed_environment = self.directory.seal(&*self.random, &function.key, environment);
            }
            function.modified = now;
            rules::settings(&function.settings)
        })
        .await
    }

    /// Deletes a function. Its code goes a while later, when no other function has the same.
    pub async fn delete(&self, now: i64, asked: &FunctionRef) -> Result<()> {
        self.must_be_stored(asked)?;
        if !asked.is_latest() {
            return Err(not_found(asked));
        }
        let deleted = self.directory.store.delete_function(now, asked.key.clone()).await;
        self.directory.forget(&asked.key);
        self.invoker.forget(&asked.key);
        deleted.map_err(|error| about(asked, error))
    }

    /// Adds a statement to the policy and gives it back.
    pub async fn add_permission(
        &self,
        now: i64,
        asked: &FunctionRef,
        statement: &NewStatement,
        revision: Option<&str>,
    ) -> Result<Statement> {
        rules::principal(&statement.principal)?;
        let made = Statement::new(&asked.key.arn(), statement);
        self.change(now, asked, revision, |function| {
            if function.policy.iter().any(|known| known.id == made.id) {
                return Err(FunctionsError::StatementExists(made.id.clone()));
            }
            function.policy.push(made.clone());
            match document(&function.policy).map_or(0, |text| text.len()) {
                ..=MAX_POLICY => Ok(()),
                size => Err(FunctionsError::PolicyTooLong(size)),
            }
        })
        .await?;
        Ok(made)
    }

    /// Takes a statement out of the policy.
    pub async fn remove_permission(
        &self,
        now: i64,
        asked: &FunctionRef,
        id: &str,
        revision: Option<&str>,
    ) -> Result<()> {
        let removed = self.change(now, asked, revision, |function| {
            let before = function.policy.len();
            function.policy.retain(|statement| statement.id != id);
            if function.policy.len() == before { Err(FunctionsError::NoStatement(id.to_owned())) } else { Ok(()) }
        });
        removed.await.map(drop)
    }

    /// The policy document and the function's revision.
    pub async fn policy(&self, asked: &FunctionRef) -> Result<(String, String)> {
        if self.directory.configured(&asked.key).is_some() {
            return Err(FunctionsError::NoPolicy);
        }
        let function = self.stored(asked).await?;
        let policy = document(&function.policy).ok_or(FunctionsError::NoPolicy)?;
        Ok((policy, function.revision))
    }

    /// Sets tags.
    pub async fn tag(&self, now: i64, asked: &FunctionRef, tags: &BTreeMap<String, String>) -> Result<()> {
        rules::tags(tags)?;
        let tagged = self.change(now, asked, None, |function| {
            function.tags.extend(tags.clone());
            if function.tags.len() > MAX_TAGS {
                return Err(FunctionsError::parameter(format!("A function may have at most {MAX_TAGS} tags.")));
            }
            Ok(())
        });
        tagged.await.map(drop)
    }

    /// Takes tags away.
    pub async fn untag(&self, now: i64, asked: &FunctionRef, keys: &[String]) -> Result<()> {
        let untagged = self.change(now, asked, None, |function| {
            function.tags.retain(|key, _| !keys.contains(key));
            Ok(())
        });
        untagged.await.map(drop)
    }

    /// The deployed zip.
    pub async fn zip(&self, key: &FunctionKey) -> Result<Vec<u8>> {
        let asked = FunctionRef { key: key.clone(), qualifier: None };
        let function = self.stored(&asked).await?;
        let directory = Arc::clone(&self.directory);
        self.blocking(move || {
            directory.code.zip(&function.code).map_err(|error| FunctionsError::Disk(error.to_string()))
        })
        .await
    }

    /// Removes code that no function has had for longer than any call may take (a call that runs may still read its
    /// files), all of it at a start; how many packages went. `now` on the machine's clock.
    pub async fn sweep_code(&self, now: i64, at_start: bool) -> Result<usize> {
        let _nobody_deploys = self.deploying.write().await;
        let in_use = self.directory.store.code_in_use().await.map_err(FunctionsError::Store)?;
        let (directory, unused) = (Arc::clone(&self.directory), Arc::clone(&self.unused));
        let disk = |error: std::io::Error| FunctionsError::Disk(error.to_string());
        self.blocking(move || {
            let on_disk = directory.code.packages().map_err(disk)?;
            let mut unused = unused.lock().unwrap_or_else(PoisonError::into_inner);
            let without: Vec<String> = on_disk.into_iter().filter(|package| !in_use.contains(package)).collect();
            unused.retain(|package, _| without.contains(package));
            let mut gone = 0;
            for package in without {
                let since = *unused.entry(package.clone()).or_insert(now);
                if at_start || now.saturating_sub(since) >= UNUSED {
                    match directory.code.remove(&package) {
                        Ok(()) => gone += 1,
                        Err(error) => tracing::warn!(%package, %error, "unused code could not be removed"),
                    }
                    unused.remove(&package);
                }
            }
            Ok(gone)
        })
        .await
    }

    /// Changes one function; `apply` runs again on the fresh row when somebody else was quicker.
    async fn change(
        &self,
        now: i64,
        asked: &FunctionRef,
        revision: Option<&str>,
        apply: impl Fn(&mut Function) -> Result<()>,
    ) -> Result<Shown> {
        for _ in 0..TRIES {
            let mut function = self.stored(asked).await?;
            same_revision(&function, revision)?;
            apply(&mut function)?;
            function.revision = self.invoker.fresh_id();
            match self.directory.store.replace_function(now, function.clone()).await {
                Ok(_) => return self.changed(&function),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(about(asked, error)),
            }
        }
        Err(FunctionsError::Busy(asked.key.arn()))
    }

    async fn stored(&self, asked: &FunctionRef) -> Result<Function> {
        self.must_be_stored(asked)?;
        if !asked.is_latest() {
            return Err(not_found(asked));
        }
        self.directory.store.function(asked.key.clone()).await.map_err(|error| about(asked, error))
    }

    fn must_be_stored(&self, asked: &FunctionRef) -> Result<()> {
        match self.directory.configured(&asked.key) {
            None => Ok(()),
            Some(_) => Err(FunctionsError::parameter(format!(
                "The function {} is set by the server's configuration; change it there.",
                asked.key.name
            ))),
        }
    }

    /// The next call runs what was stored just now.
    fn changed(&self, function: &Function) -> Result<Shown> {
        self.directory.forget(&function.key);
        self.invoker.forget(&function.key);
        self.shown(function)
    }

    fn shown(&self, function: &Function) -> Result<Shown> {
        let environment = self.directory.open(function).map_err(|error| FunctionsError::Disk(error.0))?;
        Ok(Shown {
            key: function.key.clone(),
            settings: function.settings.clone(),
            environment,
            architecture: function.architecture,
            code: Some(function.code.clone()),
            tags: function.tags.clone(),
            revision: function.revision.clone(),
            modified: function.modified,
        })
    }

    /// Keeps a zip whose entries' names pass.
    async fn keep(
        &self,
        zip: Vec<u8>,
        pass: impl FnOnce(&[String]) -> Result<()> + Send + 'static,
    ) -> Result<CodeFacts> {
        let directory = Arc::clone(&self.directory);
        self.blocking(move || directory.code.keep(&zip, pass)).await
    }

    async fn blocking<T: Send + 'static>(&self, act: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let done = self.runtime.spawn_blocking(act).await;
        done.unwrap_or_else(|error| Err(FunctionsError::Disk(error.to_string())))
    }
}

fn replace<T: Clone>(old: &mut T, new: Option<&T>) {
    if let Some(new) = new {
        old.clone_from(new);
    }
}

fn same_revision(function: &Function, revision: Option<&str>) -> Result<()> {
    if revision.is_none_or(|revision| revision == function.revision) { Ok(()) } else { Err(FunctionsError::Revision) }
}

fn not_found(asked: &FunctionRef) -> FunctionsError {
    let qualifier = asked.qualifier.as_ref().map(|qualifier| format!(":{qualifier}")).unwrap_or_default();
    FunctionsError::NotFound(asked.key.arn() + &qualifier)
}

fn about(asked: &FunctionRef, error: StoreError) -> FunctionsError {
    match error {
        StoreError::NotFound => not_found(asked),
        other => FunctionsError::Store(other),
    }
}

fn of_configured(configured: &Configured) -> Shown {
    Shown {
        key: configured.key.clone(),
        settings: configured.settings.clone(),
        environment: configured.environment.clone(),
        architecture: Architecture::default(),
        code: None,
        tags: BTreeMap::new(),
        revision: "configured".to_owned(),
        modified: 0,
    }
}
