//! A function's process and everything it starts: one process group, under a small watchdog that ends the whole group
//! when the server is gone, however it went (its pipe to the server closes). No `unsafe`, no thread of ours.

use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

use super::launch::Launch;

/// Starts the program in the background, waits for the server's end of the pipe beside it, and passes the exit status
/// on. The watcher holds neither output pipe, so that these close with the function.
const WATCHDOG: &str = r#"exec 3<&0 </dev/null
"$@" 3<&- &
child=$!
{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 &
exec 3<&-
wait "$child"
exit $?"#;

/// A running process group. Dropping it ends the group.
pub(crate) struct Process {
    child: Child,
    group: Option<Pid>,
    /// While this is open the watchdog waits.
    _alive: Option<ChildStdin>,
}

/// The process's output.
pub(crate) struct Pipes {
    pub(crate) stdout: ChildStdout,
    pub(crate) stderr: ChildStderr,
}

impl Process {
    pub(crate) fn start(launch: &Launch, environment: Vec<(OsString, OsString)>) -> io::Result<(Self, Pipes)> {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(WATCHDOG).arg("cognate-function").arg(&launch.program).args(&launch.arguments);
        command.env_clear().envs(environment).current_dir(&launch.folder).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let alive = child.stdin.take();
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(io::Error::other("the process has no output pipes"));
        };
        Ok((Self { child, group, _alive: alive }, Pipes { stdout, stderr }))
    }

    /// Waits for the function's process to end and says how, in Lambda's words.
    pub(crate) async fn ended(&mut self) -> String {
        let status = self.child.wait().await;
        self.kill();
        status.map_or_else(|error| format!("Runtime exited with error: {error}"), said)
    }

    /// Whether it has ended already.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// The highest resident memory of the function's process so far, in MB, where the system tells it.
    pub(crate) fn peak_memory(&self) -> Option<u64> {
        let group = self.group?.as_raw_nonzero();
        let children = std::fs::read_to_string(format!("/proc/{group}/task/{group}/children")).ok()?;
        let status = std::fs::read_to_string(format!("/proc/{}/status", children.split_whitespace().next()?)).ok()?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        peak.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes.div_ceil(1024))
    }

    /// Ends the whole group at once. The watchdog is in it until the end, so the group's number cannot be another's yet.
    fn kill(&mut self) {
        if let Some(group) = self.group.take() {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The shell tells a death by signal as 128 and the signal's number.
fn said(status: ExitStatus) -> String {
    const NAMES: [(i32, &str); 6] = [
        (4, "illegal instruction"),
        (6, "aborted"),
        (8, "floating point exception"),
        (9, "killed"),
        (11, "segmentation fault"),
        (15, "terminated"),
    ];
    let name = |signal: i32| {
        let known = NAMES.iter().find(|(number, _)| *number == signal);
        known.map_or_else(|| format!("signal {signal}"), |(_, name)| (*name).to_owned())
    };
    match status.code() {
        Some(0) => "Runtime exited without providing a reason".to_owned(),
        Some(code) if code > 128 => format!("Runtime exited with error: signal: {}", name(code - 128)),
        Some(code) => format!("Runtime exited with error: exit status {code}"),
        None => "Runtime exited with error: signal: killed".to_owned(),
    }
}
