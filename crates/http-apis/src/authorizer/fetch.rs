//! Fetching an issuer's documents: https (or http to this machine), no redirects, bounded in time and size.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::StatusCode;
use rustls::ClientConfig;

use crate::outbound::{Ask, ask};

/// For discovery and for the key set, each.
const TIMEOUT: Duration = Duration::from_millis(1500);
/// API Gateway's limit for a key set; more than enough for a discovery document.
const MAX_BYTES: usize = jose::MAX_JWKS_BYTES;

/// Reads one document. The error says what went wrong, for `explain`.
pub(super) async fn get(url: &str, tls: &Arc<ClientConfig>) -> Result<Bytes, String> {
    let document = Ask { url, form: None, bearer: None, within: TIMEOUT, largest: MAX_BYTES };
    match ask(tls, document).await? {
        (StatusCode::OK, bytes) => Ok(bytes),
        // A redirect would let whoever controls one page of the issuer's host name another issuer's keys.
        (status, _) => Err(format!("{url}: answered {status}")),
    }
}
