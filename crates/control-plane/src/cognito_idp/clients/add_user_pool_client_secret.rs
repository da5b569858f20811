//! AddUserPoolClientSecret: a second secret beside the first; told only where it was generated here.
use super::super::prelude::*;
use super::shown;
use wire::{AddUserPoolClientSecretRequest as Input, AddUserPoolClientSecretResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let given = input.client_secret.map(Into::into);
    let added = cx.pools.add_client_secret(cx.request.now, &pool.id, &ClientId(input.client_id), given).await?;
    let value = added.generated.map(|secret| secret.as_str().to_owned());
    Ok(Output { client_secret_descriptor: Some(shown::secret(added.id, added.created, value)) })
}
