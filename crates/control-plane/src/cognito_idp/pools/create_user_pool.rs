//! CreateUserPool: a pool with AWS's defaults for all that is left out.
use super::super::prelude::*;
use super::given::{self, given};
use super::shown;
use user_pools::attributes::schema;
use user_pools::pool::PoolSettings;
use wire::{CreateUserPoolRequest as Input, CreateUserPoolResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let mut settings = PoolSettings::named(input.pool_name);
    settings.schema = schema::build(&given::schema(input.schema.unwrap_or_default()))?;
    settings.alias_attributes = input.alias_attributes.unwrap_or_default().into_iter().map(given::alias).collect();
    settings.username_attributes =
        input.username_attributes.unwrap_or_default().into_iter().map(given::username).collect();
    settings.case_sensitive = input.username_configuration.map(|configuration| configuration.case_sensitive);
    given!(input).replace(&mut settings)?;
    let pool = cx.pools.create_pool(cx.request.now, by.scope().clone(), settings).await?;
    Ok(Output { user_pool: Some(shown::pool(&pool, 0, &[])?) })
}
