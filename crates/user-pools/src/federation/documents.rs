//! Discovery documents and key sets of providers, remembered for a while.
use crate::ids::Millis;
use crate::oauth::{ErrorCode, Refusal};
use crate::ports::ProviderRequest;
use crate::service::UserPools;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A document is used no longer than this after it was fetched.
const FRESH: Millis = 15 * 60 * 1000;
/// A key set that lacks a key is fetched again no sooner than this.
const PAUSE: Millis = 10 * 1000;
/// More are never kept; an operator has 300 providers a pool.
const MOST: usize = 1000;

/// What was fetched, by URL.
#[derive(Default)]
pub struct Documents(Mutex<HashMap<String, (Millis, Arc<Value>)>>);

impl Documents {
    fn recent(&self, url: &str, since: Millis) -> Option<Arc<Value>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(url).filter(|(at, _)| *at > since).map(|(_, document)| Arc::clone(document))
    }

    fn keep(&self, url: &str, now: Millis, document: &Arc<Value>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(url.to_owned(), (now, Arc::clone(document)));
    }
}

impl UserPools {
    /// The document at a URL, as it was a quarter of an hour ago at most.
    pub(super) async fn document(&self, now: Millis, url: &str) -> Result<Arc<Value>, Refusal> {
        self.document_since(now, url, now.saturating_sub(FRESH)).await
    }

    /// The document at a URL, fetched again unless that has just been done.
    pub(super) async fn newer_document(&self, now: Millis, url: &str) -> Result<Arc<Value>, Refusal> {
        self.document_since(now, url, now.saturating_sub(PAUSE)).await
    }

    async fn document_since(&self, now: Millis, url: &str, since: Millis) -> Result<Arc<Value>, Refusal> {
        if let Some(document) = self.memory.documents.recent(url, since) {
            return Ok(document);
        }
        let request = ProviderRequest { url: url.to_owned(), form: None, bearer: None };
        let answer = self.providers.ask(request).await.map_err(unreachable)?;
        let document = serde_json::from_slice(&answer.body).ok().filter(|_| answer.status == 200);
        let document: Value =
            document.ok_or_else(|| unreachable(format!("{url} answered {}, or no JSON", answer.status)))?;
        let document = Arc::new(document);
        self.memory.documents.keep(url, now, &document);
        Ok(document)
    }
}

/// The provider cannot be spoken to, or speaks nonsense.
pub(super) fn unreachable(what: impl Into<String>) -> Refusal {
    Refusal::new(ErrorCode::ServerError, "provider.unreachable")
        .saying("The identity provider cannot be reached")
        .got(what.into())
}
