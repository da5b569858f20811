//! Where the engine finds what to run: the operator's configuration first, then the store, remembered until a change.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use user_pools::Scope;
use user_pools::ports::Random;
use user_pools::sealing::KeyRing;

use crate::code::CodeFolder;
use crate::engine::{Catalog, Unavailable};
use crate::model::{Configured, Definition, Function, FunctionKey};
use crate::ports::{FunctionStore, StoreError};

pub(super) struct Directory {
    pub(super) store: Arc<dyn FunctionStore>,
    pub(super) code: Arc<CodeFolder>,
    keys: Arc<KeyRing>,
    configured: BTreeMap<FunctionKey, (Configured, Arc<Definition>)>,
    memory: Mutex<Memory>,
}

/// Definitions read from the store. A read that a change overtook is not remembered.
#[derive(Default)]
struct Memory {
    changes: u64,
    definitions: HashMap<FunctionKey, Arc<Definition>>,
}

impl Directory {
    pub(super) fn new(
        store: Arc<dyn FunctionStore>,
        code: Arc<CodeFolder>,
        keys: Arc<KeyRing>,
        configured: Vec<Configured>,
    ) -> Self {
        let with_definition = |it: Configured| (it.key.clone(), (it.clone(), Arc::new(Definition::configured(&it))));
        let configured = configured.into_iter().map(with_definition).collect();
        Self { store, code, keys, configured, memory: Mutex::default() }
    }

    pub(super) fn configured(&self, key: &FunctionKey) -> Option<&Configured> {
        self.configured.get(key).map(|(configured, _)| configured)
    }

    pub(super) fn keys_configured(&self) -> impl Iterator<Item = &FunctionKey> {
        self.configured.keys()
    }

    pub(super) fn all_configured(&self, scope: &Scope) -> impl Iterator<Item = &Configured> {
        let own = move |it: &&Configured| it.key.account == scope.account && it.key.region == scope.region;
        self.configured.values().map(|(configured, _)| configured).filter(own)
    }

    /// The function has changed or is gone.
    pub(super) fn forget(&self, key: &FunctionKey) {
        let mut memory = self.memory();
        memory.changes += 1;
        memory.definitions.remove(key);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seals variables; `None` when there are none.
    pub(super) fn seal(
        &self,
        random: &dyn Random,
        key: &FunctionKey,
        variables: &BTreeMap<String, String>,
    ) -> Option<String> {
        let plain = serde_json::to_vec(variables).unwrap_or_default();
        let sealed = || self.keys.seal(random, &[&key.arn(), "environment"], &plain);
        (!variables.is_empty()).then(|| STANDARD.encode(sealed()))
    }

    /// Opens a function's variables.
    pub(super) fn open(&self, function: &Function) -> Result<BTreeMap<String, String>, Unavailable> {
        let Some(sealed) = &function.sealed_environment else { return Ok(BTreeMap::new()) };
        let arn = function.key.arn();
        let plain =
            STANDARD.decode(sealed).ok().and_then(|sealed| self.keys.open(&[&arn, "environment"], &sealed).ok());
        let read = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        read.ok_or_else(|| Unavailable(format!("the environment of {arn} does not open")))
    }
}

#[async_trait]
impl Catalog for Directory {
    async fn definition(&self, key: &FunctionKey) -> Result<Option<Arc<Definition>>, Unavailable> {
        if let Some((_, definition)) = self.configured.get(key) {
            return Ok(Some(Arc::clone(definition)));
        }
        let before = {
            let memory = self.memory();
            if let Some(definition) = memory.definitions.get(key) {
                return Ok(Some(Arc::clone(definition)));
            }
            memory.changes
        };
        let function = match self.store.function(key.clone()).await {
            Ok(function) => function,
            Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(Unavailable(error.to_string())),
        };
        let environment = self.open(&function)?;
        let definition = Arc::new(Definition::uploaded(&function, environment, self.code.task(&function.code)));
        let mut memory = self.memory();
        if memory.changes == before {
            memory.definitions.insert(key.clone(), Arc::clone(&definition));
        }
        Ok(Some(definition))
    }
}
