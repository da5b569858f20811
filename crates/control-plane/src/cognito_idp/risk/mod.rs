//! Operations on what threat protection does.
pub(super) mod describe_risk_configuration;
pub(super) mod set_risk_configuration;
mod shown;
