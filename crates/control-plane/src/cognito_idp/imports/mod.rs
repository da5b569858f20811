//! Operations on user import jobs.
pub(super) mod create_user_import_job;
pub(super) mod describe_user_import_job;
pub(super) mod get_csv_header;
pub(super) mod list_user_import_jobs;
mod shown;
pub(super) mod start_user_import_job;
pub(super) mod stop_user_import_job;
