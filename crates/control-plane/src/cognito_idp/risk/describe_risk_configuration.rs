//! DescribeRiskConfiguration: the pool's, or the one that a client has of its own.
use super::super::prelude::*;
use super::shown;
use wire::{DescribeRiskConfigurationRequest as Input, DescribeRiskConfigurationResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let (pool, client) = (PoolId(input.user_pool_id), input.client_id.map(ClientId));
    let found = cx.pools.risk_configuration(by.scope(), &pool, client.as_ref()).await?;
    Ok(Output { risk_configuration: shown::configuration(pool, client, found)? })
}
