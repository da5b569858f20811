//! Operations on the logs that a pool exports.
pub(super) mod get_log_delivery_configuration;
pub(super) mod set_log_delivery_configuration;
mod shown;
