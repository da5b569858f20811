//! AdminUpdateUserAttributes: any attribute but `sub`, verified flags included.
use super::super::prelude::*;
use super::given;
use wire::{AdminUpdateUserAttributesRequest as Input, AdminUpdateUserAttributesResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let carried = cx.with_metadata(input.client_metadata);
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let given = given::attributes(input.user_attributes);
    cx.pools.admin_update_user_attributes(&carried, &pool, &input.username, &given).await?;
    Ok(Output {})
}
