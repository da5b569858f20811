//! GetCSVHeader: the columns of the pool's import file.
use super::super::prelude::*;
use user_pools::imports::csv_header;
use wire::{GetCSVHeaderRequest as Input, GetCSVHeaderResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    Ok(Output { user_pool_id: Some(pool.id.0), csv_header: Some(csv_header(&pool.settings)) })
}
