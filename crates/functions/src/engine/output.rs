//! What a function prints: every line goes into the server's log under the request id, and the end of it is kept for
//! callers who ask for it. All of it is bounded; the function controls every byte.

use std::collections::VecDeque;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::{mpsc, oneshot};

use super::process::Pipes;

/// What LogType=Tail gives at most.
const TAIL: usize = 4096;
/// A longer line is cut into several.
const LINE: usize = 8192;
/// What was written before an answer is read within this time, unless more and more comes.
const SETTLED: Duration = Duration::from_millis(200);
/// Lines of one call that reach the server's log.
const LINES: usize = 2000;

/// The log of one worker. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Output {
    kept: Arc<Mutex<Kept>>,
    flush: Vec<mpsc::Sender<oneshot::Sender<()>>>,
}

struct Kept {
    function: String,
    request_id: String,
    tail: VecDeque<u8>,
    lines: usize,
}

impl Output {
    /// Reads both pipes until they close. Must run inside a runtime.
    pub(crate) fn read(function: &str, pipes: Pipes) -> Self {
        let kept = Arc::new(Mutex::new(Kept {
            function: function.to_owned(),
            request_id: "init".to_owned(),
            tail: VecDeque::new(),
            lines: 0,
        }));
        let (out, from_out) = mpsc::channel(1);
        let (err, from_err) = mpsc::channel(1);
        tokio::spawn(follow(pipes.stdout, from_out, Arc::clone(&kept)));
        tokio::spawn(follow(pipes.stderr, from_err, Arc::clone(&kept)));
        Self { kept, flush: vec![out, err] }
    }

    /// Lines from now on belong to this request. What was printed before its first byte was (init) stays in the tail.
    pub(crate) fn begin(&self, request_id: &str, keep: bool) {
        let mut kept = lock(&self.kept);
        kept.request_id = request_id.to_owned();
        kept.lines = 0;
        if !keep {
            kept.tail.clear();
        }
    }

    /// A line of the platform's own (START, END, REPORT).
    pub(crate) fn platform(&self, line: &str) {
        lock(&self.kept).keep(format!("{line}\n").as_bytes());
    }

    /// Waits until all that has been written to the pipes by now is here. A function that never stops writing is not
    /// waited for.
    pub(crate) async fn settle(&self) {
        let settled = async {
            for flush in &self.flush {
                let (done, wait) = oneshot::channel();
                if flush.send(done).await.is_ok() {
                    let _ = wait.await;
                }
            }
        };
        let _ = tokio::time::timeout(SETTLED, settled).await;
    }

    /// The last 4 KB.
    pub(crate) fn tail(&self) -> Vec<u8> {
        lock(&self.kept).tail.iter().copied().collect()
    }
}

impl Kept {
    fn keep(&mut self, bytes: &[u8]) {
        let bytes = &bytes[bytes.len().saturating_sub(TAIL)..];
        self.tail.extend(bytes);
        let beyond = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..beyond);
    }

    fn line(&mut self, line: &[u8]) {
        self.lines += 1;
        let (function, request_id) = (self.function.as_str(), self.request_id.as_str());
        match self.lines {
            ..=LINES => {
                let line = plain(&String::from_utf8_lossy(line));
                tracing::info!(target: "functions::output", function, request_id, "{line}");
            }
            count if count == LINES + 1 => {
                tracing::warn!(target: "functions::output", function, request_id, "further lines of this call are dropped");
            }
            _ => {}
        }
    }
}

/// One line for the log: what would move a terminal's cursor or forge another line is shown, not done.
fn plain(line: &str) -> String {
    let shown = |char: char| match char {
        '\t' => "\t".to_owned(),
        _ if char.is_control() => char.escape_unicode().to_string(),
        _ => char.to_string(),
    };
    line.trim_end().chars().map(shown).collect()
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads one pipe. Asked to settle, it reads on until the pipe is empty.
async fn follow(
    mut pipe: impl AsyncRead + AsFd + Unpin,
    mut flush: mpsc::Receiver<oneshot::Sender<()>>,
    kept: Arc<Mutex<Kept>>,
) {
    let mut open = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    let mut asked: Option<oneshot::Sender<()>> = None;
    loop {
        if asked.is_some() && rustix::io::ioctl_fionread(&pipe).unwrap_or(0) == 0 {
            asked = None;
        }
        let read = tokio::select! {
            biased;
            read = pipe.read(&mut buffer) => read.unwrap_or(0),
            Some(done) = flush.recv(), if asked.is_none() => {
                asked = Some(done);
                continue;
            }
        };
        if read == 0 {
            break;
        }
        take(&mut open, &buffer[..read], &kept);
    }
    if !open.is_empty() {
        lock(&kept).line(&open);
    }
}

fn take(open: &mut Vec<u8>, bytes: &[u8], kept: &Mutex<Kept>) {
    let mut kept = lock(kept);
    kept.keep(bytes);
    for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
        open.extend_from_slice(piece);
        if piece.ends_with(b"\n") || open.len() >= LINE {
            kept.line(open);
            open.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> Mutex<Kept> {
        Mutex::new(Kept { function: "f".into(), request_id: "r".into(), tail: VecDeque::new(), lines: 0 })
    }

    #[test]
    fn only_the_last_four_kilobytes_are_kept() {
        let kept = kept();
        let mut open = Vec::new();
        for number in 0..10_000 {
            take(&mut open, format!("line {number}\n").as_bytes(), &kept);
        }
        let tail: Vec<u8> = lock(&kept).tail.iter().copied().collect();
        assert_eq!(tail.len(), TAIL);
        assert!(tail.ends_with(b"line 9999\n"));
        assert_eq!(lock(&kept).lines, 10_000);
    }

    #[test]
    fn a_line_in_the_log_moves_no_cursor_and_forges_no_line() {
        assert_eq!(plain("a\u{1b}[2J\rINFO\tb\r\n"), "a\\u{1b}[2J\\u{d}INFO\tb");
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let kept = kept();
        let mut open = Vec::new();
        take(&mut open, &vec![b'x'; 100_000], &kept);
        take(&mut open, b"y", &kept);
        assert!(open.len() < LINE && lock(&kept).lines >= 1);
    }
}
