//! The only thread that writes. It takes what is queued into one transaction, commits, and only then answers: group commit.
//! Every act runs in a savepoint of its own, so a failing act leaves nothing and does not touch its neighbours.
use crate::error::{Act, Fail};
use crate::open::{Trouble, TroubleSink};
use rusqlite::{Connection, ErrorCode};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use tokio::sync::{mpsc, oneshot};

/// Most acts in one transaction: bounds how long the first of them waits for the last.
const BATCH: usize = 512;
/// Changed rows after which the checkpointer is woken; about 4 MB of log.
const ROWS_PER_CHECKPOINT: u64 = 500;

/// What the writer is sent.
pub(crate) enum Message {
    /// An act to run. It gets the connection, or the reason why it cannot run.
    Act(Job),
    /// Finish the queue and end.
    Stop,
}

type Job = Box<dyn FnOnce(Result<&Connection, Fail>) -> Done + Send>;

/// An act that has run and waits for the commit.
pub(crate) struct Done {
    error: Option<Fail>,
    /// Answers the caller: with the act's result, or with this error when the commit failed.
    reply: Box<dyn FnOnce(Option<Fail>) + Send>,
}

/// Wraps an act for the queue.
pub(crate) fn job<T: Send + 'static>(
    act: impl FnOnce(&Connection) -> Act<T> + Send + 'static,
    answer: oneshot::Sender<Act<T>>,
) -> Job {
    Box::new(move |db| {
        let result = db.and_then(|db| {
            // A bug in one act must not take the writer down with it.
            catch_unwind(AssertUnwindSafe(|| act(db)))
                .unwrap_or_else(|_| Err(Fail::Unavailable("a storage act panicked".to_owned())))
        });
        let error = result.as_ref().err().cloned();
        let reply = Box::new(move |commit: Option<Fail>| {
            // The caller may have gone away; the act stands all the same.
            let _ = answer.send(match commit {
                Some(fail) => result.and(Err(fail)),
                None => result,
            });
        });
        Done { error, reply }
    })
}

/// State of the writer thread.
pub(crate) struct Writer {
    pub db: Connection,
    /// Commits that changed something: each is one flush of the log.
    pub flushes: Arc<AtomicU64>,
    /// Set by the checkpointer when the log has grown so far that writers must wait for a full checkpoint.
    pub log_too_long: Arc<AtomicBool>,
    pub wake_checkpointer: SyncSender<()>,
    pub rows_since_checkpoint: u64,
    pub trouble: TroubleSink,
    /// Set after a commit failed in the device; nothing is written any more.
    pub broken: Option<Fail>,
}

impl Writer {
    /// Serves the queue until it is closed or told to stop, then marks the shutdown as clean.
    pub(crate) fn serve(mut self, mut queue: mpsc::Receiver<Message>) {
        while let Some(Message::Act(first)) = queue.blocking_recv() {
            if !self.batch(first, &mut queue) {
                break;
            }
        }
        queue.close();
        if self.broken.is_none()
            && let Err(error) = crate::open::mark_clean(&self.db)
        {
            tracing::warn!(error = ?Fail::from(error), "the store could not be marked as cleanly closed");
        }
    }

    /// One transaction over everything queued. False when told to stop.
    fn batch(&mut self, first: Job, queue: &mut mpsc::Receiver<Message>) -> bool {
        self.restart_long_log();
        let before = self.db.total_changes();
        let mut done = Vec::new();
        let mut next = Some(first);
        let mut go_on = true;
        let mut fate = self.begin();
        while let Some(act) = next.take() {
            let ran = match &fate {
                Ok(()) => self.run(act),
                Err(fail) => act(Err(fail.clone())),
            };
            fate = fate.and_then(|()| self.still_open(ran.error.as_ref()));
            done.push(ran);
            if done.len() < BATCH {
                match queue.try_recv() {
                    Ok(Message::Act(act)) => next = Some(act),
                    Ok(Message::Stop) => go_on = false,
                    Err(_) => {}
                }
            }
        }
        let fate = fate.and_then(|()| self.commit(before));
        for act in done {
            (act.reply)(fate.clone().err());
        }
        go_on
    }

    fn begin(&mut self) -> Act<()> {
        if let Some(fail) = &self.broken {
            return Err(fail.clone());
        }
        self.statement("BEGIN IMMEDIATE")
    }

    /// Runs one act in its savepoint.
    fn run(&self, act: Job) -> Done {
        if let Err(fail) = self.statement("SAVEPOINT act") {
            return act(Err(fail));
        }
        let done = act(Ok(&self.db));
        let ended = if done.error.is_some() { self.undo() } else { self.statement("RELEASE act") };
        if let Err(fail) = ended {
            tracing::error!(error = ?fail, "a savepoint did not end");
            // Without its savepoint the act cannot be told from its neighbours: give the whole transaction up.
            let _ = self.statement("ROLLBACK");
        }
        done
    }

    fn undo(&self) -> Act<()> {
        if self.db.is_autocommit() {
            return Ok(());
        }
        self.statement("ROLLBACK TO act")?;
        self.statement("RELEASE act")
    }

    /// A full disk or a broken device may make SQLite roll the whole transaction back on its own; then nobody's act stands.
    fn still_open(&self, error: Option<&Fail>) -> Act<()> {
        if !self.db.is_autocommit() {
            return Ok(());
        }
        Err(match error {
            Some(Fail::Full) => Fail::Full,
            _ => Fail::Unavailable("the transaction was rolled back as a whole".to_owned()),
        })
    }

    fn commit(&mut self, changes_before: u64) -> Act<()> {
        let changed = self.db.total_changes().wrapping_sub(changes_before);
        match self.db.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([])) {
            Ok(_) => {
                self.committed(changed);
                Ok(())
            }
            Err(error) => Err(self.commit_failed(error)),
        }
    }

    fn committed(&mut self, changed: u64) {
        if changed == 0 {
            return;
        }
        self.flushes.fetch_add(1, Ordering::Relaxed);
        self.rows_since_checkpoint += changed;
        if self.rows_since_checkpoint >= ROWS_PER_CHECKPOINT {
            self.rows_since_checkpoint = 0;
            // Full means that it is awake already.
            let _ = self.wake_checkpointer.try_send(());
        }
    }

    /// A full disk or a lock may pass: the transaction is rolled back and the next may succeed. After an I/O error in the flush
    /// nobody knows what reached the device (the kernel may have dropped the pages and report the next flush as good), so the store
    /// refuses every later write until the process starts anew and reads back what is really there.
    fn commit_failed(&mut self, error: rusqlite::Error) -> Fail {
        let passing = matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull)
        );
        let fail = match Fail::from(error) {
            Fail::Full => Fail::Full,
            other => Fail::Unavailable(format!("a commit failed: {other:?}")),
        };
        if !self.db.is_autocommit() {
            let _ = self.statement("ROLLBACK");
        }
        if !passing {
            let cause = format!("{fail:?}");
            tracing::error!(error = %cause, "a commit failed in the storage device; nothing is written any more until restart");
            self.broken = Some(fail.clone());
            (self.trouble)(Trouble::WriteFailed(cause));
        }
        fail
    }

    /// Passive checkpoints cannot reset the log under unbroken writing; when it has grown too long, this thread waits for the readers once.
    fn restart_long_log(&self) {
        if self.log_too_long.swap(false, Ordering::Relaxed) {
            let done = self.db.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()));
            if let Err(error) = done {
                tracing::warn!(error = ?Fail::from(error), "the write-ahead log could not be restarted");
            }
        }
    }

    fn statement(&self, sql: &str) -> Act<()> {
        self.db.prepare_cached(sql)?.execute([])?;
        Ok(())
    }
}
