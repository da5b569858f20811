//! How a branding style is shown.
use super::super::errors::invalid;
use super::super::prelude::*;
use user_pools::group::Branding;

/// `ManagedLoginBrandingType`.
pub(super) fn branding(branding: Branding) -> Result<wire::ManagedLoginBrandingType> {
    let assets: serde_json::Result<Vec<wire::AssetType>> =
        branding.assets.into_iter().map(serde_json::from_value).collect();
    Ok(wire::ManagedLoginBrandingType {
        managed_login_branding_id: Some(branding.id),
        user_pool_id: Some(branding.pool.0),
        use_cognito_provided_values: Some(branding.cognito_values),
        settings: branding.settings,
        assets: Some(assets.map_err(|error| invalid(error.to_string()))?).filter(|assets| !assets.is_empty()),
        creation_date: Some(branding.created.into()),
        last_modified_date: Some(branding.modified.into()),
    })
}
