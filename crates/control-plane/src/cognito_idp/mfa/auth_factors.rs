//! How a user's factors are shown.
use super::super::prelude::*;
use super::super::users::shown;
use user_pools::pool::UserPool;
use user_pools::user::User;
use wire::GetUserAuthFactorsResponse as Output;

/// The members that GetUserAuthFactors and AdminGetUserAuthFactors answer.
pub(super) async fn of(cx: &Cx, pool: &UserPool, user: User) -> Result<Output> {
    let configured = cx.pools.configured_factors(pool, &user).await?;
    Ok(Output {
        preferred_mfa_setting: user.credentials.mfa_preferred.clone(),
        user_mfa_setting_list: shown::factors(&user),
        configured_user_auth_factors: Some(configured.into_iter().filter_map(|name| name.parse().ok()).collect()),
        username: user.username,
    })
}
