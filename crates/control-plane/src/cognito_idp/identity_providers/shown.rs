//! How an identity provider is shown.
use super::super::prelude::*;
use user_pools::identity_provider::{IdentityProvider, ProviderKind};

/// `IdentityProviderType`, the client secret among its details (spec: Describe returns it).
pub(super) fn provider(cx: &Cx, provider: IdentityProvider) -> Result<wire::IdentityProviderType> {
    let details = cx.pools.shown_details(&provider)?;
    Ok(wire::IdentityProviderType {
        user_pool_id: Some(provider.pool.0),
        provider_name: Some(provider.name),
        provider_type: Some(kind(provider.kind)),
        provider_details: Some(details),
        attribute_mapping: Some(provider.mapping),
        idp_identifiers: Some(provider.identifiers),
        acr_mapping: Some(provider.acr).filter(|mapping| !mapping.is_empty()),
        last_modified_date: Some(Timestamp(provider.modified)),
        creation_date: Some(Timestamp(provider.created)),
    })
}

/// `ProviderDescription`.
pub(super) fn description(provider: IdentityProvider) -> wire::ProviderDescription {
    wire::ProviderDescription {
        provider_name: Some(provider.name),
        provider_type: Some(kind(provider.kind)),
        last_modified_date: Some(Timestamp(provider.modified)),
        creation_date: Some(Timestamp(provider.created)),
    }
}

fn kind(kind: ProviderKind) -> wire::IdentityProviderTypeType {
    use wire::IdentityProviderTypeType as Type;
    match kind {
        ProviderKind::Oidc => Type::Oidc,
        ProviderKind::Google => Type::Google,
        ProviderKind::Facebook => Type::Facebook,
        ProviderKind::LoginWithAmazon => Type::LoginWithAmazon,
        ProviderKind::SignInWithApple => Type::SignInWithApple,
    }
}
