//! Operations on the look of managed login: branding styles, and the classic UI customization.
pub(super) mod create_managed_login_branding;
pub(super) mod delete_managed_login_branding;
pub(super) mod describe_managed_login_branding;
pub(super) mod describe_managed_login_branding_by_client;
pub(super) mod get_ui_customization;
mod given;
pub(super) mod set_ui_customization;
mod shown;
pub(super) mod update_managed_login_branding;
