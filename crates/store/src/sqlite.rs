//! [`SqliteStore`]: the handle everybody shares, and its threads.
use crate::error::{Act, Fail};
use crate::open::{self, OpenError, OpenOptions, Trouble, TroubleSink};
use crate::readers::Readers;
use crate::writer::{Message, Writer, job};
use crate::{checkpoint, migrations};
use rusqlite::Connection;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot};

/// Acts that may wait for the writer before callers wait for room in the queue.
const QUEUE: usize = 4096;

/// All storage in one SQLite file. Cheap to clone; the last clone to go closes the file in order.
///
/// A write is answered after its transaction has been flushed. Dropping the future of a write does not take the write back.
#[derive(Clone)]
pub struct SqliteStore {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    queue: mpsc::Sender<Message>,
    readers: Readers,
    flushes: Arc<AtomicU64>,
    decisions_kept: u64,
    changes_kept: u64,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.shared.path).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the database, making it if there is none, after these checks: header, owner, schema (brought forward, with a copy
    /// before each step), keys. After an unclean stop a full integrity check runs in the background and tells `on_trouble`.
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Self, OpenError> {
        let (db, unclean) = open::write_connection(path, options)?;
        let readers = Readers::new(path.to_owned(), options.busy_timeout)?;
        let trouble = options.on_trouble.clone().unwrap_or_else(|| Arc::new(|_| {}));
        if unclean {
            check_in_background(path, options, trouble.clone())?;
        }
        let flushes = Arc::new(AtomicU64::new(0));
        let (queue, acts) = mpsc::channel(QUEUE);
        let writer = start_writer(path, options, db, flushes.clone(), trouble, acts)?;
        let shared = Shared {
            path: path.to_owned(),
            queue,
            readers,
            flushes,
            decisions_kept: options.decisions_kept,
            changes_kept: options.changes_kept,
            writer: Mutex::new(Some(writer)),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Flushes of the log since opening: one per transaction that changed something, however many acts it carried.
    pub fn flushes(&self) -> u64 {
        self.shared.flushes.load(Ordering::Relaxed)
    }

    /// Finishes the queued acts, marks the shutdown as clean and waits for it. Later writes answer `Unavailable`; reads go on. Idempotent.
    pub fn close(&self) {
        self.shared.close();
    }

    /// Notes that rows may be sealed under this key from now on. To be called before the key ring starts to use it.
    pub async fn note_sealing_key(&self, id: u32) -> ::user_pools::ports::StoreResult<()> {
        self.write(move |db| Ok(open::note_key(db, id)?)).await
    }

    /// A consistent copy of the database in a new file. Takes as long as writing the file does; call it off the serving threads.
    pub fn copy_to(&self, target: &Path) -> Result<(), OpenError> {
        let db = open::read_connection(&self.shared.path, std::time::Duration::from_secs(5))?;
        db.execute_batch("PRAGMA query_only = OFF")?;
        migrations::copy_to(&db, target)
    }

    pub(crate) fn decisions_kept(&self) -> u64 {
        self.shared.decisions_kept
    }

    pub(crate) fn changes_kept(&self) -> u64 {
        self.shared.changes_kept
    }

    /// Runs an act on the writer; answered after the commit.
    pub(crate) async fn write<T, E>(&self, act: impl FnOnce(&Connection) -> Act<T> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fail>,
    {
        let (answer, answered) = oneshot::channel();
        if self.shared.queue.send(Message::Act(job(act, answer))).await.is_err() {
            return Err(closed().into());
        }
        answered.await.unwrap_or_else(|_| Err(closed())).map_err(E::from)
    }

    /// Runs a read here and now.
    pub(crate) fn read<T, E: From<Fail>>(&self, read: impl FnOnce(&Connection) -> Act<T>) -> Result<T, E> {
        self.shared.readers.with(read).map_err(E::from)
    }
}

impl Shared {
    fn close(&self) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(writer) = writer else { return };
        let mut stop = Message::Stop;
        // A full queue drains quickly; this is the way out, so waiting here is fine.
        while let Err(mpsc::error::TrySendError::Full(again)) = self.queue.try_send(stop) {
            stop = again;
            thread::yield_now();
        }
        if writer.join().is_err() {
            tracing::error!("the storage writer had panicked");
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.close();
    }
}

fn closed() -> Fail {
    Fail::Unavailable("the store is closed".to_owned())
}

/// Starts the writer and, for it, the checkpointer, which ends with the writer.
fn start_writer(
    path: &Path,
    options: &OpenOptions,
    db: Connection,
    flushes: Arc<AtomicU64>,
    trouble: TroubleSink,
    acts: mpsc::Receiver<Message>,
) -> Result<JoinHandle<()>, OpenError> {
    let log_too_long = Arc::new(AtomicBool::new(false));
    let (wake_checkpointer, woken) = std::sync::mpsc::sync_channel(1);
    let for_checkpoints = open::checkpoint_connection(path, options.busy_timeout)?;
    let flag = log_too_long.clone();
    let checkpointer = thread::Builder::new()
        .name("store-checkpoint".to_owned())
        .spawn(move || checkpoint::serve(&for_checkpoints, &woken, &flag))?;
    let writer =
        Writer { db, flushes, log_too_long, wake_checkpointer, rows_since_checkpoint: 0, trouble, broken: None };
    let run = move || {
        writer.serve(acts);
        // The wake-up channel is gone with the writer: no thread of ours holds the file when close returns.
        let _ = checkpointer.join();
    };
    Ok(thread::Builder::new().name("store-writer".to_owned()).spawn(run)?)
}

/// After an unclean stop: the whole file is checked while the store already serves.
fn check_in_background(path: &Path, options: &OpenOptions, trouble: TroubleSink) -> Result<(), OpenError> {
    let db = open::read_connection(path, options.busy_timeout)?;
    thread::Builder::new().name("store-check".to_owned()).spawn(move || match open::damage(&db) {
        Ok(None) => tracing::info!("the database was not closed in order; its full check found no damage"),
        Ok(Some(damage)) => tell(&trouble, damage),
        Err(error) => tell(&trouble, format!("{:?}", Fail::from(error))),
    })?;
    Ok(())
}

fn tell(trouble: &TroubleSink, damage: String) {
    tracing::error!(%damage, "the database file is damaged");
    trouble(Trouble::Corrupt(damage));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    fn store(options: &OpenOptions) -> (tempfile::TempDir, SqliteStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("db"), options).unwrap();
        (folder, store)
    }

    fn note(db: &Connection, key: &str) -> Act<()> {
        crate::row::run(db, "INSERT INTO meta (key, value) VALUES (?1, '')", [key])?;
        Ok(())
    }

    fn noted(store: &SqliteStore, key: &str) -> bool {
        store.read::<_, Fail>(|db| crate::row::exists(db, "SELECT 1 FROM meta WHERE key = ?1", [key])).unwrap()
    }

    #[tokio::test]
    async fn after_a_failed_commit_nothing_was_promised_and_nothing_is_written_any_more() {
        let (tell, told) = channel();
        let tell = Mutex::new(tell);
        let on_trouble = move |trouble| tell.lock().unwrap().send(trouble).unwrap();
        let options = OpenOptions { on_trouble: Some(Arc::new(on_trouble)), ..OpenOptions::default() };
        let (_folder, store) = store(&options);
        store.write::<_, Fail>(|db| note(db, "before")).await.unwrap();
        // A broken promise to the foreign keys is seen by COMMIT only, as a broken device would be.
        let broken = store.write::<_, Fail>(|db| {
            db.execute_batch("PRAGMA defer_foreign_keys = ON")?;
            crate::row::run(db, "INSERT INTO user_counts (pool, users) VALUES ('nowhere', 0)", [])?;
            Ok(())
        });
        let beside = store.write::<_, Fail>(|db| note(db, "beside"));
        let (broken, _beside) = tokio::join!(broken, beside);
        assert!(matches!(broken, Err(Fail::Unavailable(_))), "{broken:?}");
        assert!(matches!(told.recv().unwrap(), Trouble::WriteFailed(_)));
        let after = store.write::<_, Fail>(|db| note(db, "after")).await;
        assert!(matches!(after, Err(Fail::Unavailable(_))), "{after:?}");
        assert!(noted(&store, "before") && !noted(&store, "beside") && !noted(&store, "after"));
    }

    #[tokio::test]
    async fn an_act_that_panics_leaves_nothing_and_the_writer_lives() {
        let (_folder, store) = store(&OpenOptions::default());
        let answer = store
            .write::<(), Fail>(|db| {
                note(db, "half")?;
                panic!("a bug");
            })
            .await;
        assert!(matches!(answer, Err(Fail::Unavailable(_))), "{answer:?}");
        store.write::<_, Fail>(|db| note(db, "whole")).await.unwrap();
        assert!(!noted(&store, "half") && noted(&store, "whole"));
    }

    #[tokio::test]
    async fn a_write_whose_caller_went_away_is_done_all_the_same() {
        let (_folder, store) = store(&OpenOptions::default());
        {
            let write = store.write::<_, Fail>(|db| note(db, "orphan"));
            tokio::pin!(write);
            // One poll sends it; then it is dropped.
            assert!(polled_once(write.as_mut()).await.is_none());
        }
        store.write::<_, Fail>(|db| note(db, "next")).await.unwrap();
        assert!(noted(&store, "orphan"));
    }

    /// Polls once.
    async fn polled_once<F: std::future::Future + Unpin>(mut future: F) -> Option<F::Output> {
        std::future::poll_fn(|cx| {
            std::task::Poll::Ready(match std::pin::Pin::new(&mut future).poll(cx) {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
