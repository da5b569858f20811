//! The workers of one function: so many at most, the warm ones used first, a bounded queue before them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::answer::{Answer, Invoked};
use super::folder::print_of;
use super::runtime_api::Event;
use super::worker::{Ended, NotStarted, Worker};
use super::{Core, Invocation};
use crate::model::{Definition, LATEST, Source};

/// Calls that may wait for a worker.
const QUEUE: usize = 100;

/// All workers of one revision of a function.
pub(crate) struct Pool {
    pub(crate) definition: Arc<Definition>,
    permits: Semaphore,
    waiting: AtomicUsize,
    idle: Mutex<Vec<Worker>>,
    closed: AtomicBool,
}

impl Pool {
    pub(crate) fn new(definition: Arc<Definition>) -> Self {
        let permits = Semaphore::new(definition.concurrency.max(1));
        let (waiting, closed) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { definition, permits, waiting, idle: Mutex::default(), closed }
    }

    /// Runs one call. `patience`: how long the caller will wait for a place.
    pub(crate) async fn call(&self, core: &Core, invocation: Invocation, patience: Duration) -> Invoked {
        let _place = match self.place(patience).await {
            Ok(place) => place,
            Err(answer) => return answer.into(),
        };
        let print = self.folder_print().await;
        let mut again = true;
        loop {
            let worker = match self.warm(print) {
                Some(worker) => Ok(worker),
                None => self.fresh(core, print, &invocation).await,
            };
            match worker {
                Ok(worker) => match self.run(worker, core, &invocation).await {
                    Some(invoked) => return invoked,
                    // The process had ended on its own just before: nothing was lost, another one gets the event.
                    None if again => again = false,
                    None => return failed_start(&invocation, NotStarted::ended()),
                },
                Err(instead) => return instead,
            }
        }
    }

    /// No new idle workers from now on, and an end to those there are.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.idle().clear();
    }

    /// Ends workers that have been idle for so long.
    pub(crate) fn end_idle(&self, longer_than: Duration) {
        self.idle().retain_mut(|worker| worker.idle_since.elapsed() < longer_than && !worker.has_ended());
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn place(&self, patience: Duration) -> Result<SemaphorePermit<'_>, Answer> {
        if let Ok(permit) = self.permits.try_acquire() {
            return Ok(permit);
        }
        let _waiting = Waiting::join(&self.waiting).ok_or(Answer::Throttled)?;
        match tokio::time::timeout(patience, self.permits.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(Answer::NotFound),
            Err(_) => Err(Answer::Deadline),
        }
    }

    /// The warmest worker that still fits; those that do not are ended.
    fn warm(&self, print: u64) -> Option<Worker> {
        let mut idle = self.idle();
        while let Some(mut worker) = idle.pop() {
            if worker.print == print && !worker.has_ended() {
                return Some(worker);
            }
        }
        None
    }

    /// Another process, or what the call ends in instead.
    async fn fresh(&self, core: &Core, print: u64, invocation: &Invocation) -> Result<Worker, Invoked> {
        let slot = core.slot().ok_or_else(|| Invoked::from(Answer::Throttled))?;
        let token = core.token();
        let stream = format!("{}/[{LATEST}]{}", core.day(), &token[..16]);
        let (surroundings, programs) = (&core.options.surroundings, &core.programs);
        let started = Worker::start(&self.definition, surroundings, programs, &token, &stream, print).await;
        match started {
            Ok(worker) => Ok(worker.holding(slot)),
            Err(not_started) => Err(failed_start(invocation, not_started)),
        }
    }

    /// What a folder that is watched looks like now; 0 where nothing is watched.
    async fn folder_print(&self) -> u64 {
        let Source::Folder { path, reload: true, .. } = &self.definition.source else { return 0 };
        let path = path.clone();
        tokio::task::spawn_blocking(move || print_of(&path)).await.unwrap_or_default()
    }

    /// One event through one worker; `None` when nobody saw it.
    async fn run(&self, mut worker: Worker, core: &Core, invocation: &Invocation) -> Option<Invoked> {
        let limit = self.definition.timeout;
        let fresh = worker.start.take();
        worker.output.begin(invocation.under(), fresh.is_some());
        worker.output.platform(&format!("START RequestId: {} Version: {LATEST}", invocation.request_id));
        let event = Event {
            request_id: invocation.request_id.clone(),
            payload: invocation.payload.clone(),
            deadline: core.clock.machine().saturating_add(i64::try_from(limit.as_millis()).unwrap_or(i64::MAX)),
            arn: self.definition.key.arn(),
            trace_id: core.trace_id(),
            client_context: invocation.client_context.clone(),
        };
        let began = Instant::now();
        let ended = worker.call(event, limit).await;
        let took = began.elapsed();
        let (answer, alive) = match ended {
            Ended::Unseen => return None,
            Ended::Payload(payload) => (Answer::Payload(payload), true),
            Ended::Error(error) => (Answer::Failed(error), true),
            Ended::Dead(error) => (Answer::Failed(error), false),
        };
        // Lines of this call must not stand under the id of the next one.
        worker.output.settle().await;
        let log_tail =
            if invocation.tail { Some(self.report(&worker, invocation, &answer, took, fresh)) } else { None };
        if alive && !self.closed.load(Ordering::SeqCst) {
            worker.idle_since = Instant::now();
            self.idle().push(worker);
        }
        Some(Invoked { answer, log_tail })
    }

    /// The end of the log, closed with AWS's END and REPORT lines.
    fn report(
        &self,
        worker: &Worker,
        invocation: &Invocation,
        answer: &Answer,
        took: Duration,
        start: Option<Duration>,
    ) -> Vec<u8> {
        let id = &invocation.request_id;
        if let Answer::Failed(error) = answer {
            let about = format!("RequestId: {id} ");
            let text = error.error_message.strip_prefix(&about).unwrap_or(&error.error_message);
            worker.output.platform(&format!("{id} {text}"));
        }
        worker.output.platform(&format!("END RequestId: {id}"));
        let millis = |time: Duration| time.as_secs_f64() * 1000.0;
        let (memory, peak) = (self.definition.memory, worker.peak_memory().unwrap_or(0));
        let start = start.map_or_else(String::new, |start| format!("Init Duration: {:.2} ms\t", millis(start)));
        worker.output.platform(&format!(
            "REPORT RequestId: {id}\tDuration: {:.2} ms\tBilled Duration: {} ms\tMemory Size: {memory} MB\tMax Memory Used: {peak} MB\t{start}",
            millis(took),
            took.as_millis() + 1,
        ));
        worker.output.tail()
    }
}

fn failed_start(invocation: &Invocation, not_started: NotStarted) -> Invoked {
    let error = &not_started.error;
    let (function_error, said) = (&error.error_type, &error.error_message);
    tracing::warn!(request_id = invocation.under(), %function_error, %said, "a function did not start");
    let log_tail = invocation.tail.then_some(not_started.tail);
    Invoked { answer: Answer::Failed(not_started.error), log_tail }
}

/// One call in the queue.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    /// `None` when the queue is full.
    fn join(queue: &'a AtomicUsize) -> Option<Self> {
        let more = |waiting: usize| (waiting < QUEUE).then_some(waiting + 1);
        // Made only on success: dropping one counts down.
        queue.fetch_update(Ordering::SeqCst, Ordering::SeqCst, more).ok().map(|_| Self(queue))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
