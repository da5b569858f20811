//! CreateUserImportJob: a job, and the URL that takes its CSV file.
use super::super::prelude::*;
use super::shown;
use user_pools::imports::HashAlgorithm;
use wire::{CreateUserImportJobRequest as Input, CreateUserImportJobResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let (name, role) = (input.job_name, input.cloud_watch_logs_role_arn);
    let algorithm = input.password_hashing_algorithm.map(algorithm);
    let job = cx.pools.create_import_job(cx.request.now, &pool, name, role, algorithm).await?;
    Ok(Output { user_import_job: Some(shown::job(cx, job)) })
}

fn algorithm(given: wire::PasswordHashingAlgorithmType) -> HashAlgorithm {
    use wire::PasswordHashingAlgorithmType as Wire;
    match given {
        Wire::Bcrypt => HashAlgorithm::Bcrypt,
        Wire::Scrypt => HashAlgorithm::Scrypt,
        Wire::Argon2id => HashAlgorithm::Argon2id,
        Wire::Pbkdf2Sha256 => HashAlgorithm::Pbkdf2Sha256,
    }
}
