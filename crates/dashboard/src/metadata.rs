//! `GET /metadata?key=`: one file, with a URL to its bytes once they are there.
use crate::answer::{Refusal, ok};
use crate::caller::Caller;
use crate::function::Dashboard;
use crate::input;
use crate::ports::{FileRecord, FileStatus, Millis};
use crate::view::{Metadata, iso};
use events::{HttpRequestV2, HttpResponseV2};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    metadata: Metadata,
    #[serde(skip_serializing_if = "Option::is_none")]
    download_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    download_url_expires_at: Option<String>,
}

impl Dashboard {
    pub(crate) async fn get(
        &self,
        caller: &Caller,
        event: &HttpRequestV2,
        now: Millis,
    ) -> Result<HttpResponseV2, Refusal> {
        let record = self.visible(caller, input::key(event)?, now).await?;
        let download = match record.status {
            FileStatus::Pending => None,
            FileStatus::Complete => Some(self.urls.download(now, &record.key)?),
        };
        let expires_at = download.as_ref().map(|download| iso(download.expires_at));
        Ok(ok(&Output {
            metadata: record.into(),
            download_url: download.map(|download| download.url),
            download_url_expires_at: expires_at,
        }))
    }

    /// A file that is there and the caller's business; another user's key reads as one that never was.
    pub(crate) async fn visible(&self, caller: &Caller, key: String, now: Millis) -> Result<FileRecord, Refusal> {
        let record = self.store.get(now, key).await?;
        if caller.may_see(&record) { Ok(record) } else { Err(Refusal::NoSuchFile) }
    }
}
