//! The resource policies of functions: who may call them.

pub(super) mod add_permission;
pub(super) mod get_policy;
pub(super) mod remove_permission;
