//! CreateRoute: adds a route; its key is unique up to the names of its variables.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<model::Route> {
    let api_id = path(&input, "apiId").to_owned();
    let new: model::NewRoute = input.read()?;
    let (made, _) = cx.change(&api_id, |api, act| api.create_route(new.clone(), act)).await?;
    Ok(made)
}
