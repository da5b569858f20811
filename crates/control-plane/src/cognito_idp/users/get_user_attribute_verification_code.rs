//! GetUserAttributeVerificationCode: a code to an address of the token's user.
use super::super::prelude::*;
use super::shown;
use wire::{GetUserAttributeVerificationCodeRequest as Input, GetUserAttributeVerificationCodeResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    let carried = cx.with_metadata(input.client_metadata);
    let access = by.into_access();
    let delivery = cx.pools.user_attribute_verification_code(&carried, &access, &input.attribute_name).await?;
    Ok(Output { code_delivery_details: Some(shown::delivery(delivery)) })
}
