//! The implicit grant (`response_type=token`), for clients whose settings allow it: tokens at once, no refresh token.
use super::scopes::check_readable;
use super::{LoginOf, Refusal};
use crate::context::RequestContext;
use crate::service::UserPools;
use crate::token::{OAuth, Opening, Tokens};
use crate::triggers::TokenSource;

use super::Site;

impl UserPools {
    /// Tokens for a signed-in browser. The sign-in is stored, so that it can be revoked like any other.
    pub async fn issue_implicit(
        &self,
        cx: &RequestContext,
        site: &Site,
        login: &LoginOf,
        scopes: &[String],
        nonce: Option<&str>,
    ) -> Result<Tokens, Refusal> {
        check_readable(&site.client.settings, scopes)?;
        let id = login.id();
        let opening = Opening {
            pool: &site.pool,
            client: &site.client,
            user: &login.user,
            auth_time: login.session.auth_time,
            methods: &login.session.methods,
            source: TokenSource::HostedAuth,
            device_key: None,
            oauth: Some(OAuth { scopes, nonce, origin_jti: None, login: Some(&id), refreshable: false }),
        };
        let opened = self.issue_for(cx, &opening).await?;
        let stamp = login.session.stamp.clone();
        if let Err(error) = self.store.open_sign_in(cx.now, opened.sign_in, stamp, None, None).await {
            return Err(self.shut_out(&login.user, error).await.into());
        }
        self.evict(cx.now, &site.pool, &login.user.sub).await;
        Ok(opened.tokens)
    }
}
