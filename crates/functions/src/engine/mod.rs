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

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::runtime::Handle;
use user_pools::ports::Random;

pub use answer::{Answer, ErrorKind, FunctionError, Invoked, MAX_PAYLOAD, Unavailable};
pub use launch::Surroundings;

use crate::model::{Definition, FunctionKey, FunctionRef, Source};
use crate::ports::Clock;
use pool::Pool;
use programs::Programs;
use remote::Remote;

/// How often idle workers are looked at.
const LOOK: Duration = Duration::from_secs(15);

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
}

impl Default for InvokerOptions {
    fn default() -> Self {
        Self { surroundings: Surroundings::default(), idle: Duration::from_mins(5) }
    }
}

/// One call.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The event: JSON.
    pub payload: Bytes,
    /// The id it runs under, in the log and in the function's context.
    pub request_id: String,
    /// The caller waits until then; epoch milliseconds on the house's clock.
    pub deadline: i64,
    /// The end of the log is wanted.
    pub tail: bool,
    /// `X-Amz-Client-Context`, decoded: JSON.
    pub client_context: Option<String>,
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
        let (pools, programs, remote) = (Mutex::default(), Programs::default(), Remote::new());
        let core = Arc::new(Core { options, clock, random, catalog, pools, programs, remote, runtime });
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

    /// Calls a function by its ARN and waits until it has answered or `deadline_ms` (epoch, the house's clock) is over.
    pub async fn invoke(
        &self,
        arn: &str,
        payload: Bytes,
        deadline_ms: i64,
        request_id: &str,
    ) -> Result<Answer, Unavailable> {
        let Some(asked) = FunctionRef::parse_arn(arn).filter(FunctionRef::is_latest) else {
            return Ok(Answer::NotFound);
        };
        let invocation = Invocation {
            payload,
            request_id: request_id.to_owned(),
            deadline: deadline_ms,
            tail: false,
            client_context: None,
        };
        self.call(&asked.key, invocation).await.map(|invoked| invoked.answer)
    }

    /// Calls a function.
    pub async fn call(&self, key: &FunctionKey, invocation: Invocation) -> Result<Invoked, Unavailable> {
        let Some(definition) = self.core.catalog.definition(key).await? else { return Ok(Answer::NotFound.into()) };
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

impl Core {
    fn pools(&self) -> MutexGuard<'_, HashMap<FunctionKey, Arc<Pool>>> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
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
