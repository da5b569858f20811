//! GetLogDeliveryConfiguration.
use super::super::prelude::*;
use super::shown;
use wire::{GetLogDeliveryConfigurationRequest as Input, GetLogDeliveryConfigurationResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = PoolId(input.user_pool_id);
    let found = cx.pools.log_configurations(by.scope(), &pool).await?;
    Ok(Output { log_delivery_configuration: Some(shown::delivery(pool, found)) })
}
