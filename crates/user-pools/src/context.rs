//! What the listener knows of a request, handed to every call: when, who from, under which id.
use crate::ids::Millis;
use std::net::IpAddr;

/// Made once per request at the listener; never read from the air further in.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The server's clock when the request arrived.
    pub now: Millis,
    /// The request id in the form of the door it came through; the client gets the same one.
    pub request_id: String,
    /// The client's address, after `trusted_proxies` has been applied.
    pub client_ip: IpAddr,
    /// The trace id that travels on to integrations and logs.
    pub trace_id: String,
    /// The language asked for, if any (`lang`, cookie or `Accept-Language`).
    pub locale: Option<String>,
    /// The `User-Agent` header, for the sign-in's device line.
    pub user_agent: Option<String>,
}
