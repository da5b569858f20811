//! CreateApi: a new HTTP API; with `target` quick create adds route, integration and stage.

use http_apis::StoreError;

use super::shown::Shown;
use crate::apigatewayv2::prelude::*;

/// Ids are drawn from 36^10: a second draw is already a wonder.
const DRAWS: usize = 3;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Shown> {
    let new: model::NewApi = input.read()?;
    let mut draws = 0;
    loop {
        let api = model::Api::new(cx.scope.clone(), new.clone(), &cx.act())?;
        match cx.ports.store.insert_api(api.clone(), cx.request.now).await {
            Ok(()) => {
                cx.make_live().await;
                return Shown::of(cx, &api);
            }
            Err(StoreError::Exists) if draws < DRAWS => draws += 1,
            Err(error) => return Err(error.into()),
        }
    }
}
