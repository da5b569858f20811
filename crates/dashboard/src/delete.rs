//! `DELETE /metadata?key=`, and the sweep of what ended by itself.
//!
//! Order: the record ends (from then on it reads as absent), the bytes go, the row goes. A crash after the first step leaves an
//! ended row, with or without bytes, that no user can see and the next sweep removes. Never a file without bytes, never bytes
//! without a row that leads to them.
use crate::answer::{Refusal, no_content};
use crate::caller::Caller;
use crate::function::Dashboard;
use crate::input;
use crate::ports::{Millis, StoreError, StoreResult};
use events::{HttpRequestV2, HttpResponseV2};

impl Dashboard {
    /// 204 once the record has ended; if the rest does not succeed now, the sweep does it.
    pub(crate) async fn delete(
        &self,
        caller: &Caller,
        event: &HttpRequestV2,
        now: Millis,
    ) -> Result<HttpResponseV2, Refusal> {
        let record = self.visible(caller, input::key(event)?, now).await?;
        self.store.expire(now, record.key.clone()).await?;
        if let Err(cause) = self.remove(now, record.key).await {
            let request_id = &event.request_context.request_id;
            tracing::warn!(request_id, cause, "a deleted file is left for the sweep");
        }
        Ok(no_content())
    }

    /// Removes bytes and rows of at most `limit` records that have ended; returns how many are gone. What fails stays for the next
    /// time and is logged.
    pub async fn sweep(&self, now: Millis, limit: usize) -> StoreResult<usize> {
        let mut removed = 0;
        for record in self.store.list_expired(now, limit).await? {
            match self.remove(now, record.key).await {
                Ok(()) => removed += 1,
                Err(cause) => tracing::warn!(cause, "a file that ended could not be removed yet"),
            }
        }
        Ok(removed)
    }

    async fn remove(&self, now: Millis, key: String) -> Result<(), String> {
        self.bytes.delete(key.clone()).await.map_err(|error| error.to_string())?;
        match self.store.delete(now, key).await {
            Ok(()) | Err(StoreError::NotFound) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }
}
