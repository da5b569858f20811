//! CreateUserPoolClient: a client, with a secret when asked for.
use super::super::errors::invalid;
use super::super::prelude::*;
use super::given::given;
use super::shown;
use user_pools::clients::NewSecret;
use wire::{CreateUserPoolClientRequest as Input, CreateUserPoolClientResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let secret = match (input.generate_secret.unwrap_or(false), input.client_secret) {
        (true, Some(_)) => return Err(invalid("GenerateSecret and ClientSecret cannot be given together.")),
        (true, None) => NewSecret::Generate,
        (false, Some(secret)) => NewSecret::Given(secret.into()),
        (false, None) => NewSecret::None,
    };
    let settings = given!(input, input.client_name);
    let client = cx.pools.create_client(cx.request.now, &pool, settings, secret).await?;
    Ok(Output { user_pool_client: Some(shown::client(cx, &client)?) })
}
