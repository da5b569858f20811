//! DescribeTermsByClient: the document of that name.
use super::super::prelude::*;
use super::shown;
use wire::{DescribeTermsByClientRequest as Input, DescribeTermsByClientResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let client = cx.pools.client_of(&pool.id, &ClientId(input.client_id)).await?;
    let terms = cx.pools.terms_named(&client, &input.terms_name).await?;
    Ok(Output { terms: Some(shown::terms(terms)) })
}
