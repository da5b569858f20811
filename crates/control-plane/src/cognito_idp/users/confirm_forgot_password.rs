//! ConfirmForgotPassword: the code sets a new password.
use super::super::prelude::*;
use super::given;
use user_pools::users::ConfirmForgotPassword;
use wire::{ConfirmForgotPasswordRequest as Input, ConfirmForgotPasswordResponse as Output};

pub(crate) async fn run(cx: &Cx, _by: Permit<Public>, input: Input) -> Result<Output> {
    let request = ConfirmForgotPassword {
        asking: given::asking(input.client_id, input.secret_hash, input.username),
        code: input.confirmation_code,
        password: input.password,
    };
    cx.pools.confirm_forgot_password(&cx.request, request).await?;
    Ok(Output {})
}
