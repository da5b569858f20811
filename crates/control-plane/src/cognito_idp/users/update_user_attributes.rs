//! UpdateUserAttributes: the token's user changes what the client may write.
use super::super::prelude::*;
use super::{given, shown};
use wire::{UpdateUserAttributesRequest as Input, UpdateUserAttributesResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    let carried = cx.with_metadata(input.client_metadata);
    let given = given::attributes(input.user_attributes);
    let deliveries = cx.pools.update_user_attributes(&carried, &by.into_access(), &given).await?;
    Ok(Output { code_delivery_details_list: Some(deliveries.into_iter().map(shown::delivery).collect()) })
}
