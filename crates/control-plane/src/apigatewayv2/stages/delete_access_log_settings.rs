//! DeleteAccessLogSettings: a stage writes no access log any more.

use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let asked: wire::DeleteAccessLogSettingsRequest = input.read()?;
    cx.change(&asked.api_id, |api, act| api.delete_access_log_settings(&asked.stage_name, act)).await?;
    Ok(Empty {})
}
