//! UpdateUserPoolDomain: another certificate, another managed-login version.
use super::super::prelude::*;
use super::shown;
use wire::{UpdateUserPoolDomainRequest as Input, UpdateUserPoolDomainResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let (custom, routing) = (shown::keep(input.custom_domain_config)?, shown::keep(input.routing)?);
    let version = input.managed_login_version.and_then(|version| u32::try_from(version).ok());
    let domain = cx
        .pools
        .update_domain(cx.request.now, &pool.id, input.domain, |domain| {
            domain.managed_login_version = version.unwrap_or(domain.managed_login_version);
            domain.custom = custom.clone().or(domain.custom.take());
            domain.routing = routing.clone().or(domain.routing.take());
        })
        .await?;
    Ok(Output {
        managed_login_version: i32::try_from(domain.managed_login_version).ok(),
        cloud_front_domain: shown::distribution(&domain),
        routing: shown::member(domain.routing.as_ref())?,
    })
}
