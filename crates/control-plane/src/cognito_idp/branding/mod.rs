//! Operations on managed-login branding: kept losslessly; applied to the pages by a later release.
pub(super) mod create_managed_login_branding;
pub(super) mod describe_managed_login_branding_by_client;
mod shown;
