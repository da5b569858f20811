//! AdminGetUser: a user with all attributes.
use super::super::prelude::*;
use super::shown;
use user_pools::attributes;
use wire::{AdminGetUserRequest as Input, AdminGetUserResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let user = cx.pools.admin_get_user(&pool, &input.username).await?;
    Ok(Output {
        user_attributes: Some(shown::list(attributes::visible(&pool.settings, None, &user))),
        user_create_date: Some(user.created.into()),
        user_last_modified_date: Some(user.modified.into()),
        enabled: Some(user.enabled),
        user_status: Some(shown::status(user.status)),
        mfa_options: None,
        preferred_mfa_setting: user.credentials.mfa_preferred.clone(),
        user_mfa_setting_list: shown::factors(&user),
        username: user.username,
    })
}
