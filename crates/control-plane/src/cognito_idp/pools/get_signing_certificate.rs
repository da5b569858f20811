//! GetSigningCertificate: the pool's X.509 certificate, Base64 without armour.
use super::super::prelude::*;
use wire::{GetSigningCertificateRequest as Input, GetSigningCertificateResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    Ok(Output { certificate: Some(cx.pools.signing_certificate(&pool).await?) })
}
