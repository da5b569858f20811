//! The one engine that runs functions, whoever asks: gateway, triggers, the Lambda API. Finds the definition, keeps the
//! pool of its workers, bounds everything. A caller who gives up leaves the function running to its own time-out.

mod answer;
mod folder;
mod launch;
mod output;
mod pool;
mod port;
mod process;
mod programs;
mod remote;
mod runtime_api;
mod worker;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use user_pools::Scope;
use user_pools::ports::Random;

pub use answer::{Answer, Denied, ErrorKind, FunctionError, Invoked, MAX_PAYLOAD, Unavailable};
pub use launch::Surroundings;

use crate::model::{Caller, Definition, FunctionKey, FunctionRef, Source, permits};
use crate::ports::Clock;
use pool::Pool;
use programs::Programs;
use remote::Remote;

/// How often idle workers are looked at.
const LOOK: Duration = Duration::from_secs(15);

/// Sources whose missing permission is remembered as told.
const MOST_TOLD: usize = 1000;

/// Where definitions come from.
#[async_trait]
pub(crate) trait Catalog: Send + Sync {
    /// What to run for this function; `None` when there is none. Called for every call: a map look-up as a rule.
    async fn definition(&self, key: &FunctionKey) -> Result<Option<Arc<Definition>>, Unavailable>;
}

/// How the engine behaves.
#[derive(Clone, Debug)]
pub struct InvokerOptions {
    /// What functions are lent of the server's surroundings.
    pub surroundings: Surroundings,
    /// An idle worker ends after so long.
    pub idle: Duration,
    /// Processes of all functions together, at most.
    pub processes: usize,
    /// Services may call an uploaded function only where its policy says so, as on AWS; else that is logged once and let be.
    pub held_to_policies: bool,
}

impl Default for InvokerOptions {
    fn default() -> Self {
        Self {
            surroundings: Surroundings::default(),
            idle: Duration::from_mins(5),
            processes: 200,
            held_to_policies: true,
        }
    }
}

/// One call.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The event: JSON.
    pub payload: Bytes,
    /// The id it runs under: what the function's context says.
    pub request_id: String,
    /// The id of the request that caused it, which its lines in the log stand under; `request_id` when absent.
    pub cause: Option<String>,
    /// The caller waits until then; epoch milliseconds on the house's clock.
    pub deadline: i64,
    /// The end of the log is wanted.
    pub tail: bool,
    /// `X-Amz-Client-Context`, decoded: JSON.
    pub client_context: Option<String>,
}

impl Invocation {
    /// The id its lines in the log stand under.
    pub(crate) fn under(&self) -> &str {
        self.cause.as_deref().unwrap_or(&self.request_id)
    }
}

pub(crate) struct Core {
    pub(crate) options: InvokerOptions,
    pub(crate) clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    catalog: Arc<dyn Catalog>,
    pools: Mutex<HashMap<FunctionKey, Arc<Pool>>>,
    pub(crate) programs: Programs,
    remote: Remote,
    runtime: Handle,
    told: Mutex<HashSet<(FunctionKey, String)>>,
    /// One for each process that may still be started.
    slots: Arc<Semaphore>,
}

/// The engine. Cheap to clone; when the last clone goes, idle workers end.
#[derive(Clone)]
pub struct Invoker {
    core: Arc<Core>,
}

impl Invoker {
    /// An engine on this runtime (listeners' own threads must not run functions).
    pub(crate) fn new(
        catalog: Arc<dyn Catalog>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        options: InvokerOptions,
        runtime: Handle,
    ) -> Self {
        let (pools, programs, remote, told) = (Mutex::default(), Programs::default(), Remote::new(), Mutex::default());
        let slots = Arc::new(Semaphore::new(options.processes));
        let core = Arc::new(Core { options, clock, random, catalog, pools, programs, remote, runtime, told, slots });
        let watched = Arc::downgrade(&core);
        core.runtime.spawn(async move {
            let mut tick = tokio::time::interval(LOOK);
            loop {
                tick.tick().await;
                let Some(core) = watched.upgrade() else { return };
                let pools: Vec<Arc<Pool>> = core.pools().values().cloned().collect();
                for pool in pools {
                    pool.end_idle(core.options.idle);
                }
            }
        });
        Self { core }
    }

    /// Has a service call a function by its ARN and waits until it has answered or `deadline_ms` (epoch, the house's
    /// clock) is over. Only functions of the caller's account and region can be called; whether others exist is not told.
    /// `request_id`: of the request that caused this.
    pub async fn invoke(
        &self,
        by: &Caller<'_>,
        arn: &str,
        payload: Bytes,
        deadline_ms: i64,
        request_id: &str,
    ) -> Result<Answer, Unavailable> {
        let Some(asked) = FunctionRef::parse_arn(arn) else { return Ok(Answer::NotFound) };
        let key = &asked.key;
        if key.account != by.scope.account || key.region != by.scope.region {
            return Ok(Answer::Denied(foreign(key, by)));
        }
        let definition = self.core.catalog.definition(key).await?;
        let Some(definition) = definition.filter(|_| asked.is_latest()) else { return Ok(Answer::NotFound) };
        if let Some(why) = self.core.forbids(&definition, by) {
            return Ok(Answer::Denied(why));
        }
        let invocation = Invocation {
            payload,
            request_id: self.fresh_id(),
            cause: Some(request_id.to_owned()),
            deadline: deadline_ms,
            tail: false,
            client_context: None,
        };
        self.run(definition, invocation).await.map(|invoked| invoked.answer)
    }

    /// Calls a function for somebody who may.
    pub async fn call(&self, key: &FunctionKey, invocation: Invocation) -> Result<Invoked, Unavailable> {
        match self.core.catalog.definition(key).await? {
            Some(definition) => self.run(definition, invocation).await,
            None => Ok(Answer::NotFound.into()),
        }
    }

    async fn run(&self, definition: Arc<Definition>, invocation: Invocation) -> Result<Invoked, Unavailable> {
        let left = invocation.deadline.saturating_sub(self.core.clock.now());
        let patience = Duration::from_millis(u64::try_from(left).unwrap_or(0));
        // A task of its own: a caller that goes away must not take a worker with it in the middle of a call.
        let core = Arc::clone(&self.core);
        let task = self.core.runtime.spawn(async move { core.run(definition, invocation, patience).await });
        match tokio::time::timeout(patience, task).await {
            Ok(Ok(invoked)) => Ok(invoked),
            Ok(Err(broken)) => Err(Unavailable(broken.to_string())),
            Err(_) => Ok(Answer::Deadline.into()),
        }
    }

    /// An id for a call that brings none.
    pub fn fresh_id(&self) -> String {
        let mut bytes = [0; 16];
        self.core.random.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// Ends the workers of a function; calls that are running end well.
    pub(crate) fn forget(&self, key: &FunctionKey) {
        if let Some(pool) = self.core.pools().remove(key) {
            pool.close();
        }
    }

    /// Ends all idle workers and keeps no new ones.
    pub fn close(&self) {
        self.core.pools().drain().for_each(|(_, pool)| pool.close());
    }
}

fn foreign(key: &FunctionKey, by: &Caller<'_>) -> Denied {
    let Scope { account, region } = by.scope;
    let why = format!("{} is not of the caller's account {account} and region {region}", key.arn());
    Denied { why, fix: "name a function of the same account and region".to_owned() }
}

/// Says what is missing, and the command that gives it.
fn unpermitted(key: &FunctionKey, by: &Caller<'_>) -> Denied {
    let (name, service, source) = (&key.name, by.service, by.source_arn);
    // An API is permitted as a whole, as people do; one route alone would be the next refusal.
    let whole = |source: &str| source.split_once('/').map(|(api, _)| format!("{api}/*"));
    let source = source.contains(":execute-api:").then(|| whole(source)).flatten().unwrap_or_else(|| source.to_owned());
    let id = service.split('.').next().unwrap_or(service);
    let fix = format!(
        "aws lambda add-permission --function-name {name} --statement-id {id} --action lambda:InvokeFunction --principal {service} --source-arn '{source}'"
    );
    Denied { why: format!("no statement of the policy of {name} lets {service} call it"), fix }
}

impl Core {
    fn pools(&self) -> MutexGuard<'_, HashMap<FunctionKey, Arc<Pool>>> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leave to start a process. When there is none left, idle ones of all functions make room.
    pub(crate) fn slot(&self) -> Option<OwnedSemaphorePermit> {
        let slot = || Arc::clone(&self.slots).try_acquire_owned().ok();
        slot().or_else(|| {
            let pools: Vec<Arc<Pool>> = self.pools().values().cloned().collect();
            for pool in pools {
                pool.end_idle(Duration::ZERO);
            }
            slot()
        })
    }

    /// Why a service may not call the function. Where policies are only for show, that is logged, once for each source.
    fn forbids(&self, definition: &Definition, by: &Caller<'_>) -> Option<Denied> {
        let policy = definition.policy.as_ref()?;
        if permits(policy, by) {
            return None;
        }
        let Denied { why, fix } = unpermitted(&definition.key, by);
        if self.options.held_to_policies {
            return Some(Denied { why, fix });
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < MOST_TOLD && told.insert((definition.key.clone(), by.source_arn.to_owned())) {
            tracing::warn!(%why, %fix, "AWS would refuse this call (Invalid permissions on Lambda function); here it goes through");
        }
        None
    }

    async fn run(&self, definition: Arc<Definition>, invocation: Invocation, patience: Duration) -> Invoked {
        match &definition.source {
            Source::Url(url) => self.remote.call(url, &definition, &invocation).await.into(),
            Source::Folder { .. } => self.pool(definition).call(self, invocation, patience).await,
        }
    }

    /// The pool of this revision; workers of an earlier one end.
    fn pool(&self, definition: Arc<Definition>) -> Arc<Pool> {
        let mut pools = self.pools();
        if let Some(pool) = pools.get(&definition.key) {
            if pool.definition.revision == definition.revision {
                return Arc::clone(pool);
            }
            pool.close();
        }
        let key = definition.key.clone();
        let pool = Arc::new(Pool::new(definition));
        pools.insert(key, Arc::clone(&pool));
        pool
    }

    /// 128 random bits.
    pub(crate) fn token(&self) -> String {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        hex::encode(bytes)
    }

    /// `2026/11/25`.
    pub(crate) fn day(&self) -> String {
        let at = jiff::Timestamp::from_millisecond(self.clock.machine()).unwrap_or_default();
        at.strftime("%Y/%m/%d").to_string()
    }

    /// An X-Ray trace header that is not sampled.
    pub(crate) fn trace_id(&self) -> String {
        let token = self.token();
        let seconds = self.clock.machine().div_euclid(1000);
        format!("Root=1-{seconds:08x}-{};Parent={};Sampled=0", &token[..24], &self.token()[..16])
    }
}
