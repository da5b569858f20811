//! How a branding style and a UI customization are shown.
use super::super::errors::invalid;
use super::super::prelude::*;
use user_pools::branding::{self, UiCustomization};
use user_pools::group::Branding;

/// `UICustomizationType`.
pub(super) async fn ui_customization(cx: &Cx, ui: UiCustomization) -> Result<wire::UICustomizationType> {
    let (css_version, image_url) = (ui.css_version(), cx.pools.image_url(&ui).await?);
    Ok(wire::UICustomizationType {
        user_pool_id: Some(ui.pool.0),
        client_id: Some(ui.client.0),
        image_url,
        css: ui.css,
        css_version: Some(css_version),
        last_modified_date: Some(ui.modified.into()),
        creation_date: Some(ui.created.into()),
    })
}

/// `ManagedLoginBrandingType`; `merged` shows what a style leaves as it comes, too.
pub(super) fn branding(style: Branding, merged: bool) -> Result<wire::ManagedLoginBrandingType> {
    let assets: serde_json::Result<Vec<wire::AssetType>> =
        style.assets.into_iter().map(serde_json::from_value).collect();
    Ok(wire::ManagedLoginBrandingType {
        managed_login_branding_id: Some(style.id),
        user_pool_id: Some(style.pool.0),
        use_cognito_provided_values: Some(style.cognito_values),
        settings: if merged { Some(branding::merged(style.settings.as_ref())) } else { style.settings },
        assets: Some(assets.map_err(|error| invalid(error.to_string()))?).filter(|assets| !assets.is_empty()),
        creation_date: Some(style.created.into()),
        last_modified_date: Some(style.modified.into()),
    })
}
