//! GetUserPoolMfaConfig: which second factors a pool accepts.
use super::super::prelude::*;
use super::config;
use wire::{GetUserPoolMfaConfigRequest as Input, GetUserPoolMfaConfigResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    config::of(&cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?)
}
