//! AddPermission: one statement more in the function's policy.

use functions::NewStatement;

use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(
    cx: &Cx,
    _by: Permit<SigV4>,
    input: Input,
) -> Result<Json<wire::AddPermissionResponse>> {
    let asked: wire::AddPermissionRequest = input.read()?;
    let named = cx.named(&asked.function_name, asked.qualifier.as_deref())?;
    let statement = NewStatement {
        id: asked.statement_id,
        action: asked.action,
        principal: asked.principal,
        source_arn: asked.source_arn,
        source_account: asked.source_account,
        organization: asked.principal_org_id,
        event_source_token: asked.event_source_token,
        url_auth: asked.function_url_auth_type.map(|kind| kind.to_string()),
    };
    let revision = asked.revision_id.as_deref();
    let made = cx.functions().add_permission(cx.request.now, &named, &statement, revision).await?;
    Ok(Json(wire::AddPermissionResponse { statement: Some(made.json.to_string()) }))
}
