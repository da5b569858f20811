//! VerifyUserAttribute: the code proves that the address is the user's.
use super::super::prelude::*;
use wire::{VerifyUserAttributeRequest as Input, VerifyUserAttributeResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    let access = by.into_access();
    cx.pools.verify_user_attribute(&cx.request, &access, &input.attribute_name, &input.code).await?;
    Ok(Output {})
}
