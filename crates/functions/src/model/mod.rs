//! What a function is: names, settings, code facts, policy. Owns the defaults, because clients read them back. No I/O.

mod name;
mod policy;
mod runtime;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use name::is_name;
pub use name::{FunctionKey, FunctionRef, LATEST};
pub use policy::{Caller, NewStatement, Statement};
pub(crate) use policy::{document, permits};
pub use runtime::{Runtime, RuntimeFamily};

/// Longest time a call may take, in seconds.
pub(crate) const MAX_TIMEOUT: u32 = 900;
/// Names and values of all environment variables together, in bytes.
pub(crate) const MAX_ENVIRONMENT: usize = 4096;
/// Workers of one function at most, unless its configuration says otherwise.
const CONCURRENCY: usize = 10;

/// Instruction set. Kept and shown; the code runs on this machine's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Architecture {
    /// `x86_64`.
    #[default]
    #[serde(rename = "x86_64")]
    X86,
    /// `arm64`.
    #[serde(rename = "arm64")]
    Arm,
}

impl Architecture {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "arm64",
        }
    }
}

/// X-Ray tracing. Kept and shown; nothing is traced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TracingMode {
    /// The default.
    #[default]
    PassThrough,
    /// Asked for.
    Active,
}

impl TracingMode {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PassThrough => "PassThrough",
            Self::Active => "Active",
        }
    }
}

/// The configuration a client sets, environment apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// AWS's name of the runtime; one that [`Runtime::parse`] knows.
    pub runtime: String,
    /// `module.function`; free text for `provided`.
    pub handler: String,
    /// Execution role. Kept and shown.
    pub role: String,
    /// Free text.
    pub description: String,
    /// Seconds a call may take, 1 to 900.
    pub timeout: u32,
    /// MB. Kept and shown, and told to the function.
    pub memory: u32,
    /// MB of `/tmp`. Kept and shown.
    pub ephemeral_storage: u32,
    /// X-Ray.
    pub tracing: TracingMode,
    /// `LoggingConfig` as given (format, levels, group). Kept and shown.
    pub logging: BTreeMap<String, String>,
}

impl Settings {
    /// A runtime and a handler, all else by default.
    pub fn new(runtime: &str, handler: &str, role: &str) -> Self {
        Self {
            runtime: runtime.to_owned(),
            handler: handler.to_owned(),
            role: role.to_owned(),
            description: String::new(),
            timeout: 3,
            memory: 128,
            ephemeral_storage: 512,
            tracing: TracingMode::default(),
            logging: BTreeMap::new(),
        }
    }
}

/// What UpdateFunctionConfiguration may change; what is absent stays.
#[derive(Clone, Default)]
#[allow(missing_docs, reason = "each is the setting of the same name")]
pub struct Change {
    pub runtime: Option<String>,
    pub handler: Option<String>,
    pub role: Option<String>,
    pub description: Option<String>,
    pub timeout: Option<u32>,
    pub memory: Option<u32>,
    pub ephemeral_storage: Option<u32>,
    pub tracing: Option<TracingMode>,
    pub logging: Option<BTreeMap<String, String>>,
    /// Replaces all variables.
    pub environment: Option<BTreeMap<String, String>>,
}

/// The deployed code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeFacts {
    /// SHA-256 of the zip, hex: also the name of its folder.
    pub sha256: String,
    /// Size of the zip in bytes.
    pub size: u64,
}

/// A function as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its name and owner.
    pub key: FunctionKey,
    /// Its configuration.
    pub settings: Settings,
    /// The environment variables (a JSON object), sealed and in Base64; absent without variables.
    pub sealed_environment: Option<String>,
    /// Instruction set.
    pub architecture: Architecture,
    /// The code.
    pub code: CodeFacts,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// The resource policy.
    pub policy: Vec<Statement>,
    /// `RevisionId`: new with every change.
    pub revision: String,
    /// Epoch milliseconds of the last change of code or configuration.
    pub modified: i64,
    /// For compare-and-swap; 1 when new.
    pub version: u64,
}

/// A function that the operator configured: a folder or a URL instead of a zip.
#[derive(Clone, PartialEq)]
pub struct Configured {
    /// Its name and owner.
    pub key: FunctionKey,
    /// Where it runs.
    pub source: Source,
    /// Its configuration.
    pub settings: Settings,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Workers at most; 10 by default.
    pub concurrency: Option<usize>,
}

/// Where a function's code runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In a process here, started in this folder.
    Folder {
        /// The folder, absolute.
        path: PathBuf,
        /// The program and its arguments that speak the Runtime API, instead of the runtime's own.
        command: Option<Vec<String>>,
        /// Start anew when a file in the folder has changed.
        reload: bool,
    },
    /// Elsewhere: the event is POSTed to this URL, the answer is the response's body.
    Url(url::Url),
}

/// All the engine needs to know to run a function.
#[derive(Clone)]
pub struct Definition {
    /// Its name and owner.
    pub key: FunctionKey,
    /// Where its code runs.
    pub source: Source,
    /// What starts it; `None` for a URL.
    pub runtime: Option<Runtime>,
    /// `_HANDLER`.
    pub handler: String,
    /// Its variables.
    pub environment: BTreeMap<String, String>,
    /// A call may take so long.
    pub timeout: Duration,
    /// MB, told to the function.
    pub memory: u32,
    /// Workers at most.
    pub concurrency: usize,
    /// Workers of another revision are not used again.
    pub revision: String,
    /// Which services may call it. `None`: those of its account and region, as its operator has set it up by hand.
    pub policy: Option<Vec<Statement>>,
}

/// Shows no variable: they are secrets often enough.
impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Definition");
        shown.field("arn", &self.key.arn()).field("source", &self.source).field("revision", &self.revision);
        shown.finish_non_exhaustive()
    }
}

impl Definition {
    /// What an uploaded function runs as.
    pub(crate) fn uploaded(function: &Function, environment: BTreeMap<String, String>, path: PathBuf) -> Self {
        let settings = &function.settings;
        let source = Source::Folder { path, command: None, reload: false };
        let policy = Some(function.policy.clone());
        Self { policy, ..Self::of(&function.key, settings, environment, source, CONCURRENCY, &function.revision) }
    }

    /// What a configured function runs as.
    pub(crate) fn configured(it: &Configured) -> Self {
        let concurrency = it.concurrency.unwrap_or(CONCURRENCY);
        Self::of(&it.key, &it.settings, it.environment.clone(), it.source.clone(), concurrency, "configured")
    }

    fn of(
        key: &FunctionKey,
        settings: &Settings,
        environment: BTreeMap<String, String>,
        source: Source,
        concurrency: usize,
        revision: &str,
    ) -> Self {
        Self {
            key: key.clone(),
            runtime: Runtime::parse(&settings.runtime),
            handler: settings.handler.clone(),
            environment,
            timeout: Duration::from_secs(settings.timeout.into()),
            memory: settings.memory,
            concurrency,
            revision: revision.to_owned(),
            source,
            policy: None,
        }
    }
}
