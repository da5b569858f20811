//! The inbox: files that a presigned URL brings to the server itself. Unlike an object, a file may be sent again in place of an earlier one,
//! and nobody can fetch it: it is read in this process, and removed. Whether a file is still waited for is asked through a port.
use crate::access::Permit;
use crate::body::ObjectBody;
use crate::error::ObjectError;
use crate::folder::Folder;
use crate::meta::ObjectMeta;
use crate::put::{announced_size, etag_of, receive};
use async_trait::async_trait;
use bytes::Bytes;
use http::Response;
use http::request::Parts;
use http_body::Body;
use std::io::{self, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// Says whether a file is waited for.
#[async_trait]
pub trait Awaited: Send + Sync {
    /// Whether one may be sent under this key now. An error is a failure of ours.
    async fn awaits(&self, key: &str) -> Result<bool, String>;
}

/// A file that has arrived whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Bytes.
    pub size: u64,
    /// Lower-case hex.
    pub sha256: String,
}

/// Files on their way in. Clones share the folder.
#[derive(Clone)]
pub struct Inbox {
    folder: Folder,
    prefix: String,
    max_bytes: u64,
    awaited: Arc<dyn Awaited>,
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbox").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl Inbox {
    /// Opens the folder and removes broken uploads from it. Keys that begin with `prefix` are the inbox's. Blocks; call it at start.
    pub fn open(folder: &Path, prefix: &str, max_bytes: u64, awaited: Arc<dyn Awaited>) -> io::Result<Self> {
        Ok(Self { folder: Folder::open(folder)?, prefix: prefix.to_owned(), max_bytes, awaited })
    }

    /// The file under a key, if one has arrived.
    pub async fn find(&self, key: &str) -> io::Result<Option<Received>> {
        let found = self.folder.read(key).await?;
        Ok(found.map(|(_, meta)| Received { size: meta.size, sha256: meta.sha256 }))
    }

    /// At most `most` bytes of the file from an offset, fewer only at its end; `None` when there is none or it is another one.
    pub async fn read(&self, key: &str, file: &Received, offset: u64, most: usize) -> io::Result<Option<Vec<u8>>> {
        let Some((mut bytes, meta)) = self.folder.read(key).await? else { return Ok(None) };
        if (meta.size, &meta.sha256) != (file.size, &file.sha256) {
            return Ok(None);
        }
        bytes.seek(SeekFrom::Start(offset)).await?;
        let left = meta.size.saturating_sub(offset).min(most as u64);
        let mut out = Vec::new();
        bytes.take(left).read_to_end(&mut out).await?;
        Ok(Some(out))
    }

    /// Removes a file, flushed; Ok when there is none.
    pub async fn remove(&self, key: &str) -> io::Result<()> {
        self.folder.delete(key).await
    }

    /// The keys of all files.
    pub async fn keys(&self) -> io::Result<Vec<String>> {
        self.folder.keys().await
    }

    pub(crate) fn owns(&self, key: &str) -> bool {
        key.starts_with(&self.prefix)
    }

    /// PUT. The URL binds the key and need not bind size or type: the size is bounded here, the type means nothing.
    pub(crate) async fn put<B>(
        &self,
        parts: &Parts,
        permit: Permit,
        body: B,
        idle: Duration,
        now: i64,
    ) -> Result<Response<ObjectBody>, ObjectError>
    where
        B: Body<Data = Bytes>,
    {
        let size = announced_size(&parts.headers)?;
        if size > self.max_bytes {
            return Err(ObjectError::TooLarge);
        }
        self.check_awaited(&permit.key).await?;
        let mut upload = self.folder.begin().await?;
        receive(body, &mut upload, size, idle).await?;
        // It may have taken minutes.
        self.check_awaited(&permit.key).await?;
        let sha256 = upload.sha256();
        let meta = ObjectMeta { key: permit.key, content_type: String::new(), size, sha256, created_at: now };
        upload.replace(meta.clone()).await?;
        Ok(etag_of(&meta))
    }

    async fn check_awaited(&self, key: &str) -> Result<(), ObjectError> {
        match self.awaited.awaits(key).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(ObjectError::NoSuchUpload),
            Err(cause) => Err(ObjectError::Unavailable(cause)),
        }
    }
}
