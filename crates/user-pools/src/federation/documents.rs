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
/// A provider that did not answer is not asked again sooner: whoever came while it was asked shares its silence, and nobody who only has to
/// follow a link can keep us asking.
const SILENCE: Millis = 5 * 1000;
/// More are never kept; an operator has 300 providers a pool.
const MOST: usize = 1000;

/// What was fetched, by URL. One request at a time fetches a document; others wait for what it gets.
#[derive(Default)]
pub struct Documents(Mutex<HashMap<String, Slot>>);

type Slot = Arc<tokio::sync::Mutex<Known>>;

/// The last document, and the last failure to fetch one.
#[derive(Default)]
struct Known {
    document: Option<(Millis, Arc<Value>)>,
    failure: Option<(Millis, Refusal)>,
}

impl Known {
    /// What needs no question: a document fetched after `since`, or a failure just now.
    fn answer(&self, now: Millis, since: Millis) -> Option<Result<Arc<Value>, Refusal>> {
        let document =
            self.document.as_ref().filter(|(at, _)| *at > since).map(|(_, document)| Ok(Arc::clone(document)));
        let failed = || self.failure.as_ref().filter(|(at, _)| now.saturating_sub(*at) < SILENCE);
        document.or_else(|| failed().map(|(_, refusal)| Err(refusal.clone())))
    }
}

impl Documents {
    fn slot(&self, url: &str) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MOST && !slots.contains_key(url) {
            slots.clear();
        }
        Arc::clone(slots.entry(url.to_owned()).or_default())
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
        let slot = self.memory.documents.slot(url);
        let mut known = slot.lock().await;
        if let Some(answer) = known.answer(now, since) {
            return answer;
        }
        let fetched = self.fetch_document(url).await;
        match &fetched {
            Ok(document) => *known = Known { document: Some((now, Arc::clone(document))), failure: None },
            Err(refusal) => known.failure = Some((now, refusal.clone())),
        }
        fetched
    }

    async fn fetch_document(&self, url: &str) -> Result<Arc<Value>, Refusal> {
        let request = ProviderRequest { url: url.to_owned(), form: None, bearer: None };
        let answer = self.providers.ask(request).await.map_err(unreachable)?;
        let document = serde_json::from_slice(&answer.body).ok().filter(|_| answer.status == 200);
        let document: Value =
            document.ok_or_else(|| unreachable(format!("{url} answered {}, or no JSON", answer.status)))?;
        Ok(Arc::new(document))
    }
}

/// The provider cannot be spoken to, or speaks nonsense.
pub(super) fn unreachable(what: impl Into<String>) -> Refusal {
    Refusal::new(ErrorCode::ServerError, "provider.unreachable")
        .saying("The identity provider cannot be reached")
        .got(what.into())
}
