//! ForgotPassword: a code by which a new password can be set.
use super::super::carried::for_user;
use super::super::prelude::*;
use super::{given, shown};
use wire::{ForgotPasswordRequest as Input, ForgotPasswordResponse as Output};

pub(crate) async fn run(cx: &Cx, _by: Permit<Public>, input: Input) -> Result<Output> {
    let carried = for_user(cx.with_metadata(input.client_metadata), input.user_context_data);
    let asking = given::asking(input.client_id, input.secret_hash, input.username);
    let delivery = cx.pools.forgot_password(&carried, asking).await?;
    Ok(Output { code_delivery_details: Some(shown::delivery(delivery)) })
}
