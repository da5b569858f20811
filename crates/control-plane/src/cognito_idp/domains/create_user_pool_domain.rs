//! CreateUserPoolDomain: where the pool's managed login answers.
use super::super::prelude::*;
use super::shown;
use user_pools::domain::Domain;
use wire::{CreateUserPoolDomainRequest as Input, CreateUserPoolDomainResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let domain = Domain {
        scope: by.scope().clone(),
        name: input.domain,
        pool: pool.id,
        version: 1,
        managed_login_version: input.managed_login_version.and_then(|version| u32::try_from(version).ok()).unwrap_or(1),
        custom: shown::keep(input.custom_domain_config)?,
        routing: shown::keep(input.routing)?,
        created: cx.request.now,
    };
    let domain = cx.pools.create_domain(cx.request.now, domain).await?;
    Ok(Output {
        managed_login_version: i32::try_from(domain.managed_login_version).ok(),
        cloud_front_domain: shown::distribution(&domain),
        routing: shown::member(domain.routing.as_ref())?,
    })
}
