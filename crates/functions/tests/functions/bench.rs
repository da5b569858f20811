//! A service over a store in a temporary folder, and functions configured from sources given in the test.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use functions::ports::Clock;
use functions::{
    Answer, CodeFolder, Configured, FunctionError, FunctionKey, Functions, Invocation, Invoked, InvokerOptions,
    ServicePorts, Settings, Source, Surroundings,
};
use serde_json::Value;
use tokio::runtime::Handle;
use user_pools::Scope;

pub const ACCOUNT: &str = "000000000000";

struct Machine;

impl Clock for Machine {
    fn now(&self) -> i64 {
        self.machine()
    }

    #[allow(clippy::disallowed_methods, reason = "functions compare their deadline with the machine's clock")]
    fn machine(&self) -> i64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        i64::try_from(since.as_millis()).unwrap()
    }
}

pub struct Bench {
    pub inner: testing::Bench,
    pub functions: Functions,
    pub folder: tempfile::TempDir,
}

/// The PATH of this test run; what the tests need must be on it.
pub fn surroundings() -> Surroundings {
    let path = std::env::var_os("PATH").unwrap();
    for needed in ["python3", "node"] {
        let there = std::env::split_paths(&path).any(|folder| folder.join(needed).is_file());
        assert!(there, "these tests start real functions: {needed} must be on the PATH");
    }
    let variables = BTreeMap::from([("AWS_ENDPOINT_URL".to_owned(), "http://localhost:4566".to_owned())]);
    Surroundings { path, home: std::env::var_os("HOME"), variables }
}

pub fn key(name: &str) -> FunctionKey {
    FunctionKey::new(&Scope { account: ACCOUNT.to_owned(), region: "us-east-1".to_owned() }, name)
}

impl Bench {
    pub fn new(configured: impl FnOnce(&Path) -> Vec<Configured>) -> Self {
        Self::with(configured, InvokerOptions { surroundings: surroundings(), ..InvokerOptions::default() })
    }

    pub fn with(configured: impl FnOnce(&Path) -> Vec<Configured>, options: InvokerOptions) -> Self {
        let inner = testing::Bench::new();
        let folder = tempfile::tempdir().unwrap();
        let configured = configured(folder.path());
        let ports = ServicePorts {
            store: Arc::new(inner.store.clone()),
            code: Arc::new(CodeFolder::open(&folder.path().join("code")).unwrap()),
            keys: inner.pools.keys.clone(),
            random: inner.pools.random.clone(),
            clock: Arc::new(Machine),
            runtime: Handle::current(),
            taken: vec!["dashboard".to_owned()],
        };
        Self { functions: Functions::new(ports, configured, options), inner, folder }
    }

    pub fn invocation(event: &Value) -> Invocation {
        Invocation {
            payload: Bytes::from(event.to_string()),
            request_id: uuid(),
            cause: None,
            deadline: Machine.now() + 60_000,
            tail: true,
            client_context: None,
        }
    }

    pub async fn call(&self, name: &str, event: Value) -> Invoked {
        self.functions.invoker().call(&key(name), Self::invocation(&event)).await.unwrap()
    }

    /// The JSON a function answered.
    pub async fn ok(&self, name: &str, event: Value) -> Value {
        let invoked = self.call(name, event).await;
        match &invoked.answer {
            Answer::Payload(payload) => serde_json::from_slice(payload).unwrap(),
            other => panic!("{other:?}\n{}", tail(&invoked)),
        }
    }

    /// The error a function ended in.
    pub async fn error(&self, name: &str, event: Value) -> FunctionError {
        let invoked = self.call(name, event).await;
        match invoked.answer {
            Answer::Failed(error) => error,
            other => panic!("{other:?}"),
        }
    }
}

pub fn tail(invoked: &Invoked) -> String {
    String::from_utf8_lossy(invoked.log_tail.as_deref().unwrap_or_default()).into_owned()
}

fn uuid() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("00000000-0000-4000-8000-{:012}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A folder with these files (a file named `bootstrap` can be started).
pub fn folder(root: &Path, name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = root.join(name);
    for (file, content) in files {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        if *file == "bootstrap" {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(&path, mode).unwrap();
        }
    }
    folder
}

/// A configured function in a folder.
pub fn configured(root: &Path, name: &str, runtime: &str, handler: &str, files: &[(&str, &str)]) -> Configured {
    Configured {
        key: key(name),
        source: Source::Folder { path: folder(root, name, files), command: None, reload: true },
        settings: Settings { timeout: 20, ..Settings::new(runtime, handler, "") },
        environment: BTreeMap::new(),
        concurrency: Some(4),
    }
}

/// A Python function of one file.
pub fn python(root: &Path, name: &str, source: &str) -> Configured {
    configured(root, name, "python3.12", "app.handler", &[("app.py", source)])
}

/// A Node function of one file.
pub fn node(root: &Path, name: &str, file: &str, source: &str) -> Configured {
    configured(root, name, "nodejs20.x", "app.handler", &[(file, source)])
}

/// The same with a time-out in seconds.
pub fn within(seconds: u32, mut it: Configured) -> Configured {
    it.settings.timeout = seconds;
    it
}

/// Waits until something holds, for at most ten seconds.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("did not come true: {what}");
}

/// Whether a process runs (a zombie does not).
pub fn runs(pid: u64) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
}
