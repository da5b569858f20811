//! GetUICustomization: the client's, else that of all clients, else an empty shape.
use super::super::prelude::*;
use super::shown;
use wire::{GetUICustomizationRequest as Input, GetUICustomizationResponse as Output, UICustomizationType};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let ui_customization = match cx.pools.ui_customization(&pool.id, input.client_id.map(ClientId)).await? {
        Some(ui) => shown::ui_customization(cx, ui).await?,
        None => UICustomizationType::default(),
    };
    Ok(Output { ui_customization })
}
