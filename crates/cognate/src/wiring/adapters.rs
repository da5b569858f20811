//! Small adapters from one room's port to another room's piece.
use crate::platform::{Clock, SystemRandom};
use async_trait::async_trait;
use dashboard::ports::{
    BytesError, DownloadUrl, MetadataStore, ObjectBytes, ObjectUrls, StoreError, UploadUrl, UrlError,
};
use http_apis::ports::{LocalIssuers, Recorder, Refused};
use jose::KeySet;
use objects::{ObjectService, ReportError, Uploads};
use std::sync::{Arc, OnceLock};
use user_pools::memory::Memory;
use user_pools::ports::{Decision, DecisionSink};

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

/// The gateway's refusals become decisions like any other.
pub struct GatewayRecorder(pub Arc<dyn DecisionSink>);

impl Recorder for GatewayRecorder {
    fn refused(&self, refused: Refused) {
        let at = [refused.api_id.as_deref(), refused.stage.as_deref(), refused.route.as_deref()];
        let place = at.into_iter().flatten().collect::<Vec<_>>().join(" ");
        self.0.note(Decision {
            at: refused.at,
            request_id: refused.request_id,
            ip: refused.client.to_string(),
            action: "gateway".to_owned(),
            pool: None,
            client: None,
            user: None,
            allowed: false,
            rule: refused.rule.to_owned(),
            expected: Some(refused.expected),
            got: Some(format!(
                "{} ({} {} -> {} at {place})",
                refused.got, refused.method, refused.path, refused.status
            )),
            fix: Some(refused.fix),
        });
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
