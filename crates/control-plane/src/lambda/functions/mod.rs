//! The functions themselves.

pub(super) mod create_function;
pub(super) mod delete_function;
pub(super) mod get_function;
pub(super) mod get_function_code_signing_config;
pub(super) mod get_function_concurrency;
pub(super) mod get_function_configuration;
pub(super) mod list_functions;
pub(super) mod list_versions_by_function;
mod read;
mod shown;
mod unsupported;
pub(super) mod update_function_code;
pub(super) mod update_function_configuration;
