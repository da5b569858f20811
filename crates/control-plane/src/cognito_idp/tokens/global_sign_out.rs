//! GlobalSignOut: ends every sign-in of the token's user.
use super::super::prelude::*;
use wire::{GlobalSignOutRequest as Input, GlobalSignOutResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, _input: Input) -> Result<Output> {
    cx.pools.global_sign_out(&cx.request, &by.into_access()).await?;
    Ok(Output {})
}
