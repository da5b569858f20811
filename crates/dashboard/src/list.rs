//! `GET /metadata/list?limit=&nextToken=`: the caller's files, newest first; an admin's list shows everybody's.
use crate::answer::{Refusal, ok};
use crate::caller::Caller;
use crate::function::Dashboard;
use crate::ports::{FileRecord, Millis, Position};
use crate::view::Metadata;
use crate::{input, next_token};
use events::{HttpRequestV2, HttpResponseV2};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    items: Vec<Metadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Dashboard {
    pub(crate) async fn list(
        &self,
        caller: &Caller,
        event: &HttpRequestV2,
        now: Millis,
    ) -> Result<HttpResponseV2, Refusal> {
        let (limit, after) = (input::limit(event)?, input::after(event)?);
        // One more than asked tells whether there is a next page.
        let mut records = self.store.list(now, caller.scope(), after, limit + 1).await?;
        let more = records.len() > limit;
        records.truncate(limit);
        let next_token = records.last().filter(|_| more).map(|last| next_token::wrap(&position(last)));
        Ok(ok(&Output { items: records.into_iter().map(Metadata::from).collect(), next_token }))
    }
}

fn position(record: &FileRecord) -> Position {
    Position { created_at: record.created_at, key: record.key.clone() }
}
