//! GetFunctionCodeSigningConfig: no function has one; AWS answers that with the name alone.

use serde::Serialize;

use crate::lambda::prelude::*;

/// AWS's model requires the ARN of the configuration; AWS itself leaves it out where there is none.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::lambda) struct Unsigned {
    function_name: String,
}

pub(in crate::lambda) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Json<Unsigned>> {
    let asked: wire::GetFunctionCodeSigningConfigRequest = input.read()?;
    let named = cx.named(&asked.function_name, None)?;
    let function = cx.functions().get(&named).await?;
    Ok(Json(Unsigned { function_name: function.key.name }))
}
