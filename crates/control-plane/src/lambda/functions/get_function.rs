//! GetFunction: configuration, where the code is, tags.

use super::shown;
use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(
    cx: &Cx,
    _by: Permit<SigV4>,
    input: Input,
) -> Result<Json<wire::GetFunctionResponse>> {
    let asked: wire::GetFunctionRequest = input.read()?;
    let named = cx.named(&asked.function_name, asked.qualifier.as_deref())?;
    let function = cx.functions().get(&named).await?;
    let code = wire::FunctionCodeLocation { repository_type: Some("S3".to_owned()), ..Default::default() };
    Ok(Json(wire::GetFunctionResponse {
        configuration: Some(shown::configuration(&function, named.qualifier.is_some())),
        code: Some(code),
        tags: (!function.tags.is_empty()).then(|| function.tags.clone()),
        tags_error: None,
        concurrency: None,
    }))
}
