//! ListFunctions: the functions of the caller's account and region by name, those that the operator configured too.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{read, shown};
use crate::lambda::prelude::*;

/// AWS gives at most so many a page, whatever is asked.
const PAGE: u32 = 50;

pub(in crate::lambda) async fn run(
    cx: &Cx,
    _by: Permit<SigV4>,
    input: Input,
) -> Result<Json<wire::ListFunctionsResponse>> {
    let asked: wire::ListFunctionsRequest = input.read()?;
    let limit = asked.max_items.map_or(PAGE, read::whole).min(PAGE);
    let after = asked.marker.filter(|marker| !marker.is_empty()).as_deref().map(open).transpose()?;
    // One more than asked for tells whether there is another page.
    let mut functions = cx.functions().list(cx.scope.clone(), after, limit + 1).await?;
    let more = functions.len() > limit as usize;
    functions.truncate(limit as usize);
    let next_marker = functions.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(&last.key.name));
    let all_versions = asked.function_version == Some(wire::FunctionVersion::All);
    let functions = functions.iter().map(|function| shown::configuration(function, all_versions)).collect();
    Ok(Json(wire::ListFunctionsResponse { next_marker, functions: Some(functions) }))
}

fn open(marker: &str) -> Result<String> {
    let name = URL_SAFE_NO_PAD.decode(marker).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    name.ok_or_else(|| invalid("The Marker is not one that this server gave."))
}
