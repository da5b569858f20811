//! ListWebAuthnCredentials: the passkeys of the token's user, oldest first. Twenty at most, so the pages are cut from the whole.
use super::super::paging;
use super::super::prelude::*;
use wire::{ListWebAuthnCredentialsRequest as Input, ListWebAuthnCredentialsResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, input: Input) -> Result<Output> {
    let access = by.into_access();
    let of = [access.pool.id.0.as_str(), &access.user.sub];
    let page = paging::page(cx, "passkeys", &of, input.next_token.as_deref(), input.max_results)?;
    let mut held = cx.pools.own_passkeys(&access).await?;
    if let Some(after) = &page.after {
        let seen = held.iter().position(|passkey| passkey.id == *after).map_or(held.len(), |at| at + 1);
        held.drain(..seen);
    }
    let (held, next_token) = paging::cut(cx, "passkeys", &of, &page, held, |passkey| passkey.id.clone());
    let credentials = held.into_iter().map(|passkey| wire::WebAuthnCredentialDescription {
        credential_id: passkey.id,
        friendly_credential_name: passkey.name,
        relying_party_id: passkey.relying_party,
        authenticator_attachment: passkey.attachment,
        authenticator_transports: passkey.transports,
        created_at: passkey.created.into(),
    });
    Ok(Output { credentials: credentials.collect(), next_token })
}
