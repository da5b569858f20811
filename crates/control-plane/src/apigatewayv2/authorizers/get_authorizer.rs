//! GetAuthorizer: one authorizer of an API.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Authorizer> {
    let asked: wire::GetAuthorizerRequest = input.read()?;
    Ok(cx.api(&asked.api_id).await?.authorizer(&asked.authorizer_id)?.clone())
}
