//! The client-credentials grant: an access token for a machine, with custom scopes only.
use super::{ErrorCode, Refusal};
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::service::UserPools;
use crate::token::Tokens;

impl UserPools {
    /// An access token for an authenticated client. Refused to clients without a secret, without the flow, or without custom scopes.
    pub async fn issue_to_machine(
        &self,
        cx: &RequestContext,
        client: &AppClient,
        scope: Option<&str>,
    ) -> Result<Tokens, Refusal> {
        if client.secrets.is_empty() {
            return Err(
                Refusal::new(ErrorCode::UnauthorizedClient, "client.confidential").got("a client without a secret")
            );
        }
        let scopes = self.machine_scopes(client, scope).await?;
        let pool = self.pool_by_id(&client.pool).await?;
        Ok(self.issue_machine_token(cx, &pool, client, &scopes).await?)
    }
}
