//! One process of one function, from its start to its end: it answers one event at a time.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::answer::{ErrorKind, FunctionError};
use super::launch::{Surroundings, environment, launch};
use super::output::Output;
use super::process::Process;
use super::programs::Programs;
use super::runtime_api::{Event, RuntimeApi, Told};
use crate::model::Definition;

/// Lambda gives a start ten seconds; a slow machine with a slow disk gets as long as a call where that is longer.
const START: Duration = Duration::from_secs(10);

/// A process that waits for an event, or answers one.
pub(crate) struct Worker {
    process: Process,
    api: RuntimeApi,
    pub(crate) output: Output,
    /// How long the start took; told once.
    pub(crate) start: Option<Duration>,
    /// When it became idle.
    pub(crate) idle_since: Instant,
    /// What the folder looked like when it started.
    pub(crate) print: u64,
    /// Its place among all processes; given back with it.
    _slot: Option<OwnedSemaphorePermit>,
}

/// How a call of a worker ended.
pub(crate) enum Ended {
    /// The process answered and can take the next event.
    Payload(Bytes),
    /// The process told an error and can take the next event.
    Error(FunctionError),
    /// The process is of no use any more.
    Dead(FunctionError),
    /// It ended before it fetched the event: nobody has seen that event.
    Unseen,
}

/// A start that came to nothing, and what was printed until then.
pub(crate) struct NotStarted {
    pub(crate) error: FunctionError,
    pub(crate) tail: Vec<u8>,
}

impl NotStarted {
    /// Two processes in a row ended before they fetched the event.
    pub(crate) fn ended() -> Self {
        let text = "Error: Runtime exited without asking for an event";
        Self { error: FunctionError::own(ErrorKind::Init, "Runtime.ExitError", text), tail: Vec::new() }
    }
}

impl Worker {
    /// Starts a process and waits until it asks for an event.
    pub(crate) async fn start(
        definition: &Definition,
        surroundings: &Surroundings,
        programs: &Programs,
        token: &str,
        stream: &str,
        print: u64,
    ) -> Result<Self, NotStarted> {
        let began = Instant::now();
        let failed = |error| NotStarted { error, tail: Vec::new() };
        let own = |text: String| failed(FunctionError::own(ErrorKind::Init, "Runtime.InvalidEntrypoint", text));
        let launch = launch(definition, surroundings, programs).await.map_err(own)?;
        let api = RuntimeApi::open(token).await.map_err(|error| own(error.to_string()))?;
        let variables = environment(definition, surroundings, &launch.folder, &api.address, stream);
        let (process, pipes) = Process::start(&launch, variables)
            .map_err(|error| own(format!("fork/exec {}: {error}", launch.program.display())))?;
        let output = Output::read(&definition.key.name, pipes);
        let mut worker = Self { process, api, output, start: None, idle_since: began, print, _slot: None };
        match worker.until_ready(START.max(definition.timeout)).await {
            Ok(()) => {
                worker.start = Some(began.elapsed());
                // What it printed on its way belongs to the start, not to the first call.
                worker.output.settle().await;
                Ok(worker)
            }
            Err(error) => {
                worker.output.settle().await;
                Err(NotStarted { error, tail: worker.output.tail() })
            }
        }
    }

    /// The same with its place among all processes.
    pub(crate) fn holding(self, slot: OwnedSemaphorePermit) -> Self {
        Self { _slot: Some(slot), ..self }
    }

    async fn until_ready(&mut self, limit: Duration) -> Result<(), FunctionError> {
        tokio::select! {
            // What the process told before it ended counts more than that it ended.
            biased;
            started = self.api.started() => started,
            how = self.process.ended() => {
                let told = self.api.failure();
                Err(told.unwrap_or_else(|| FunctionError::own(ErrorKind::Init, "Runtime.ExitError", format!("Error: {how}"))))
            }
            () = tokio::time::sleep(limit) => {
                let text = format!("Init timed out after {:.2} seconds", limit.as_secs_f64());
                Err(FunctionError::own(ErrorKind::Init, "Sandbox.Timedout", text))
            }
        }
    }

    /// Has the process answer one event within the limit. When it does not, the whole group is ended.
    pub(crate) async fn call(&mut self, event: Event, limit: Duration) -> Ended {
        let request_id = event.request_id.clone();
        let told = self.api.hand_out(event).await;
        tokio::select! {
            biased;
            told = told => match told {
                Ok(Told::Payload(payload)) => Ended::Payload(payload),
                Ok(Told::Error(error)) => Ended::Error(error),
                Err(_) => Ended::Dead(FunctionError::exited(&request_id, "Runtime exited without providing a reason")),
            },
            how = self.process.ended() => {
                if self.api.was_fetched() { Ended::Dead(FunctionError::exited(&request_id, &how)) } else { Ended::Unseen }
            }
            () = tokio::time::sleep(limit) => Ended::Dead(FunctionError::timed_out(&request_id, limit.as_secs_f64())),
        }
    }

    /// Whether its process has ended while it was idle.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.process.has_ended()
    }

    /// The process's highest memory in MB.
    pub(crate) fn peak_memory(&self) -> Option<u64> {
        self.process.peak_memory()
    }
}
