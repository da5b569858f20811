//! StartUserImportJob: the file is read from here on, in the background.
use super::super::prelude::*;
use super::shown;
use wire::{StartUserImportJobRequest as Input, StartUserImportJobResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let job = cx.pools.start_import_job(cx.request.now, &pool, &input.job_id).await?;
    Ok(Output { user_import_job: Some(shown::job(cx, job)) })
}
