//! Which flow is open at which door to which client (spec C.5), with AWS's sentence for each refusal.
use super::Door;
use crate::client::ClientSettings;
use crate::error::{Error, Result};
use crate::messages;

/// `AuthFlowType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// `USER_PASSWORD_AUTH`.
    UserPassword,
    /// `ADMIN_USER_PASSWORD_AUTH`, and its old name `ADMIN_NO_SRP_AUTH`.
    AdminUserPassword,
    /// `USER_SRP_AUTH`.
    UserSrp,
    /// `REFRESH_TOKEN_AUTH`, and its old name `REFRESH_TOKEN`.
    RefreshToken,
    /// `CUSTOM_AUTH`.
    Custom,
    /// `USER_AUTH`.
    UserAuth,
}

impl Flow {
    /// Reads AWS's name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "USER_PASSWORD_AUTH" => Self::UserPassword,
            "ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH" => Self::AdminUserPassword,
            "USER_SRP_AUTH" => Self::UserSrp,
            "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => Self::RefreshToken,
            "CUSTOM_AUTH" => Self::Custom,
            "USER_AUTH" => Self::UserAuth,
            _ => return None,
        })
    }

    /// AWS's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserPassword => "USER_PASSWORD_AUTH",
            Self::AdminUserPassword => "ADMIN_USER_PASSWORD_AUTH",
            Self::UserSrp => "USER_SRP_AUTH",
            Self::RefreshToken => "REFRESH_TOKEN_AUTH",
            Self::Custom => "CUSTOM_AUTH",
            Self::UserAuth => "USER_AUTH",
        }
    }

    /// The values of `ExplicitAuthFlows` that open the flow.
    const fn openers(self) -> &'static [&'static str] {
        match self {
            Self::UserPassword => &["ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"],
            Self::AdminUserPassword => &["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"],
            Self::UserSrp => &["ALLOW_USER_SRP_AUTH"],
            Self::RefreshToken => &["ALLOW_REFRESH_TOKEN_AUTH"],
            Self::Custom => &["ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"],
            Self::UserAuth => &["ALLOW_USER_AUTH"],
        }
    }

    /// Open without being named: in a list of the old names, and where there is no list at all.
    const fn always_with_old_names(self) -> bool {
        matches!(self, Self::UserSrp | Self::RefreshToken)
    }

    fn not_enabled(self) -> Error {
        match self {
            Self::UserPassword | Self::UserAuth => messages::flow_not_enabled(self.as_str()),
            Self::AdminUserPassword => messages::AUTH_FLOW_NOT_ENABLED,
            Self::UserSrp | Self::RefreshToken | Self::Custom => messages::flow_is_not_enabled(self.as_str()),
        }
    }
}

/// Whether the client's settings open the flow. Without a list: refresh, SRP and custom.
pub fn enabled(client: &ClientSettings, flow: Flow) -> bool {
    let named = client.auth_flows.as_deref().unwrap_or_default();
    if named.is_empty() {
        return flow.always_with_old_names() || flow == Flow::Custom;
    }
    // `CUSTOM_AUTH_FLOW_ONLY` means what it says.
    let only_custom = named.iter().any(|name| name == "CUSTOM_AUTH_FLOW_ONLY");
    let old = named.iter().all(|name| !name.starts_with("ALLOW_")) && !only_custom;
    let implied = flow.always_with_old_names() && old || flow == Flow::RefreshToken && only_custom;
    implied || named.iter().any(|name| flow.openers().contains(&name.as_str()))
}

/// Refuses an admin flow at a door that is not the operators' (K 33).
pub(super) fn check_door(door: &Door, flow: Flow) -> Result<()> {
    let operators_only = flow == Flow::AdminUserPassword;
    let everybody_else = flow == Flow::UserPassword;
    match door {
        Door::Api if operators_only => Err(messages::INITIATE_AUTH_NOT_SUPPORTED),
        Door::Admin(_) if everybody_else => Err(messages::INITIATE_AUTH_NOT_SUPPORTED
            .because("USER_PASSWORD_AUTH belongs to InitiateAuth; AdminInitiateAuth has ADMIN_USER_PASSWORD_AUTH")),
        _ => Ok(()),
    }
}

/// Refuses a flow that the client has not enabled. Managed login brings its own way in and needs none but the one that takes no password.
pub(super) fn check_client(door: &Door, client: &ClientSettings, flow: Flow) -> Result<()> {
    let own_way = *door == Door::ManagedLogin && flow != Flow::UserAuth;
    if own_way || enabled(client, flow) { Ok(()) } else { Err(flow.not_enabled()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PoolId;

    const ALL: [Flow; 6] =
        [Flow::UserPassword, Flow::AdminUserPassword, Flow::UserSrp, Flow::RefreshToken, Flow::Custom, Flow::UserAuth];

    fn open(flows: &[&str]) -> Vec<Flow> {
        let named = flows.iter().map(|name| (*name).to_owned()).collect();
        let settings = ClientSettings { auth_flows: Some(named), ..ClientSettings::default() };
        ALL.into_iter().filter(|flow| enabled(&settings, *flow)).collect()
    }

    #[test]
    fn without_a_list_refresh_srp_and_custom_are_open() {
        assert_eq!(open(&[]), [Flow::UserSrp, Flow::RefreshToken, Flow::Custom]);
        assert!(enabled(&ClientSettings::default(), Flow::UserSrp));
        assert!(!enabled(&ClientSettings::default(), Flow::UserPassword));
    }

    #[test]
    fn new_names_open_what_they_say_and_nothing_else() {
        assert_eq!(open(&["ALLOW_USER_PASSWORD_AUTH"]), [Flow::UserPassword]);
        assert_eq!(open(&["ALLOW_USER_AUTH", "ALLOW_CUSTOM_AUTH"]), [Flow::Custom, Flow::UserAuth]);
    }

    #[test]
    fn old_names_leave_srp_and_refresh_open() {
        assert_eq!(open(&["ADMIN_NO_SRP_AUTH"]), [Flow::AdminUserPassword, Flow::UserSrp, Flow::RefreshToken]);
        assert_eq!(open(&["CUSTOM_AUTH_FLOW_ONLY"]), [Flow::RefreshToken, Flow::Custom]);
    }

    #[test]
    fn each_flow_refuses_in_its_own_words() {
        let closed = ClientSettings { auth_flows: Some(vec!["ALLOW_USER_AUTH".into()]), ..ClientSettings::default() };
        let says = |flow| check_client(&Door::Api, &closed, flow).unwrap_err().message;
        assert_eq!(says(Flow::UserPassword), "USER_PASSWORD_AUTH flow not enabled for this client");
        assert_eq!(says(Flow::UserSrp), "USER_SRP_AUTH is not enabled for the client.");
        assert_eq!(says(Flow::AdminUserPassword), "Auth flow not enabled for this client");
        assert_eq!(says(Flow::RefreshToken), "REFRESH_TOKEN_AUTH is not enabled for the client.");
    }

    #[test]
    fn an_admin_flow_is_no_flow_for_the_public() {
        let says = |door: Door, flow| check_door(&door, flow).map_err(|error| error.message);
        assert_eq!(says(Door::Api, Flow::AdminUserPassword), Err("Initiate Auth method not supported.".into()));
        assert_eq!(says(Door::Admin(PoolId("p".into())), Flow::AdminUserPassword), Ok(()));
        assert_eq!(says(Door::Api, Flow::UserSrp), Ok(()));
    }
}
