//! ListUserImportJobs: the jobs of a pool, from last created to first.
use super::super::paging;
use super::super::prelude::*;
use super::shown;
use wire::{ListUserImportJobsRequest as Input, ListUserImportJobsResponse as Output};

/// The model asks for up to sixty and bounds the answer to fifty.
const MOST: i32 = 50;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let (limit, token) = (Some(input.max_results.min(MOST)), input.pagination_token.as_deref());
    let page = paging::page(cx, "imports", &[&pool.id.0], token, limit)?;
    let jobs = cx.pools.import_jobs(pool.id.clone(), paging::one_more(&page)).await?;
    let (jobs, pagination_token) = paging::cut(cx, "imports", &[&pool.id.0], &page, jobs, |job| job.id.clone());
    let jobs = jobs.into_iter().map(|job| shown::job(cx, job)).collect();
    Ok(Output { user_import_jobs: Some(jobs), pagination_token })
}
