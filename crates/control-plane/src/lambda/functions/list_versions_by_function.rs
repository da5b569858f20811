//! ListVersionsByFunction: the one version there is.

use super::shown;
use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(
    cx: &Cx,
    _by: Permit<SigV4>,
    input: Input,
) -> Result<Json<wire::ListVersionsByFunctionResponse>> {
    let asked: wire::ListVersionsByFunctionRequest = input.read()?;
    let named = cx.named(&asked.function_name, None)?;
    let latest = shown::configuration(&cx.functions().get(&named).await?, true);
    Ok(Json(wire::ListVersionsByFunctionResponse { next_marker: None, versions: Some(vec![latest]) }))
}
