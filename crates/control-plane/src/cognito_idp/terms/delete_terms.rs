//! DeleteTerms.
use super::super::prelude::*;
use wire::DeleteTermsRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    cx.pools.delete_terms(cx.request.now, pool.id, input.terms_id).await?;
    Ok(Empty {})
}
