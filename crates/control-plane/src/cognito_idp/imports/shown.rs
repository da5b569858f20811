//! From a stored job to `UserImportJobType`.
use super::super::prelude::*;
use user_pools::imports::{HashAlgorithm, ImportJob, ImportStatus};

pub(super) fn job(cx: &Cx, job: ImportJob) -> wire::UserImportJobType {
    let count = |users: u64| Some(i64::try_from(users).unwrap_or(i64::MAX));
    wire::UserImportJobType {
        pre_signed_url: cx.pools.import_url(&job),
        status: Some(status(job.status_at(cx.request.now))),
        job_name: Some(job.name),
        job_id: Some(job.id),
        user_pool_id: Some(job.pool.0),
        creation_date: Some(job.created.into()),
        start_date: job.started.map(Into::into),
        completion_date: job.completed.map(Into::into),
        cloud_watch_logs_role_arn: Some(job.role_arn),
        imported_users: count(job.imported),
        skipped_users: count(job.skipped),
        failed_users: count(job.failed),
        completion_message: job.message,
        password_hashing_algorithm: job.algorithm.map(algorithm),
    }
}

fn algorithm(algorithm: HashAlgorithm) -> wire::PasswordHashingAlgorithmType {
    use wire::PasswordHashingAlgorithmType as Wire;
    match algorithm {
        HashAlgorithm::Bcrypt => Wire::Bcrypt,
        HashAlgorithm::Scrypt => Wire::Scrypt,
        HashAlgorithm::Argon2id => Wire::Argon2id,
        HashAlgorithm::Pbkdf2Sha256 => Wire::Pbkdf2Sha256,
    }
}

fn status(status: ImportStatus) -> wire::UserImportJobStatusType {
    use wire::UserImportJobStatusType as Wire;
    match status {
        ImportStatus::Created => Wire::Created,
        ImportStatus::Pending => Wire::Pending,
        ImportStatus::InProgress => Wire::InProgress,
        ImportStatus::Stopped => Wire::Stopped,
        ImportStatus::Expired => Wire::Expired,
        ImportStatus::Failed => Wire::Failed,
        ImportStatus::Succeeded => Wire::Succeeded,
    }
}
