//! How sessions and their configuration are shown.
use super::super::prelude::*;
use user_pools::sessions::{ClientSessions, PoolSessions, Session};

/// `SessionDescriptionType`. Where an address is on the globe is not looked up.
pub(super) fn session(session: Session) -> wire::SessionDescriptionType {
    wire::SessionDescriptionType {
        session_id: Some(session.id),
        session_type: Some(if session.sso { wire::SessionTypeType::Sso } else { wire::SessionTypeType::Token }),
        client_id: session.client.map(|client| client.0),
        create_date: Some(session.created.into()),
        last_active_date: Some(session.active.into()),
        device_type: Some(session.device),
        last_ip_address: session.ip,
        origin_session_id: session.origin,
        is_current_session: Some(session.current),
        ..Default::default()
    }
}

/// `UserSessionTracking` and `TokenSession`.
pub(super) fn pool(sessions: PoolSessions) -> (wire::UserSessionTrackingType, wire::UserPoolTokenSessionConfigType) {
    let tracking = if sessions.tracking {
        wire::UserSessionTrackingType::Enabled
    } else {
        wire::UserSessionTrackingType::Disabled
    };
    let max_per_user = i32::try_from(sessions.max_per_user).unwrap_or(i32::MAX);
    (tracking, wire::UserPoolTokenSessionConfigType { max_per_user })
}

/// `SSOSession`.
pub(super) fn client(sessions: ClientSessions) -> wire::ClientSSOSessionConfigType {
    let max_validity_minutes = i32::try_from(sessions.sso_minutes).unwrap_or(i32::MAX);
    wire::ClientSSOSessionConfigType { max_validity_minutes }
}

/// `RevokeAssociatedSessions`; left out, nothing else ends.
pub(super) fn linked(given: Option<wire::RevokeAssociatedSessionsType>) -> bool {
    given == Some(wire::RevokeAssociatedSessionsType::Linked)
}
