//! DeleteAuthorizer: removes an authorizer that no route uses.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let asked: wire::DeleteAuthorizerRequest = input.read()?;
    cx.change(&asked.api_id, |api, act| api.delete_authorizer(&asked.authorizer_id, act)).await?;
    Ok(Empty {})
}
