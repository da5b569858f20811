//! DescribeUserPool: the pool with every setting.
use super::super::prelude::*;
use super::shown;
use wire::{DescribeUserPoolRequest as Input, DescribeUserPoolResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let users = cx.pools.user_count(pool.id.clone()).await?;
    let domains = cx.pools.domains_of(pool.id.clone()).await?;
    Ok(Output { user_pool: Some(shown::pool(&pool, users, &domains)?) })
}
