//! The function itself: what it is given, its table of routes, and the life of a record outside of requests.
use crate::answer::Refusal;
use crate::caller::Caller;
use crate::ports::{MetadataStore, Millis, ObjectBytes, ObjectUrls, People, Random, StoreResult};
use events::{HttpRequestV2, HttpResponseV2};
use std::sync::Arc;

/// No configuration allows bigger files: 5 GiB, S3's limit for one PUT.
pub const MAX_SIZE_LIMIT: u64 = 5 * 1024 * 1024 * 1024;

/// What an operator may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Biggest file in bytes; held between 1 and [`MAX_SIZE_LIMIT`].
    pub max_size: u64,
    /// How long after the end of its upload URL a pending record lives, in milliseconds: a slow upload may still be arriving.
    pub pending_grace_ms: i64,
}

impl Default for Settings {
    /// 100 MiB, one hour.
    fn default() -> Self {
        Self { max_size: 100 * 1024 * 1024, pending_grace_ms: 60 * 60 * 1000 }
    }
}

/// The dashboard function.
pub struct Dashboard {
    pub(crate) store: Arc<dyn MetadataStore>,
    pub(crate) urls: Arc<dyn ObjectUrls>,
    pub(crate) bytes: Arc<dyn ObjectBytes>,
    pub(crate) people: Arc<dyn People>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) settings: Settings,
}

impl std::fmt::Debug for Dashboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dashboard").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What a route does.
#[derive(Clone, Copy)]
enum Act {
    Announce,
    Get,
    List,
    Delete,
}

/// The whole API: method, path, act.
const ROUTES: [(&str, &str, Act); 4] = [
    ("POST", "/upload-url", Act::Announce),
    ("GET", "/metadata", Act::Get),
    ("GET", "/metadata/list", Act::List),
    ("DELETE", "/metadata", Act::Delete),
];

impl Dashboard {
    /// A function over these ports.
    pub fn new(
        store: Arc<dyn MetadataStore>,
        urls: Arc<dyn ObjectUrls>,
        bytes: Arc<dyn ObjectBytes>,
        people: Arc<dyn People>,
        random: Arc<dyn Random>,
        settings: Settings,
    ) -> Self {
        let settings = Settings { max_size: settings.max_size.clamp(1, MAX_SIZE_LIMIT), ..settings };
        Self { store, urls, bytes, people, random, settings }
    }

    /// Answers one event. `now` is epoch milliseconds. Never fails: what goes wrong is an answer.
    pub async fn handle(&self, event: &HttpRequestV2, now: Millis) -> HttpResponseV2 {
        self.route(event, now).await.unwrap_or_else(|refusal| refusal.answer(&event.request_context.request_id))
    }

    /// The object service reports a complete upload. NotFound when nobody waits for it, Conflict when it is not what was announced.
    pub async fn completed(&self, now: Millis, key: String, size: u64, checksum_sha256: String) -> StoreResult<()> {
        self.store.complete(now, key, size, checksum_sha256).await.map(drop)
    }

    /// Who asks is settled before what is asked: to a stranger every path is 401.
    async fn route(&self, event: &HttpRequestV2, now: Millis) -> Result<HttpResponseV2, Refusal> {
        let caller = Caller::of(event)?;
        match act(event)? {
            Act::Announce => self.announce(&caller, event, now).await,
            Act::Get => self.get(&caller, event, now).await,
            Act::List => self.list(&caller, event, now).await,
            Act::Delete => self.delete(&caller, event, now).await,
        }
    }
}

fn act(event: &HttpRequestV2) -> Result<Act, Refusal> {
    let (method, path) = (event.request_context.http.method.as_str(), path(event));
    if let Some((_, _, act)) = ROUTES.iter().find(|(known, at, _)| *known == method && *at == path) {
        return Ok(*act);
    }
    Err(match path {
        "/upload-url" => Refusal::Method("POST"),
        "/metadata" => Refusal::Method("GET, DELETE"),
        "/metadata/list" => Refusal::Method("GET"),
        _ => Refusal::NoSuchRoute,
    })
}

/// The route's own path where it is plain (the raw path may begin with a domain's mapping), else the raw path without the stage.
fn path(event: &HttpRequestV2) -> &str {
    match event.route_key.split_once(' ') {
        Some((_, path)) if !path.contains('{') => path,
        _ => {
            let stage = event.request_context.stage.as_str();
            let rest = event.raw_path.strip_prefix('/').and_then(|path| path.strip_prefix(stage));
            rest.filter(|rest| rest.starts_with('/') && !stage.is_empty()).unwrap_or(&event.raw_path)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(route_key: &str, method: &str, raw_path: &str, stage: &str) -> HttpRequestV2 {
        let mut event =
            HttpRequestV2 { route_key: route_key.into(), raw_path: raw_path.into(), ..HttpRequestV2::default() };
        event.request_context.http.method = method.into();
        event.request_context.stage = stage.into();
        event
    }

    #[test]
    fn a_route_is_found_however_the_api_is_mounted() {
        for event in [
            event("GET /metadata/list", "GET", "/metadata/list", "$default"),
            event("GET /metadata/list", "GET", "/dev/metadata/list", "dev"),
            event("ANY /metadata/list", "GET", "/mapped/metadata/list", "$default"),
            event("$default", "GET", "/metadata/list", "$default"),
            event("ANY /{proxy+}", "GET", "/dev/metadata/list", "dev"),
            event("$default", "GET", "/metadata/list", ""),
        ] {
            assert!(matches!(act(&event), Ok(Act::List)), "{event:?}");
        }
    }

    #[test]
    fn unknown_paths_and_methods_are_told_apart() {
        assert!(matches!(
            act(&event("$default", "POST", "/metadata", "$default")),
            Err(Refusal::Method("GET, DELETE"))
        ));
        for path in ["/", "/metadata/", "/Metadata", "/metadata/list/x", "/devmetadata"] {
            assert!(matches!(act(&event("$default", "GET", path, "dev")), Err(Refusal::NoSuchRoute)), "{path}");
        }
    }
}
