//! `POST /upload-url`: announces a file and answers where to PUT its bytes.
use crate::answer::{Refusal, ok};
use crate::caller::Caller;
use crate::function::Dashboard;
use crate::input::Announcement;
use crate::key::new_key;
use crate::ports::{FileRecord, FileStatus, Millis, UploadUrl};
use crate::view::{Metadata, iso};
use events::{HttpRequestV2, HttpResponseV2};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    key: String,
    url: String,
    method: &'static str,
    headers: BTreeMap<String, String>,
    expires_at: String,
    metadata: Metadata,
}

impl Dashboard {
    /// The record is stored before the URL is given away: bytes never arrive for a file nobody knows. A client that never uploads
    /// leaves a pending record, which the sweep ends.
    pub(crate) async fn announce(
        &self,
        caller: &Caller,
        event: &HttpRequestV2,
        now: Millis,
    ) -> Result<HttpResponseV2, Refusal> {
        let file = Announcement::read(event, self.settings.max_size)?;
        let mut random = [0; 16];
        self.random.fill(&mut random);
        let key = new_key(&caller.sub, random, &file.file_name);
        let upload = self.urls.upload(now, &key, &file.content_type, file.size)?;
        let record = self.pending(caller, self.name_of(caller).await, file, key, &upload, now);
        self.store.insert_pending(now, record.clone()).await?;
        Ok(ok(&Output {
            key: record.key.clone(),
            url: upload.url,
            method: "PUT",
            headers: upload.headers.into_iter().collect(),
            expires_at: iso(upload.expires_at),
            metadata: record.into(),
        }))
    }

    /// What other people know the caller by, whichever token came: e-mail address, else username.
    async fn name_of(&self, caller: &Caller) -> String {
        let known = match &caller.email {
            Some(email) => Some(email.clone()),
            None => self.people.email(caller.issuer.clone(), caller.sub.clone()).await,
        };
        known.unwrap_or_else(|| caller.username.clone())
    }

    fn pending(
        &self,
        caller: &Caller,
        owner_name: String,
        file: Announcement,
        key: String,
        upload: &UploadUrl,
        now: Millis,
    ) -> FileRecord {
        FileRecord {
            key,
            file_name: file.file_name,
            content_type: file.content_type,
            size: file.size,
            checksum_sha256: None,
            owner: caller.sub.clone(),
            owner_name,
            status: FileStatus::Pending,
            created_at: now,
            completed_at: None,
            expires_at: Some(upload.expires_at.saturating_add(self.settings.pending_grace_ms)),
            version: 1,
        }
    }
}
