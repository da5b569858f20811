//! ListUserPoolClientSecrets: what is known of the secrets but themselves. There are two at most, so there is never another page.
use super::super::errors::invalid;
use super::super::prelude::*;
use super::shown;
use wire::{ListUserPoolClientSecretsRequest as Input, ListUserPoolClientSecretsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let client = cx.pools.client_of(&pool.id, &ClientId(input.client_id)).await?;
    if input.next_token.is_some() {
        return Err(invalid("Invalid Pagination Token"));
    }
    let secrets = client.secrets.into_iter().map(|secret| shown::secret(secret.id, secret.created, None));
    Ok(Output { client_secrets: Some(secrets.collect()), next_token: None })
}
