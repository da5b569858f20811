//! RevokeUserSession: ends another session of the token's user.
use super::super::prelude::*;
use super::shown;
use wire::{RevokeUserSessionRequest as Input, RevokeUserSessionResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    let linked = shown::linked(input.revoke_associated_sessions);
    cx.pools.end_own_session(&cx.request, &by.into_access(), &input.session_id, linked).await?;
    Ok(Output {})
}
