//! GetApis: the APIs of the caller's account and region, in creation order.

use http_apis::ports::ApiCursor;

use super::shown::Shown;
use crate::apigatewayv2::prelude::*;

pub(in crate::apigatewayv2) async fn run(cx: &Cx, _by: Permit<SigV4>, input: Input) -> Result<Page<Shown>> {
    let asked = Asked::of(&input)?;
    let after = asked.after()?.map(|(created_at, id)| ApiCursor { created_at, id: id.to_owned() });
    // One more than asked for tells whether there is another page.
    let limit = u32::try_from(asked.limit + 1).unwrap_or(u32::MAX);
    let mut apis = cx.ports.store.list_apis(cx.scope.clone(), after, limit).await?;
    let more = apis.len() > asked.limit;
    apis.truncate(asked.limit);
    let next_token = apis.last().filter(|_| more).map(|last| seal(last.created_at, &last.api_id));
    let items = apis.iter().map(|api| Shown::of(cx, api)).collect::<Result<_>>()?;
    Ok(Page { items, next_token })
}
