//! UpdateUserPool: replaces every setting it has a member for (spec B 1); schema and the rules of names stay.
use super::super::prelude::*;
use super::given::given;
use user_pools::pool::{GOVERNED_ELSEWHERE, keep};
use wire::UpdateUserPoolRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Empty> {
    let id = PoolId(input.user_pool_id);
    let mut next = cx.pools.pool_in(by.scope(), &id).await?.settings;
    let name = input.pool_name;
    given!(input).replace(&mut next)?;
    cx.pools
        .replace_settings(cx.request.now, by.scope(), &id, |settings| {
            // What other operations govern is taken from the row as it is now.
            let kept = settings.clone();
            *settings = next.clone();
            settings.name = name.clone().unwrap_or(kept.name);
            settings.schema = kept.schema;
            settings.software_token_mfa = kept.software_token_mfa;
            settings.issuer_form = kept.issuer_form;
            keep(&kept.documents, &mut settings.documents, &GOVERNED_ELSEWHERE);
            Ok(())
        })
        .await?;
    Ok(Empty {})
}
