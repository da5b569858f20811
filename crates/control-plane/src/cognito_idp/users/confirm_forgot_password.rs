//! ConfirmForgotPassword: the code sets a new password.
use super::super::carried::for_user;
use super::super::prelude::*;
use super::given;
use user_pools::users::ConfirmForgotPassword;
use wire::{ConfirmForgotPasswordRequest as Input, ConfirmForgotPasswordResponse as Output};

pub(crate) async fn run(cx: &Cx, _by: Permit<Public>, input: Input) -> Result<Output> {
    let carried = for_user(cx.with_metadata(input.client_metadata), input.user_context_data);
    let request = ConfirmForgotPassword {
        asking: given::asking(input.client_id, input.secret_hash, input.username),
        code: input.confirmation_code,
        password: input.password,
    };
    cx.pools.confirm_forgot_password(&carried, request).await?;
    Ok(Output {})
}
