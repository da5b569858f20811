//! DeleteUserAttributes: the token's user removes what the client may write.
use super::super::prelude::*;
use wire::{DeleteUserAttributesRequest as Input, DeleteUserAttributesResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    cx.pools.delete_user_attributes(&cx.request, &by.into_access(), &input.user_attribute_names).await?;
    Ok(Output {})
}
