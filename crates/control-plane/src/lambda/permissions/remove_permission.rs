//! RemovePermission: takes one statement out of the policy.

use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<NoContent> {
    let asked: wire::RemovePermissionRequest = input.read()?;
    let named = cx.named(&asked.function_name, asked.qualifier.as_deref())?;
    let revision = asked.revision_id.as_deref();
    cx.functions().remove_permission(cx.request.now, &named, &asked.statement_id, revision).await?;
    Ok(NoContent)
}
