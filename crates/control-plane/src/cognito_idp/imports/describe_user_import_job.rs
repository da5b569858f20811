//! DescribeUserImportJob: the job with its counts so far.
use super::super::prelude::*;
use super::shown;
use wire::{DescribeUserImportJobRequest as Input, DescribeUserImportJobResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let job = cx.pools.import_job(&pool.id, &input.job_id).await?;
    Ok(Output { user_import_job: Some(shown::job(cx, job)) })
}
