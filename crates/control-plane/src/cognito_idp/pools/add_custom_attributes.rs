//! AddCustomAttributes: widens the schema of a pool, users or not; all of the attributes or none.
use super::super::prelude::*;
use super::given::schema;
use wire::AddCustomAttributesRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let attributes = schema(input.custom_attributes);
    cx.pools.add_custom_attributes(cx.request.now, by.scope(), &PoolId(input.user_pool_id), &attributes).await?;
    Ok(Empty {})
}
