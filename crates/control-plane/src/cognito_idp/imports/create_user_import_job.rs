//! CreateUserImportJob: a job, and the URL that takes its CSV file.
use super::super::prelude::*;
use super::shown;
use user_pools::messages;
use wire::{CreateUserImportJobRequest as Input, CreateUserImportJobResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    if input.password_hashing_algorithm.is_some() {
        return Err(messages::IMPORT_HASHES_NOT_SUPPORTED.into());
    }
    let (name, role) = (input.job_name, input.cloud_watch_logs_role_arn);
    let job = cx.pools.create_import_job(cx.request.now, &pool, name, role).await?;
    Ok(Output { user_import_job: Some(shown::job(cx, job)) })
}
