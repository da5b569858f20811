//! The sentences of identity providers and linked users. I unless a source is named.
use super::say;
use crate::error::{Error, ErrorKind as Kind};
use std::fmt::Display;

/// A fault of ours.
pub const INTERNAL_ERROR: Error = say(Kind::InternalError, "Internal error");
/// Over the limit of providers (H.8).
pub const TOO_MANY_PROVIDERS: Error =
    say(Kind::LimitExceeded, "The user pool has reached its limit of identity providers.");
/// An `IdpIdentifier` that another provider of the pool has.
pub const IDENTIFIER_TAKEN: Error =
    say(Kind::InvalidParameter, "One of the IdpIdentifiers belongs to another identity provider of the user pool.");
/// `oidc_issuer` ends with a slash.
pub const ISSUER_SLASH: Error = say(Kind::InvalidParameter, "oidc_issuer must not end with a slash.");
/// `private_key` of Sign in with Apple.
pub const APPLE_KEY_INVALID: Error =
    say(Kind::InvalidParameter, "private_key is not an EC private key on the curve P-256 in PKCS #8 form.");
/// SAML.
pub const SAML_NOT_SUPPORTED: Error = say(
    Kind::NotSupportedYet,
    "Cognate does not support SAML identity providers: docs/saml.md says why. OIDC, Google, Facebook, LoginWithAmazon and SignInWithApple work.",
);
/// The pool's own users are no provider that can be changed.
pub const OWN_USERS_FIXED: Error = say(
    Kind::UnsupportedIdentityProvider,
    "The users of the user pool itself are not an identity provider that can be changed.",
);
/// A source user without its three members.
pub const SOURCE_INCOMPLETE: Error = say(
    Kind::InvalidParameter,
    "Invalid SourceUser: ProviderName, ProviderAttributeName and ProviderAttributeValue are required.",
);
/// A user named without its members.
pub const USER_INCOMPLETE: Error =
    say(Kind::InvalidParameter, "ProviderName, ProviderAttributeName and ProviderAttributeValue are required.");
/// amplify-js issue 13334.
pub const SOURCE_IS_LOCAL: Error = say(
    Kind::InvalidParameter,
    "Invalid SourceUser: Cognito users with a username/password may not be passed in as a SourceUser, only as a DestinationUser",
);
/// aws-sdk-net issue 1000.
pub const SOURCE_SIGNED_UP: Error = say(
    Kind::InvalidParameter,
    "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link",
);
/// The same link again.
pub const SOURCE_LINKED: Error = say(Kind::InvalidParameter, "SourceUser is already linked to DestinationUser");
/// More than five (H.8).
pub const TOO_MANY_IDENTITIES: Error = say(Kind::LimitExceeded, "A user can be linked to five identities at most.");
/// Nobody has that identity.
pub const IDENTITY_UNKNOWN: Error = say(Kind::UserNotFound, "User does not exist.");

/// CreateIdentityProvider twice.
pub fn provider_exists(name: impl Display) -> Error {
    Error::new(Kind::DuplicateProvider, format!("A provider with the name {name} already exists in this user pool."))
}

/// No such provider, by name or identifier.
pub fn provider_does_not_exist(name: impl Display) -> Error {
    Error::new(Kind::ResourceNotFound, format!("Identity provider {name} does not exist."))
}

/// A member of `ProviderDetails` that the kind needs.
pub fn provider_detail_missing(name: impl Display, kind: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("ProviderDetails of a provider of type {kind} must contain {name}."))
}

/// A member of `ProviderDetails` with a value that means nothing.
pub fn provider_detail_invalid(name: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("ProviderDetails has an invalid value for {name}."))
}

/// A URL that would not be asked.
pub fn provider_url_invalid(name: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("{name} must be an https URL (http for localhost)."))
}

/// `AttributeMapping` to an attribute that cannot be written.
pub fn mapping_target_invalid(attribute: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("AttributeMapping: {attribute} cannot be mapped."))
}

/// `AttributeMapping` of the username to anything but the subject.
pub fn username_mapping(claim: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("AttributeMapping: username can be mapped to {claim} only."))
}

/// Attributes that the pool requires and a provider did not send (known from AWS's redirects).
pub fn federated_attributes_required(names: &[&str]) -> Error {
    Error::new(Kind::InvalidParameter, format!("attributes required: [{}]", names.join(", ")))
}

/// A source attribute that the provider's mapping does not have.
pub fn source_attribute_unmapped(attribute: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("Invalid SourceUser: the attribute {attribute} is not mapped."))
}
