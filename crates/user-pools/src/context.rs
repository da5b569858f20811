//! What the listener knows of a request, handed to every call: when, who from, under which id.
use crate::ids::Millis;
use events::user_pools::Texts;
use std::fmt;
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
    /// What the client sent along for the pool's triggers.
    pub carried: Carried,
}

impl RequestContext {
    /// The same request with what its client sent along.
    #[must_use]
    pub fn carrying(&self, carried: Carried) -> Self {
        Self { carried, ..self.clone() }
    }
}

/// What a client sends along with a call: for the pool's triggers, as section G.4 of the spec says, and about whom it speaks for.
/// The door fills it in, because which member goes where depends on the operation.
#[derive(Clone, Default)]
pub struct Carried {
    /// `clientMetadata` of the triggers that this call invokes.
    pub metadata: Option<Texts>,
    /// `validationData`: `ValidationData` of SignUp and AdminCreateUser, and `ClientMetadata` of the call that begins a sign-in.
    pub validation: Option<Texts>,
    /// Whom the caller says it speaks for.
    pub told: Told,
}

/// What a server says about the browser or app behind it (`ContextData`, `UserContextData.IpAddress`). Who may be believed is decided in
/// `threat`; nothing else in this room looks at it.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The address, as told; an empty one was not.
    pub address: Option<String>,
    /// The `User-Agent` among its headers.
    pub user_agent: Option<String>,
}

impl fmt::Debug for Carried {
    /// Metadata is the operator's own and may hold anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carried").finish_non_exhaustive()
    }
}
