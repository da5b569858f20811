//! GetPolicy: the policy as a document, and the function's revision.

use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Json<wire::GetPolicyResponse>> {
    let asked: wire::GetPolicyRequest = input.read()?;
    let named = cx.named(&asked.function_name, asked.qualifier.as_deref())?;
    let (policy, revision) = cx.functions().policy(&named).await?;
    Ok(Json(wire::GetPolicyResponse { policy: Some(policy), revision_id: Some(revision) }))
}
