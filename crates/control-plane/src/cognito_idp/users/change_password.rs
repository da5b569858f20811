//! ChangePassword: a new password for the token's user, who proves the old one.
use super::super::prelude::*;
use user_pools::users::ChangePassword;
use wire::{ChangePasswordRequest as Input, ChangePasswordResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    let request = ChangePassword { previous: input.previous_password, proposed: input.proposed_password };
    cx.pools.change_password(&cx.request, &by.into_access(), request).await?;
    Ok(Output {})
}
