//! Sessions as people see them: where somebody is signed in. A token session is a sign-in with its refresh tokens; an SSO session is the login
//! cookie of a browser, and the token sessions that came through it are linked to it. Every sign-in is one, whether or not a pool shows them.
mod config;
mod device;
mod end;
mod list;
mod touch;

pub(crate) use config::sso_life;
pub use config::{ClientSessions, PoolSessions};
pub use device::device_name;
pub use list::SessionPage;

use crate::ids::{ClientId, Millis, session_letters};
use crate::oauth::LoginSession;
use crate::token::SignIn;

/// `SessionDescriptionType`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// `SessionId`.
    pub id: String,
    /// An SSO session; else it is a token session.
    pub sso: bool,
    /// The app.
    pub client: Option<ClientId>,
    /// When it began.
    pub created: Millis,
    /// When it was last used.
    pub active: Millis,
    /// From what it was last used, for people.
    pub device: String,
    /// From where.
    pub ip: Option<String>,
    /// The SSO session that a token session came through.
    pub origin: Option<String>,
    /// The session that asks.
    pub current: bool,
}

/// The id of a token session. It follows from the sign-in's own and tells nothing of it.
pub(crate) fn token_session_id(origin_jti: &str) -> String {
    session_letters("tkn", origin_jti.as_bytes())
}

/// The id of an SSO session. It follows from the hash of the cookie and tells nothing of it.
pub(crate) fn sso_session_id(hash: &[u8; 32]) -> String {
    session_letters("sso", hash)
}

impl Session {
    /// A sign-in; `current` is the `origin_jti` of whoever asks.
    fn of_sign_in(sign_in: SignIn, current: Option<&str>) -> Self {
        let active = sign_in.active;
        let agent = active.as_ref().map_or(sign_in.device.as_deref(), |active| active.device.as_deref());
        Self {
            id: token_session_id(&sign_in.origin_jti),
            sso: false,
            client: Some(sign_in.client),
            created: sign_in.opened.unwrap_or(sign_in.auth_time),
            active: active.as_ref().map_or(sign_in.auth_time, |active| active.at),
            device: device_name(agent),
            ip: active.map(|active| active.ip),
            origin: sign_in.login,
            current: current == Some(&sign_in.origin_jti),
        }
    }

    fn of_login(login: LoginSession) -> Self {
        let active = login.active;
        Self {
            id: sso_session_id(&login.hash),
            sso: true,
            client: login.client,
            created: login.auth_time,
            active: active.as_ref().map_or(login.auth_time, |active| active.at),
            device: device_name(active.as_ref().and_then(|active| active.device.as_deref())),
            ip: active.map(|active| active.ip),
            origin: None,
            current: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_awss_form_and_tell_nothing() {
        let form = regex::Regex::new("^(tkn|sso)[a-z0-9]{25}$").unwrap();
        let (token, sso) = (token_session_id("d7c5b0d0-3f3c-4b4e-9c53-3c1d9a1b2c3d"), sso_session_id(&[7; 32]));
        assert!(form.is_match(&token) && form.is_match(&sso), "{token} {sso}");
        assert_ne!(token, token_session_id("d7c5b0d0-3f3c-4b4e-9c53-3c1d9a1b2c3e"));
        assert_eq!(token, token_session_id("d7c5b0d0-3f3c-4b4e-9c53-3c1d9a1b2c3d"));
    }
}
