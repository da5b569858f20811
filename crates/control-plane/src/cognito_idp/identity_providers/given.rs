//! What requests say about providers and their users.
use super::super::prelude::*;
use user_pools::federation::{Named, OWN_USERS};
use user_pools::identity_provider::ProviderKind;
use user_pools::messages;

/// `IdentityProviderTypeType`. SAML is not supported: docs/saml.md.
pub(super) fn kind(kind: wire::IdentityProviderTypeType) -> Result<ProviderKind> {
    use wire::IdentityProviderTypeType as Type;
    Ok(match kind {
        Type::Oidc => ProviderKind::Oidc,
        Type::Google => ProviderKind::Google,
        Type::Facebook => ProviderKind::Facebook,
        Type::LoginWithAmazon => ProviderKind::LoginWithAmazon,
        Type::SignInWithApple => ProviderKind::SignInWithApple,
        Type::Saml => return Err(messages::SAML_NOT_SUPPORTED.into()),
    })
}

/// Refuses the pool's own users, which are no provider that can be changed. UnsupportedIdentityProvider.
pub(super) fn changeable(name: &str) -> Result<()> {
    if name == OWN_USERS { Err(messages::OWN_USERS_FIXED.into()) } else { Ok(()) }
}

/// `ProviderUserIdentifierType`.
pub(super) fn named(user: wire::ProviderUserIdentifierType) -> Named {
    Named {
        provider: user.provider_name,
        attribute: user.provider_attribute_name,
        value: user.provider_attribute_value,
    }
}
