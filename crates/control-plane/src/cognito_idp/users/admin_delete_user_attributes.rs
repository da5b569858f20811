//! AdminDeleteUserAttributes.
use super::super::prelude::*;
use wire::{AdminDeleteUserAttributesRequest as Input, AdminDeleteUserAttributesResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let names = input.user_attribute_names;
    cx.pools.admin_delete_user_attributes(&cx.request, &pool, &input.username, &names).await?;
    Ok(Output {})
}
