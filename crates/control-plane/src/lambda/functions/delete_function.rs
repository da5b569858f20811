//! DeleteFunction: the function, its policy and its tags go; calls that are running end well.

use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<NoContent> {
    let asked: wire::DeleteFunctionRequest = input.read()?;
    let named = cx.named(&asked.function_name, asked.qualifier.as_deref())?;
    if named.qualifier.is_some() && named.is_latest() {
        return Err(invalid("$LATEST version cannot be deleted without deleting the function."));
    }
    cx.functions().delete(cx.request.now, &named).await?;
    Ok(NoContent)
}
