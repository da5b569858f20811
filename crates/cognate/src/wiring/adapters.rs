//! Small adapters from one room's port to another room's piece.
use crate::platform::{Clock, SystemRandom};
use async_trait::async_trait;
use dashboard::ports::{
    BytesError, DownloadUrl, MetadataStore, ObjectBytes, ObjectUrls, People, StoreError, UploadUrl, UrlError,
};
use http_apis::ports::LocalIssuers;
use jose::KeySet;
use objects::{ObjectService, ReportError, Uploads};
use std::sync::{Arc, OnceLock};
use user_pools::UserPools;
use user_pools::memory::Memory;

impl http_apis::Random for SystemRandom {
    fn fill(&self, into: &mut [u8]) {
        Self::fill(into);
    }
}

impl dashboard::ports::Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        Self::fill(buffer);
    }
}

/// The pools' keys, for the gateway.
pub struct PoolIssuers(pub Arc<Memory>);

impl LocalIssuers for PoolIssuers {
    fn keys(&self, issuer: &str) -> Option<Arc<KeySet>> {
        self.0.issuers.keys(issuer)
    }
}

/// Presigned URLs of our own object service.
pub struct Presigned(pub objects::ObjectUrls);

impl ObjectUrls for Presigned {
    fn upload(&self, now: i64, key: &str, content_type: &str, size: u64) -> Result<UploadUrl, UrlError> {
        let made = self.0.upload(now, key, content_type, size).map_err(|error| UrlError(error.to_string()))?;
        Ok(UploadUrl { url: made.url, headers: made.headers, expires_at: made.expires_at })
    }

    fn download(&self, now: i64, key: &str) -> Result<DownloadUrl, UrlError> {
        let made = self.0.download(now, key).map_err(|error| UrlError(error.to_string()))?;
        Ok(DownloadUrl { url: made.url, expires_at: made.expires_at })
    }
}

/// The object service as the dashboard's remover of bytes. The two know each other, so one is told of the other after both are made.
#[derive(Default)]
pub struct Bytes(pub OnceLock<Arc<ObjectService>>);

#[async_trait]
impl ObjectBytes for Bytes {
    async fn delete(&self, key: String) -> Result<(), BytesError> {
        let Some(objects) = self.0.get() else {
            return Err(BytesError("the object service has not started".to_owned()));
        };
        objects.delete(&key).await.map_err(|error| BytesError(error.to_string()))
    }
}

/// The users of this server's pools, for the names in the dashboard.
pub struct PoolPeople(pub Arc<UserPools>);

#[async_trait]
impl People for PoolPeople {
    async fn email(&self, issuer: String, sub: String) -> Option<String> {
        let pool = self.0.memory.issuers.pool(&issuer)?;
        let user = self.0.store.user(pool, sub).await.ok()?;
        user.attributes.get("email").cloned()
    }
}

/// Tells the dashboard's metadata of complete uploads.
pub struct UploadReports {
    /// Metadata.
    pub metadata: Arc<dyn MetadataStore>,
    /// Time.
    pub clock: Clock,
}

#[async_trait]
impl Uploads for UploadReports {
    async fn completed(&self, key: String, size: u64, sha256: String) -> Result<(), ReportError> {
        match self.metadata.complete(self.clock.now(), key, size, sha256).await {
            Ok(_) => Ok(()),
            Err(StoreError::NotFound | StoreError::Conflict | StoreError::Exists) => Err(ReportError::Unknown),
            Err(StoreError::Full) => Err(ReportError::Full),
            Err(StoreError::Unavailable(cause)) => Err(ReportError::Unavailable(cause)),
        }
    }
}
