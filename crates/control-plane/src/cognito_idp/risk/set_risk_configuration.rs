//! SetRiskConfiguration: replaces the pool's, or a client's own; what is left out goes back to its default. It may be set before the pool's
//! threat protection is switched on, as Terraform's users do.
use super::super::prelude::*;
use super::shown;
use wire::{SetRiskConfigurationRequest as Input, SetRiskConfigurationResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let (pool, client) = (PoolId(input.user_pool_id), input.client_id.map(ClientId));
    let given = shown::given(
        input.compromised_credentials_risk_configuration,
        input.account_takeover_risk_configuration,
        input.risk_exception_configuration,
    )?;
    let set = cx.pools.set_risk_configuration(cx.request.now, by.scope(), &pool, client.as_ref(), given).await?;
    Ok(Output { risk_configuration: shown::configuration(pool, client, set)? })
}
