//! GetFunctionConfiguration: the configuration alone.

use super::shown;
use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(
    cx: &Cx,
    _by: Permit<SigV4>,
    input: Input,
) -> Result<Json<wire::FunctionConfiguration>> {
    let asked: wire::GetFunctionConfigurationRequest = input.read()?;
    let named = cx.named(&asked.function_name, asked.qualifier.as_deref())?;
    let function = cx.functions().get(&named).await?;
    Ok(Json(shown::configuration(&function, named.qualifier.is_some())))
}
