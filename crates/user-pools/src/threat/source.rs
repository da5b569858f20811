//! Where a sign-in comes from, as far as the caller may be believed. An operator's server speaks for its users, and so does a client that
//! has a secret and that the operator lets pass such data on; everybody else comes from where the connection came from.
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::sign_in::Door;
use std::net::IpAddr;

/// Address and user agent of whoever signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub ip: IpAddr,
    pub user_agent: Option<String>,
}

impl Source {
    /// Where the connection came from.
    pub fn direct(cx: &RequestContext) -> Self {
        Self { ip: cx.client_ip.to_canonical(), user_agent: cx.user_agent.clone() }
    }

    /// The source of a request at a door. InvalidParameter where whoever is believed tells an address that is none: were it passed over, the
    /// request would be judged by the address of their server.
    pub fn of(cx: &RequestContext, door: &Door, client: &AppClient) -> Result<Self> {
        let told = &cx.carried.told;
        let own = cx.user_agent.clone();
        let (address, user_agent) = match door {
            Door::Admin(_) => (told.address.as_deref(), told.user_agent.clone().or(own)),
            Door::Api if !client.secrets.is_empty() && client.settings.propagate_context == Some(true) => {
                (told.address.as_deref(), own)
            }
            Door::Api | Door::ManagedLogin => (None, own),
        };
        let told = address.filter(|text| !text.is_empty());
        let ip = told.map_or(Ok(cx.client_ip), |text| text.parse().map_err(|_| messages::IP_ADDRESS_INVALID))?;
        Ok(Self { ip: ip.to_canonical(), user_agent })
    }
}
