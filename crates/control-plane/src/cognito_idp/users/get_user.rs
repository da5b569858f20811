//! GetUser: the token's user, as far as the client may read.
use super::super::prelude::*;
use super::shown;
use wire::{GetUserRequest as Input, GetUserResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, _input: Input) -> Result<Output> {
    let access = by.into_access();
    let attributes = cx.pools.own_attributes(&access).await?;
    let user = access.user;
    Ok(Output {
        user_attributes: shown::list(attributes),
        mfa_options: None,
        preferred_mfa_setting: user.credentials.mfa_preferred.clone(),
        user_mfa_setting_list: shown::factors(&user),
        username: user.username,
    })
}
