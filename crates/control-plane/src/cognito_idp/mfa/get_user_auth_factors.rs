//! GetUserAuthFactors: by what the token's user can sign in.
use super::super::prelude::*;
use super::auth_factors;
use wire::{GetUserAuthFactorsRequest as Input, GetUserAuthFactorsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, _input: Input) -> Result<Output> {
    let access = by.into_access();
    auth_factors::of(cx, &access.pool, access.user).await
}
