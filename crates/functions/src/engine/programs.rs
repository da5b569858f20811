//! Which program on this machine runs a runtime's handlers. A file of the right name may be a version manager's shim
//! that refuses, so each is asked for the program behind it; what it says is remembered, which also saves the shim's time.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::process::Command;

use super::launch::{Surroundings, is_executable, which};
use crate::model::{Runtime, RuntimeFamily};

/// A shim that asks a person something is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// The programs that were found.
#[derive(Default)]
pub(crate) struct Programs {
    known: Mutex<HashMap<String, PathBuf>>,
}

impl Programs {
    /// The program for a runtime; `None` when there is none. What was not found is looked for again the next time.
    pub(crate) async fn find(&self, runtime: &Runtime, surroundings: &Surroundings) -> Option<PathBuf> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&runtime.name).cloned();
        if let Some(known) = known.filter(|program| is_executable(program)) {
            return Some(known);
        }
        for name in runtime.programs() {
            let Some(program) = which(&name, &surroundings.path) else { continue };
            if let Some(behind) = behind(&program, runtime.family, surroundings).await {
                let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                known.insert(runtime.name.clone(), behind.clone());
                return Some(behind);
            }
        }
        None
    }
}

/// What the program says it is.
async fn behind(program: &Path, family: RuntimeFamily, surroundings: &Surroundings) -> Option<PathBuf> {
    let ask: &[&str] = match family {
        RuntimeFamily::Python => &["-c", "import sys; print(sys.executable)"],
        RuntimeFamily::Node => &["-p", "process.execPath"],
        RuntimeFamily::Provided => return None,
    };
    let mut command = Command::new(program);
    command.args(ask).env_clear().env("PATH", &surroundings.path).kill_on_drop(true);
    if let Some(home) = &surroundings.home {
        command.env("HOME", home);
    }
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let output = tokio::time::timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    (output.status.success() && is_executable(&path)).then_some(path)
}
