//! SetLogDeliveryConfiguration: replaces all; an empty list ends the export.
use super::super::prelude::*;
use super::shown;
use wire::{SetLogDeliveryConfigurationRequest as Input, SetLogDeliveryConfigurationResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = PoolId(input.user_pool_id);
    let given = input.log_configurations.into_iter().map(shown::given).collect();
    let set = cx.pools.set_log_configurations(cx.request.now, by.scope(), &pool, given).await?;
    Ok(Output { log_delivery_configuration: Some(shown::delivery(pool, set)) })
}
