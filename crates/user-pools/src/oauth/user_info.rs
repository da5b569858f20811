//! userInfo: the attributes behind an access token, narrowed by its scopes and the client's read permission; every value a string (spec E.6).
use super::scopes::reveal;
use super::{ErrorCode, Refusal};
use crate::access::Access;
use crate::attributes::visible;
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::error::{Error, ErrorKind};
use crate::messages;
use crate::service::UserPools;
use serde_json::{Map, Value};

/// AWS's description of a token that is no good here.
const INVALID_TOKEN: &str = "Access token is expired, disabled, or deleted, or the user has globally signed out.";

impl UserPools {
    /// The claims of an access token with the scope `openid`, issued by the pool of this domain.
    pub async fn user_info(
        &self,
        cx: &RequestContext,
        domain: Option<&str>,
        token: &str,
    ) -> Result<Map<String, Value>, Refusal> {
        let access = self.access_with_scope(cx.now, token, "openid").await.map_err(refused)?;
        if self.check_domain(domain, &access.pool.id).await.is_err() {
            return Err(invalid_token("token.domain").got("a token of another pool"));
        }
        let client = self.client(&access.client).await.map_err(refused)?;
        Ok(claims(&access, &client))
    }
}

fn claims(access: &Access, client: &AppClient) -> Map<String, Value> {
    let scopes = access.claims.scopes();
    let attributes = visible(&access.pool.settings, Some(&client.settings), &access.user);
    let shown = attributes.into_iter().filter(|(name, _)| name == "sub" || reveal(&scopes, name));
    let username = ("username".to_owned(), access.user.username.clone());
    shown.chain([username]).map(|(name, value)| (name, Value::String(value))).collect()
}

fn invalid_token(rule: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidToken, rule).saying(INVALID_TOKEN)
}

fn refused(error: Error) -> Refusal {
    if error.message == messages::SCOPES_MISSING.message {
        return Refusal::new(ErrorCode::InsufficientScope, "token.scope")
            .saying("The access token does not have the scope openid.")
            .expected("the scope openid");
    }
    match error.kind {
        ErrorKind::NotAuthorized | ErrorKind::UserNotFound | ErrorKind::ResourceNotFound => {
            invalid_token("token").got(error.reason.unwrap_or(error.message))
        }
        _ => error.into(),
    }
}
