//! Operations on remembered devices: a user's own, and any user's for an operator.
pub(super) mod admin_forget_device;
pub(super) mod admin_get_device;
pub(super) mod admin_list_devices;
pub(super) mod admin_update_device_status;
pub(super) mod confirm_device;
pub(super) mod forget_device;
pub(super) mod get_device;
pub(super) mod list_devices;
mod shown;
pub(super) mod update_device_status;
