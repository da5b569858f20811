//! UpdateAuthorizer: changes what is given; a new issuer is checked like that of a new authorizer.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Authorizer> {
    let (api_id, id) = (path(&input, "apiId").to_owned(), path(&input, "authorizerId").to_owned());
    let patch: model::AuthorizerPatch = input.read()?;
    let issuer = patch.jwt_configuration.as_ref().and_then(|jwt| jwt.issuer.clone());
    if issuer.is_some() {
        // The rules first, on a draft that is thrown away: nobody is called for an input that cannot stand.
        cx.api(&api_id).await?.update_authorizer(&id, patch.clone(), &cx.act())?;
        cx.check_issuer(issuer.as_deref()).await?;
    }
    let (changed, _) = cx.change(&api_id, |api, act| api.update_authorizer(&id, patch.clone(), act)).await?;
    Ok(changed)
}
