//! Revocation at `/oauth2/revoke`, in OAuth's words (RFC 7009, spec E.7).
use super::{ErrorCode, Refusal};
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::error::{Error, ErrorKind};
use crate::service::UserPools;

impl UserPools {
    /// Ends the family of a refresh token of an authenticated client. Unknown tokens are a success.
    pub async fn revoke_grant(&self, cx: &RequestContext, client: &AppClient, token: &str) -> Result<(), Refusal> {
        self.revoke_token_of(cx, client, token).await.map_err(refused)
    }
}

fn refused(error: Error) -> Refusal {
    let code = match error.kind {
        ErrorKind::UnsupportedOperation | ErrorKind::UnsupportedTokenType => ErrorCode::UnsupportedTokenType,
        ErrorKind::Unauthorized => ErrorCode::UnauthorizedClient,
        _ => return error.into(),
    };
    Refusal::new(code, "token.kind").got(error.reason.unwrap_or(error.message))
}
