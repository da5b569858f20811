//! GetApi: one API.

use super::shown::Shown;
use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Shown> {
    let asked: wire::GetApiRequest = input.read()?;
    Shown::of(cx, &cx.api(&asked.api_id).await?)
}
