//! GetFunctionConcurrency: nothing is reserved for any function.

use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(
    cx: &Cx,
    _by: Permit<SigV4>,
    input: Input,
) -> Result<Json<wire::GetFunctionConcurrencyResponse>> {
    let asked: wire::GetFunctionConcurrencyRequest = input.read()?;
    let named = cx.named(&asked.function_name, None)?;
    cx.functions().get(&named).await?;
    Ok(Json(wire::GetFunctionConcurrencyResponse::default()))
}
