//! ResendConfirmationCode: another code for a sign-up.
use super::super::carried::for_user;
use super::super::prelude::*;
use super::{given, shown};
use wire::{ResendConfirmationCodeRequest as Input, ResendConfirmationCodeResponse as Output};

pub(crate) async fn run(cx: &Cx, _by: Permit<Public>, input: Input) -> Result<Output> {
    let carried = for_user(cx.with_metadata(input.client_metadata), input.user_context_data);
    let asking = given::asking(input.client_id, input.secret_hash, input.username);
    let delivery = cx.pools.resend_confirmation_code(&carried, asking).await?;
    Ok(Output { code_delivery_details: Some(shown::delivery(delivery)) })
}
