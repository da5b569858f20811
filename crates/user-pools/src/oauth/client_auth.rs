//! Client authentication at the token and revocation endpoints: the secret itself, compared in constant time with each live one.
use super::{ErrorCode, Refusal};
use crate::client::AppClient;
use crate::service::UserPools;
use std::fmt;

/// What a client said about itself, by Basic or in the body.
#[derive(Clone, Copy)]
pub struct ClientCredentials<'a> {
    /// `client_id`.
    pub id: &'a str,
    /// `client_secret`.
    pub secret: Option<&'a str>,
}

impl fmt::Debug for ClientCredentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials").field("id", &self.id).finish_non_exhaustive()
    }
}

impl UserPools {
    /// The client, when it is known, answers on this domain, and proved its secret (public clients have none and send none).
    /// Always `invalid_client`: which of them failed is for the operator.
    pub async fn authenticate_client(
        &self,
        domain: Option<&str>,
        given: ClientCredentials<'_>,
    ) -> Result<AppClient, Refusal> {
        let client = self.known_client(given.id).await?;
        self.check_domain(domain, &client.pool).await?;
        let refused = |got| Refusal::new(ErrorCode::InvalidClient, "client.secret").got(got);
        match (client.secrets.is_empty(), given.secret) {
            (true, None) => Ok(client),
            (false, Some(secret)) if self.is_client_secret(&client, secret)? => Ok(client),
            (true, Some(_)) => Err(refused("a secret from a public client").expected("no secret")),
            (false, None) => Err(refused("no secret").expected("the client's secret")),
            (false, Some(_)) => Err(refused("another secret").expected("the client's secret")),
        }
    }
}
