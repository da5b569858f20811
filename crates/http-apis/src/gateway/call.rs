//! One request on its way through: the facts that the steps of the pipeline add up.

use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use http::{HeaderMap, Method, header, request::Parts};

use super::{RequestBody, entropy::RequestId, host_name, hosts::Place};
use crate::snapshot::{ServedRoute, ServedStage};

/// What the listener knows about a request. Made once, there.
#[derive(Debug, Clone, Copy)]
pub struct RequestContext {
    /// The client's address, trusted proxies already taken into account.
    pub client: IpAddr,
    /// The address the client reached; port 0 when it is not known.
    pub local: SocketAddr,
    /// Whether the client's connection is TLS (`x-forwarded-proto: https`).
    pub tls: bool,
    /// The time: epoch milliseconds.
    pub now: i64,
}

/// A request whose API and stage are known.
pub(crate) struct Call {
    pub(crate) context: RequestContext,
    pub(crate) id: RequestId,
    pub(crate) head: Parts,
    pub(crate) body: RequestBody,
    pub(super) place: Place,
    /// The decoded path, when decoding changed it.
    pub(super) decoded: Option<String>,
    /// Index of the route among the stage's.
    pub(crate) route: Option<usize>,
    /// The path variables' values, in the route's order.
    pub(crate) values: Vec<String>,
}

impl Call {
    /// The stage that serves this, to hold on to while the request is taken apart.
    pub(crate) fn stage_handle(&self) -> Arc<ServedStage> {
        Arc::clone(&self.place.stage)
    }

    /// The stage that serves this.
    pub(crate) fn stage(&self) -> &ServedStage {
        &self.place.stage
    }

    /// The route, when one was found.
    pub(crate) fn route(&self) -> Option<&ServedRoute> {
        self.place.stage.routes.get(self.route?)
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    pub(crate) fn method(&self) -> &Method {
        &self.head.method
    }

    /// Seconds since 1970, for tokens.
    pub(crate) fn seconds(&self) -> i64 {
        self.context.now.div_euclid(1000)
    }

    /// The query as sent; none without `?` or with nothing behind it.
    pub(crate) fn raw_query(&self) -> Option<&str> {
        self.head.uri.query().filter(|query| !query.is_empty())
    }

    /// The whole path as sent.
    pub(crate) fn raw_path(&self) -> &str {
        self.head.uri.path()
    }

    fn path(&self) -> &str {
        self.decoded.as_deref().unwrap_or_else(|| self.head.uri.path())
    }

    /// The decoded path that routes match: without stage.
    pub(crate) fn routed_path(&self) -> &str {
        or_root(&self.path()[self.place.routed..])
    }

    /// The same part of the path as sent.
    pub(crate) fn routed_raw_path(&self) -> Option<&str> {
        self.place.routed_raw.map(|at| or_root(&self.raw_path()[at..]))
    }

    /// The decoded path that functions see: with the stage, unless that is `$default`.
    pub(crate) fn shown_path(&self) -> &str {
        or_root(&self.path()[self.place.shown..])
    }

    /// Host and port as sent.
    pub(crate) fn host(&self) -> &str {
        authority(&self.head)
    }

    /// The host that functions see.
    pub(crate) fn domain(&self) -> Cow<'_, str> {
        if self.place.by_path {
            self.stage().aws_host.as_ref().into()
        } else {
            host_name(self.host()).unwrap_or_default()
        }
    }

    /// The port the client reached; the scheme's own where the listener does not know it.
    pub(crate) fn port(&self) -> u16 {
        match (self.context.local.port(), self.context.tls) {
            (0, true) => 443,
            (0, false) => 80,
            (port, _) => port,
        }
    }

    /// `http` or `https`.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.context.tls { "https" } else { "http" }
    }
}

/// The host the client means: the request target's own before the Host header (RFC 9112 section 3.2.2).
pub(super) fn authority(head: &Parts) -> &str {
    let named = head.uri.authority().map(http::uri::Authority::as_str);
    let header = || head.headers.get(header::HOST).and_then(|value| value.to_str().ok());
    named.or_else(header).unwrap_or_default()
}

fn or_root(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}
