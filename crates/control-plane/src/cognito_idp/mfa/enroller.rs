//! Who enrols: AssociateSoftwareToken and VerifySoftwareToken take an access token or a session.
use super::super::errors::invalid;
use super::super::prelude::*;
use user_pools::access::Access;
use user_pools::mfa::Enroller;

/// What came, checked as far as it can be before the ground floor looks at it.
pub(super) enum Given {
    Token(Box<Access>),
    Session(String),
}

impl Given {
    /// Reads the two members; the token wins where both come.
    pub(super) async fn read(cx: &Cx, access_token: Option<String>, session: Option<String>) -> Result<Self> {
        match (access_token, session) {
            (Some(token), _) => Ok(Self::Token(Box::new(cx.pools.access(cx.request.now, &token).await?))),
            (None, Some(session)) => Ok(Self::Session(session)),
            (None, None) => Err(invalid("Either AccessToken or Session must be provided.")),
        }
    }

    pub(super) fn enroller(&self) -> Enroller<'_> {
        match self {
            Self::Token(access) => Enroller::Access(access),
            Self::Session(session) => Enroller::Session(session),
        }
    }
}
