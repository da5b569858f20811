//! The folder: `objects/<2 hex>/<SHA-256 of the key>` and `tmp/` for what is still arriving. A client's key never becomes a path.
//! A file appears under its final name only whole and flushed, by rename; whatever lies in `tmp` at start is a broken upload.
use crate::meta::ObjectMeta;
use aws_lc_rs::digest::{self, SHA256};
use bytes::Bytes;
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_blocking;

/// Shared by all requests of one process; one process per folder.
#[derive(Clone, Debug)]
pub(crate) struct Folder(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    objects: PathBuf,
    tmp: PathBuf,
    next: AtomicU64,
    /// Makes "is the name free? then rename" one act.
    naming: Mutex<()>,
}

/// How an upload ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Commit {
    /// It is the key's first object.
    New,
    /// The key already held the same bytes of the same type.
    Same,
    /// The key holds other bytes; they stay.
    Different,
}

impl Folder {
    /// Opens or makes the folder and removes broken uploads.
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        let (objects, tmp) = (root.join("objects"), root.join("tmp"));
        private_dir(&objects)?;
        private_dir(&tmp)?;
        for broken in fs::read_dir(&tmp)? {
            fs::remove_file(broken?.path())?;
        }
        sync_dir(root)?;
        Ok(Self(Arc::new(Inner { objects, tmp, next: AtomicU64::new(0), naming: Mutex::new(()) })))
    }

    /// Begins an upload. Dropping it removes what has arrived.
    pub(crate) async fn begin(&self) -> io::Result<Upload> {
        let path = self.0.tmp.join(format!("{}.part", self.0.next.fetch_add(1, Ordering::Relaxed)));
        // The guard is made beside the file: if the caller goes away meanwhile, both are dropped together.
        let (file, temporary) = blocking(move || {
            let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            Ok((file, Temporary { path, kept: false }))
        })
        .await?;
        Ok(Upload {
            folder: self.clone(),
            file: tokio::fs::File::from_std(file),
            temporary,
            hash: digest::Context::new(&SHA256),
            size: 0,
        })
    }

    /// The object's file, at its first byte, and its facts; `None` when there is none.
    pub(crate) async fn read(&self, key: &str) -> io::Result<Option<(tokio::fs::File, ObjectMeta)>> {
        let (path, key) = (self.0.path(key), key.to_owned());
        let found = blocking(move || read(&path)).await?;
        // A hash names the file, so another key here means a damaged folder; it must not be served as this one.
        Ok(found.filter(|(_, meta)| meta.key == key).map(|(file, meta)| (tokio::fs::File::from_std(file), meta)))
    }

    /// The keys of all objects, in no order. For a folder of few files: each is opened.
    pub(crate) async fn keys(&self) -> io::Result<Vec<String>> {
        let objects = self.0.objects.clone();
        blocking(move || {
            let mut keys = Vec::new();
            for shard in fs::read_dir(&objects)? {
                for file in fs::read_dir(shard?.path())? {
                    // A damaged file has no key; it hides none of the others.
                    keys.extend(read(&file?.path()).ok().flatten().map(|(_, meta)| meta.key));
                }
            }
            Ok(keys)
        })
        .await
    }

    /// Removes an object, flushed; nothing to do when there is none.
    pub(crate) async fn delete(&self, key: &str) -> io::Result<()> {
        let path = self.0.path(key);
        blocking(move || match fs::remove_file(&path) {
            Ok(()) => path.parent().map_or(Ok(()), sync_dir),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        })
        .await
    }
}

impl Inner {
    fn path(&self, key: &str) -> PathBuf {
        let name = hex::encode(digest::digest(&SHA256, key.as_bytes()));
        self.objects.join(name.get(..2).unwrap_or_default()).join(name)
    }

    /// Flush, name, flush the name. A crash before the rename leaves a file in `tmp`; after it, a whole object.
    fn commit(&self, file: &fs::File, temporary: Temporary, meta: &ObjectMeta, replace: bool) -> io::Result<Commit> {
        file.sync_all()?;
        let path = self.path(&meta.key);
        let shard = path.parent().unwrap_or(&self.objects);
        private_dir(shard)?;
        {
            let _one_at_a_time = self.naming.lock().unwrap_or_else(PoisonError::into_inner);
            if !replace && let Some((_, existing)) = read(&path)? {
                let same = existing.sha256 == meta.sha256 && existing.content_type == meta.content_type;
                return Ok(if same { Commit::Same } else { Commit::Different });
            }
            temporary.rename(&path)?;
        }
        sync_dir(shard)?;
        sync_dir(&self.objects)?;
        Ok(Commit::New)
    }
}

/// An upload under way.
pub(crate) struct Upload {
    folder: Folder,
    file: tokio::fs::File,
    temporary: Temporary,
    hash: digest::Context,
    size: u64,
}

impl Upload {
    /// Bytes so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) async fn write(&mut self, bytes: &Bytes) -> io::Result<()> {
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        self.file.write_all(bytes).await
    }

    /// Lower-case hex SHA-256 of the bytes so far.
    pub(crate) fn sha256(&self) -> String {
        hex::encode(self.hash.clone().finish())
    }

    /// Makes the bytes the key's object, if it has none. Runs to its end even when the caller goes away.
    pub(crate) async fn commit(self, meta: ObjectMeta) -> io::Result<Commit> {
        self.name(meta, false).await
    }

    /// As [`Self::commit`], in place of what the key has.
    pub(crate) async fn replace(self, meta: ObjectMeta) -> io::Result<()> {
        self.name(meta, true).await.map(drop)
    }

    async fn name(mut self, meta: ObjectMeta, replace: bool) -> io::Result<Commit> {
        self.file.write_all(&meta.tail()?).await?;
        self.file.flush().await?;
        let (folder, temporary, file) = (self.folder, self.temporary, self.file.into_std().await);
        blocking(move || folder.0.commit(&file, temporary, &meta, replace)).await
    }
}

/// A file that goes away with its owner.
struct Temporary {
    path: PathBuf,
    kept: bool,
}

impl Temporary {
    fn rename(mut self, to: &Path) -> io::Result<()> {
        fs::rename(&self.path, to)?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Temporary {
    /// What cannot be removed now is swept at the next start.
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn read(path: &Path) -> io::Result<Option<(fs::File, ObjectMeta)>> {
    let mut file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let meta = ObjectMeta::read(&mut file)?;
    Ok(Some((file, meta)))
}

/// Makes a folder, and those above it, for this user alone.
fn private_dir(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn sync_dir(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}
