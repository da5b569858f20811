//! The refresh grant: what the user-pool API does, in OAuth's words.
use super::{ErrorCode, Refusal};
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::error::{Error, ErrorKind};
use crate::service::UserPools;
use crate::sign_in::{Flow, flow};
use crate::token::{ClientProof, Tokens};

impl UserPools {
    /// Tokens from a refresh token of an authenticated client. The refusal's own decision is noted by [`UserPools::refresh`].
    pub async fn refresh_grant(&self, cx: &RequestContext, client: &AppClient, token: &str) -> Result<Tokens, Refusal> {
        if !client.settings.rotates() && !flow::enabled(&client.settings, Flow::RefreshToken) {
            return Err(Refusal::new(ErrorCode::UnauthorizedClient, "client.refresh"));
        }
        self.refresh(cx, "/oauth2/token", client, token, ClientProof::Checked).await.map_err(refused)
    }
}

fn refused(error: Error) -> Refusal {
    match error.kind {
        ErrorKind::NotAuthorized | ErrorKind::RefreshTokenReuse | ErrorKind::UserNotFound => {
            Refusal::new(ErrorCode::InvalidGrant, "refresh_token").got(error.reason.unwrap_or(error.message))
        }
        _ => error.into(),
    }
}
