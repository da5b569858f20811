//! What the dashboard needs from outside: storage of metadata, makers of presigned URLs, removal of bytes, people's names, randomness.
//!
//! Storage law: every method is one atomic act, takes `now` (epoch milliseconds) and owned values, and returns a closed error set.
//! A record whose `expires_at` is not after `now` reads as absent everywhere but in [`MetadataStore::list_expired`] and
//! [`MetadataStore::delete`]. A record ends in two acts, [`MetadataStore::expire`] and then [`MetadataStore::delete`], so that its
//! bytes can be removed in between while nobody sees it and a crash leaves a row the sweep finds.
use async_trait::async_trait;

/// Epoch milliseconds.
pub type Millis = i64;

/// Shorthand.
pub type StoreResult<T> = Result<T, StoreError>;

/// All a storage act can fail with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No such record, or it has expired.
    #[error("not found")]
    NotFound,
    /// The record's state forbids the act.
    #[error("changed by somebody else")]
    Conflict,
    /// The key is taken.
    #[error("exists")]
    Exists,
    /// The backend cannot answer now.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// No room to write; reads go on.
    #[error("full")]
    Full,
}

/// Where a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileStatus {
    /// Announced; the bytes have not all arrived.
    Pending,
    /// The bytes are there and flushed.
    Complete,
}

impl FileStatus {
    /// The word on the wire and in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Complete => "complete",
        }
    }

    /// The inverse of [`Self::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "pending" => Some(Self::Pending),
            "complete" => Some(Self::Complete),
            _ => None,
        }
    }
}

/// One file's metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    /// The object's key, unique, at most 1,024 bytes: `uploads/<owner>/<32 hex digits>/<safe file name>`.
    pub key: String,
    /// The name as the uploader gave it.
    pub file_name: String,
    /// Media type as announced.
    pub content_type: String,
    /// Bytes, as announced and enforced.
    pub size: u64,
    /// Lower-case hex SHA-256 of the bytes, once complete.
    pub checksum_sha256: Option<String>,
    /// The uploader's `sub`.
    pub owner: String,
    /// The uploader's e-mail or username at the time.
    pub owner_name: String,
    /// Pending or complete.
    pub status: FileStatus,
    /// When it was announced.
    pub created_at: Millis,
    /// When the bytes were complete.
    pub completed_at: Option<Millis>,
    /// When a pending record ends; `None` once complete.
    pub expires_at: Option<Millis>,
    /// 1 at first, one higher at every change.
    pub version: u64,
}

/// A place in a list: everything after it is older, or as old with a smaller key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// `created_at` of the last record already seen.
    pub created_at: Millis,
    /// Its key.
    pub key: String,
}

/// Storage of metadata.
#[async_trait]
pub trait MetadataStore: Send + Sync {
    /// Stores a pending record (`version` 1, `expires_at` set). Exists.
    async fn insert_pending(&self, now: Millis, record: FileRecord) -> StoreResult<()>;
    /// Pending becomes complete: sets checksum and `completed_at = now`, clears `expires_at`, raises `version`. Answers Ok without a
    /// change when the record is already complete with this size and checksum (a repeated report). NotFound when absent or expired,
    /// Conflict when the size is not the announced one or a complete record has another checksum.
    async fn complete(&self, now: Millis, key: String, size: u64, checksum_sha256: String) -> StoreResult<FileRecord>;
    /// NotFound.
    async fn get(&self, now: Millis, key: String) -> StoreResult<FileRecord>;
    /// Newest first (`created_at` descending, then `key` descending in byte order), one owner's or everybody's, strictly after
    /// `after`, at most `limit`.
    async fn list(
        &self,
        now: Millis,
        owner: Option<String>,
        after: Option<Position>,
        limit: usize,
    ) -> StoreResult<Vec<FileRecord>>;
    /// The record, pending or complete, ends now: sets `expires_at = now`, raises `version`. From here on it reads as absent. NotFound.
    async fn expire(&self, now: Millis, key: String) -> StoreResult<()>;
    /// Removes the row for good, expired or not. NotFound when there is no row.
    async fn delete(&self, now: Millis, key: String) -> StoreResult<()>;
    /// Records whose `expires_at` is not after `now`, oldest end first, at most `limit`: what the sweep works on.
    async fn list_expired(&self, now: Millis, limit: usize) -> StoreResult<Vec<FileRecord>>;
}

/// A presigned upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadUrl {
    /// Absolute URL to PUT to.
    pub url: String,
    /// Headers the browser must send, besides those it sends by itself (`content-length`).
    pub headers: Vec<(String, String)>,
    /// When the URL stops working.
    pub expires_at: Millis,
}

/// A presigned download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadUrl {
    /// Absolute URL to GET.
    pub url: String,
    /// When the URL stops working.
    pub expires_at: Millis,
}

/// A URL could not be made; the cause, for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no presigned URL: {0}")]
pub struct UrlError(pub String);

/// Makes presigned URLs: over our own object service, or over S3.
pub trait ObjectUrls: Send + Sync {
    /// Bound to key, size in bytes and media type.
    fn upload(&self, now: Millis, key: &str, content_type: &str, size: u64) -> Result<UploadUrl, UrlError>;
    /// Bound to key.
    fn download(&self, now: Millis, key: &str) -> Result<DownloadUrl, UrlError>;
}

/// The bytes could not be removed now; the cause, for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("bytes not removed: {0}")]
pub struct BytesError(pub String);

/// Removal of bytes.
#[async_trait]
pub trait ObjectBytes: Send + Sync {
    /// Removes the object's bytes; Ok when there are none.
    async fn delete(&self, key: String) -> Result<(), BytesError>;
}

/// Who is behind a token that carries no e-mail address.
#[async_trait]
pub trait People: Send + Sync {
    /// The e-mail address of the user `sub` of this issuer; `None` where that is not known now.
    async fn email(&self, issuer: String, sub: String) -> Option<String>;
}

/// Randomness from the operating system (seeded in tests).
pub trait Random: Send + Sync {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]);
}
