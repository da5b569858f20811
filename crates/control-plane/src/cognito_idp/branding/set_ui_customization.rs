//! SetUICustomization: the classic look of one client or of all.
use super::super::prelude::*;
use super::shown;
use user_pools::branding::{ALL, UiCustomization};
use wire::{SetUICustomizationRequest as Input, SetUICustomizationResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let client = ClientId(input.client_id.unwrap_or_else(|| ALL.to_owned()));
    if client.0 != ALL {
        cx.pools.client_of(&pool.id, &client).await?;
    }
    let now = cx.request.now;
    let ui = UiCustomization {
        pool: pool.id,
        client,
        css: input.css.filter(|css| !css.trim().is_empty()),
        image: input.image_file.map(|image| image.0).filter(|image| !image.is_empty()),
        created: now,
        modified: now,
    };
    let ui = cx.pools.set_ui_customization(now, ui).await?;
    Ok(Output { ui_customization: shown::ui_customization(cx, ui).await? })
}
