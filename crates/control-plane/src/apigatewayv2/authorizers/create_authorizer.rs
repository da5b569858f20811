//! CreateAuthorizer: adds an authorizer; of a JWT one the issuer's discovery document must be there.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Authorizer> {
    let api_id = path(&input, "apiId").to_owned();
    let new: model::NewAuthorizer = input.read()?;
    // The rules first, on a draft that is thrown away: nobody is called for an input that cannot stand.
    let draft = cx.api(&api_id).await?.create_authorizer(new.clone(), &cx.act())?;
    cx.check_issuer(draft.jwt_configuration.as_ref().and_then(|jwt| jwt.issuer.as_deref())).await?;
    let (made, _) = cx.change(&api_id, |api, act| api.create_authorizer(new.clone(), act)).await?;
    Ok(made)
}
