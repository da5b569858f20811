//! StopUserImportJob: the users imported so far stay; the job cannot be started again.
use super::super::prelude::*;
use super::shown;
use wire::{StopUserImportJobRequest as Input, StopUserImportJobResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let job = cx.pools.stop_import_job(cx.request.now, &pool.id, &input.job_id).await?;
    Ok(Output { user_import_job: Some(shown::job(cx, job)) })
}
