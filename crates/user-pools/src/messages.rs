//! Every sentence a client of the user-pool API may read (spec K and the sections it points to): the only place of texts in this room.
//! A constant is a whole refusal, exception and sentence; a function fills in a name. Apps compare these byte for byte.
mod federation;
mod imports;

use crate::error::{AttributeFault, Error, ErrorKind as Kind, Topic};
use std::borrow::Cow;
use std::fmt::Display;

pub use federation::*;
pub use imports::*;

const fn say(kind: Kind, sentence: &'static str) -> Error {
    Error { kind, message: Cow::Borrowed(sentence), reason: None, noted: false, topic: None }
}

/// A sentence that the login pages say in the person's own language.
const fn told(kind: Kind, topic: Topic, sentence: &'static str) -> Error {
    Error { kind, message: Cow::Borrowed(sentence), reason: None, noted: false, topic: Some(topic) }
}

// ---- Signing in (K 1, 2, 16-22, 31-33; C.4-C.9) ----

/// Wrong password; also an unknown user where the client prevents existence errors (K 1).
pub const INCORRECT_CREDENTIALS: Error =
    told(Kind::NotAuthorized, Topic::IncorrectCredentials, "Incorrect username or password.");
/// Unknown user at sign-in, `LEGACY`; unknown user for admin operations (K 2).
pub const USER_DOES_NOT_EXIST: Error = say(Kind::UserNotFound, "User does not exist.");
/// K 16.
pub const USER_NOT_CONFIRMED: Error = say(Kind::UserNotConfirmed, "User is not confirmed.");
/// K 17.
pub const USER_DISABLED: Error = told(Kind::NotAuthorized, Topic::UserDisabled, "User is disabled.");
/// K 18.
pub const PASSWORD_RESET_REQUIRED: Error = say(Kind::PasswordResetRequired, "Password reset required for the user");
/// K 19.
pub const TEMPORARY_PASSWORD_EXPIRED: Error = told(
    Kind::NotAuthorized,
    Topic::TemporaryPasswordExpired,
    "Temporary password has expired and must be reset by an administrator.",
);
/// The lockout (K 20).
pub const PASSWORD_ATTEMPTS_EXCEEDED: Error =
    told(Kind::NotAuthorized, Topic::PasswordAttempts, "Password attempts exceeded");
/// Too many calls, or the password hashing pool is full (K 22).
pub const TOO_MANY_REQUESTS: Error = say(Kind::TooManyRequests, "Too many requests");
/// An admin flow asked of `InitiateAuth` (K 33).
pub const INITIATE_AUTH_NOT_SUPPORTED: Error = say(Kind::InvalidParameter, "Initiate Auth method not supported.");
/// An admin flow that the client does not allow (K 32).
pub const AUTH_FLOW_NOT_ENABLED: Error = say(Kind::InvalidParameter, "Auth flow not enabled for this client");

/// A flow that the client does not allow, in the form of K 31 (`USER_PASSWORD_AUTH`, `USER_AUTH`).
pub fn flow_not_enabled(flow: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("{flow} flow not enabled for this client"))
}

/// A flow that the client does not allow, in the other form (`USER_SRP_AUTH`, `CUSTOM_AUTH`, `REFRESH_TOKEN_AUTH`; C.5).
pub fn flow_is_not_enabled(flow: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("{flow} is not enabled for the client."))
}

/// An entry lacks in `AuthParameters` or `ChallengeResponses` (C.4).
pub fn missing_parameter(name: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("Missing required parameter {name}"))
}

// ---- Sessions and challenges (K 9-15, 38, 39) ----

/// Wrong MFA code (K 9).
pub const INVALID_MFA_CODE: Error = say(Kind::CodeMismatch, "Invalid code received for user");
/// A TOTP code came a second time (K 10).
pub const TOTP_ALREADY_USED: Error =
    told(Kind::ExpiredCode, Topic::CodeUsed, "Your software token has already been used once.");
/// Wrong code while enrolling (K 11).
pub const TOTP_ENROLMENT_MISMATCH: Error =
    say(Kind::EnableSoftwareTokenMFA, "Code mismatch and fail enable Software Token MFA");
/// K 12.
pub const SESSION_EXPIRED: Error =
    told(Kind::NotAuthorized, Topic::SessionEnded, "Invalid session for the user, session is expired.");
/// K 13.
pub const SESSION_REUSED: Error =
    told(Kind::NotAuthorized, Topic::SessionEnded, "Invalid session for the user, session can only be used once.");
/// The session does not open (K 14).
pub const SESSION_INVALID: Error = told(Kind::NotAuthorized, Topic::SessionEnded, "Invalid session for the user.");
/// The session is another user's, client's or pool's (K 14).
pub const SESSION_FOREIGN: Error =
    told(Kind::NotAuthorized, Topic::SessionEnded, "Invalid session provided for the user.");
/// The challenge name is not the step the session stands at (K 15).
pub const CHALLENGE_MISMATCH: Error =
    told(Kind::NotAuthorized, Topic::SessionEnded, "Invalid code or auth state for the user.");

/// NEW_PASSWORD_REQUIRED tries to change a required attribute that has a value (K 38).
pub fn attribute_already_provided(name: impl Display) -> Error {
    Error::new(Kind::NotAuthorized, format!("Cannot modify an already provided {name}"))
}

/// NEW_PASSWORD_REQUIRED lacks a required attribute (K 39).
pub fn attribute_missing_in_answer(name: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("Invalid attributes given, {name} is missing"))
}

/// A code as second factor where the pool sends none of that kind (I).
pub fn mfa_not_in_pool(factor: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("User pool does not have {factor} turned on"))
}

/// A code as second factor for a user without such an address (I).
pub fn mfa_without_address(factor: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("User does not have delivery config set to turn on {factor}"))
}

/// USER_AUTH in a LITE pool (I).
pub const CHOICE_TIER: Error = say(
    Kind::FeatureUnavailableInTier,
    "Choice-based authentication is not available in the LITE tier. Upgrade the user pool's tier.",
);

/// A chosen factor or method that was not offered (I).
pub const NOT_OFFERED: Error = say(Kind::InvalidParameter, "The selected challenge is not available for the user.");

// ---- Client authentication (K 23-25, 49) ----

/// K 49.
pub fn client_does_not_exist(client: impl Display) -> Error {
    Error::new(Kind::ResourceNotFound, format!("User pool client {client} does not exist."))
}

/// The client has a secret and no `SECRET_HASH` came (K 23).
pub fn secret_hash_missing(client: impl Display) -> Error {
    Error::new(
        Kind::NotAuthorized,
        format!("Client {client} is configured with secret but SECRET_HASH was not received"),
    )
}

/// K 24.
pub fn secret_hash_wrong(client: impl Display) -> Error {
    Error::new(Kind::NotAuthorized, format!("Unable to verify secret hash for client {client}"))
}

/// The client has no secret, yet a hash came (C.3).
pub fn secret_hash_unexpected(client: impl Display) -> Error {
    Error::new(
        Kind::NotAuthorized,
        format!("Client {client} is not configured for secret but secret hash was received"),
    )
}

/// A refresh whose hash is over the wrong name (K 25).
pub fn refresh_secret_hash_wrong(client: impl Display) -> Error {
    Error::new(Kind::NotAuthorized, format!("SecretHash does not match for the client: {client}"))
}

/// GetTokensFromRefreshToken without the secret of a client that has one (I, after K 23).
pub fn secret_missing(client: impl Display) -> Error {
    Error::new(
        Kind::NotAuthorized,
        format!("Client {client} is configured with secret but client secret was not received"),
    )
}

/// GetTokensFromRefreshToken with a secret for a client that has none (I).
pub fn secret_unexpected(client: impl Display) -> Error {
    Error::new(
        Kind::NotAuthorized,
        format!("Client {client} is not configured for secret but client secret was received"),
    )
}

/// GetTokensFromRefreshToken with a wrong secret (I, after K 24).
pub fn secret_wrong(client: impl Display) -> Error {
    Error::new(Kind::NotAuthorized, format!("Unable to verify client secret for client {client}"))
}

/// A `TIMESTAMP` in another form (amazon-cognito-identity-js issue 683).
pub const TIMESTAMP_FORMAT: Error =
    say(Kind::InvalidParameter, "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.");
/// K 50; clients look for the word and try again without the device.
pub const DEVICE_DOES_NOT_EXIST: Error = say(Kind::ResourceNotFound, "Device does not exist.");

/// The pool has no `DeviceConfiguration` (I).
pub const DEVICES_NOT_TRACKED: Error =
    say(Kind::InvalidUserPoolConfiguration, "Device tracking is not enabled for this user pool.");
/// ConfirmDevice of a key that this sign-in was not given (I).
pub const INVALID_DEVICE_KEY: Error = say(Kind::InvalidParameter, "Invalid device key given.");
/// A salt or verifier that is no number of the group (I).
pub const INVALID_DEVICE_VERIFIER: Error =
    say(Kind::InvalidParameter, "Invalid device secret verifier configuration given.");

// ---- Passkeys (H.11; the names are the model's, the sentences I) ----

/// The pool does not take passkeys.
pub const WEBAUTHN_NOT_ENABLED: Error = say(Kind::WebAuthnNotEnabled, "WebAuthn is not enabled for this user pool.");
/// Neither a relying party nor a domain.
pub const WEBAUTHN_NOT_CONFIGURED: Error = say(
    Kind::WebAuthnConfigurationMissing,
    "WebAuthn configuration is missing: set RelyingPartyId, or add a domain to the user pool.",
);
/// No registration was begun, or it has ended or been used.
pub const WEBAUTHN_CHALLENGE_NOT_FOUND: Error =
    say(Kind::WebAuthnChallengeNotFound, "The challenge of this registration was not found or has expired.");
/// Begun by another client.
pub const WEBAUTHN_CLIENT_MISMATCH: Error =
    say(Kind::WebAuthnClientMismatch, "The registration was started by another app client.");
/// The origin is outside the relying party.
pub const WEBAUTHN_ORIGIN: Error =
    say(Kind::WebAuthnOriginNotAllowed, "The origin is not allowed for this relying party.");
/// The credential was made for another relying party.
pub const WEBAUTHN_RELYING_PARTY: Error =
    say(Kind::WebAuthnRelyingPartyMismatch, "The credential belongs to another relying party.");
/// The credential cannot be used.
pub const WEBAUTHN_CREDENTIAL: Error = say(Kind::WebAuthnCredentialNotSupported, "The credential is not supported.");
/// The document is not what a browser makes.
pub const WEBAUTHN_DOCUMENT: Error = say(Kind::InvalidParameter, "Invalid credential.");
/// Twenty passkeys (H.8).
pub const TOO_MANY_PASSKEYS: Error = say(Kind::LimitExceeded, "A user can have at most 20 passkeys.");
/// DeleteWebAuthnCredential of none of the user's.
pub const PASSKEY_DOES_NOT_EXIST: Error = say(Kind::ResourceNotFound, "Credential does not exist.");

// ---- Tokens (K 26-30) ----

/// K 26.
pub const INVALID_REFRESH_TOKEN: Error = say(Kind::NotAuthorized, "Invalid Refresh Token");
/// K 27.
pub const REFRESH_TOKEN_REVOKED: Error = say(Kind::NotAuthorized, "Refresh Token has been revoked");
/// K 27.
pub const REFRESH_TOKEN_EXPIRED: Error = say(Kind::NotAuthorized, "Refresh Token has expired");
/// K 28.
pub const REFRESH_TOKEN_REUSED: Error = say(Kind::RefreshTokenReuse, "Refresh token has been reused.");
/// K 29.
pub const INVALID_ACCESS_TOKEN: Error = say(Kind::NotAuthorized, "Invalid Access Token");
/// K 29.
pub const ACCESS_TOKEN_EXPIRED: Error = say(Kind::NotAuthorized, "Access Token has expired");
/// K 29.
pub const ACCESS_TOKEN_REVOKED: Error = say(Kind::NotAuthorized, "Access Token has been revoked");
/// K 30.
pub const SCOPES_MISSING: Error = say(Kind::NotAuthorized, "Access Token does not have required scopes");
/// RevokeToken by another client (C.18).
pub const REVOKE_FOREIGN_CLIENT: Error = say(Kind::Unauthorized, "The client is not allowed to revoke this token.");
/// RevokeToken where `EnableTokenRevocation` is off (C.18).
pub const REVOCATION_NOT_ENABLED: Error = say(Kind::UnsupportedOperation, "Revocation is not enabled for this client.");
/// RevokeToken of something that is no refresh token (C.18).
pub const REVOKE_UNSUPPORTED_TOKEN: Error = say(Kind::UnsupportedTokenType, "Unsupported token type");

// ---- Sign-up, codes, recovery (K 3-8, 21, 35, 36, 40-47; C.15, C.17) ----

/// Unknown user in ForgotPassword and its neighbours, `LEGACY` (K 3).
pub const USERNAME_CLIENT_NOT_FOUND: Error = say(Kind::UserNotFound, "Username/client id combination not found.");
/// K 4.
pub const USER_ALREADY_EXISTS: Error = say(Kind::UsernameExists, "User already exists");
/// A user of that name exists; AdminCreateUser's own words (moto).
pub const USER_ACCOUNT_ALREADY_EXISTS: Error = say(Kind::UsernameExists, "User account already exists");
/// Wrong sign-up, attribute or recovery code (K 7).
pub const CODE_MISMATCH: Error = say(Kind::CodeMismatch, "Invalid verification code provided, please try again.");
/// Expired code, or none was asked for (K 8).
pub const CODE_EXPIRED: Error = say(Kind::ExpiredCode, "Invalid code provided, please request a code again.");
/// Too many codes or tries (K 21).
pub const ATTEMPT_LIMIT_EXCEEDED: Error =
    say(Kind::LimitExceeded, "Attempt limit exceeded, please try after some time.");
/// Self sign-up is closed (K 36).
pub const SIGN_UP_NOT_PERMITTED: Error =
    told(Kind::NotAuthorized, Topic::SignUpClosed, "SignUp is not permitted for this user pool");
/// K 44.
pub const ALREADY_CONFIRMED: Error =
    told(Kind::InvalidParameter, Topic::CannotBeConfirmed, "User is already confirmed.");
/// Resend where the pool verifies nothing, or the user has nothing to verify (cognito-local's and moto's neighbours; I).
pub const NOTHING_TO_RESEND: Error =
    told(Kind::InvalidParameter, Topic::NothingToResend, "Cannot resend codes. Auto verification not turned on.");
/// K 45.
pub const NO_RECOVERY_CONTACT: Error = told(
    Kind::InvalidParameter,
    Topic::NoRecoveryContact,
    "Cannot reset password for the user as there is no registered/verified email or phone_number",
);
/// K 46.
pub const CANNOT_RESET_NOW: Error =
    told(Kind::NotAuthorized, Topic::CannotReset, "User password cannot be reset in the current state.");
/// K 47.
pub const CONTACT_ADMINISTRATOR: Error =
    told(Kind::NotAuthorized, Topic::ContactAdministrator, "Contact administrator to reset password.");
/// The message could not be handed over.
pub const DELIVERY_FAILED: Error =
    say(Kind::CodeDeliveryFailure, "Unable to deliver the message to the user. Please try again.");
/// AdminCreateUser `RESEND` for a user that is not waiting with a temporary password (I).
pub const CANNOT_RESEND_INVITATION: Error =
    say(Kind::UnsupportedUserState, "Resend not possible. Status is not FORCE_CHANGE_PASSWORD");

/// Confirming a user that does not wait for it (K 43).
pub fn cannot_be_confirmed(status: impl Display) -> Error {
    Error::new(Kind::NotAuthorized, format!("User cannot be confirmed. Current status is {status}"))
        .about(Topic::CannotBeConfirmed)
}

/// SignUp in a `UsernameAttributes` pool, name taken (K 5). `kind` is `email` or `phone_number`.
pub fn given_account_exists(kind: impl Display) -> Error {
    let topic = taken(&kind);
    Error { topic, ..Error::new(Kind::UsernameExists, format!("An account with the given {kind} already exists.")) }
}

/// An alias is another user's (K 6). `kind` is the attribute's name.
pub fn alias_exists(kind: impl Display) -> Error {
    let topic = taken(&kind);
    Error { topic, ..Error::new(Kind::AliasExists, format!("An account with the {kind} already exists.")) }
}

fn taken(kind: &impl Display) -> Option<Topic> {
    match kind.to_string().as_str() {
        "email" => Some(Topic::EmailTaken),
        "phone_number" => Some(Topic::PhoneTaken),
        _ => None,
    }
}

// ---- Usernames (K 42; C.17 step 2; H.2) ----

/// `UsernameAttributes` is e-mail alone.
pub const USERNAME_SHOULD_BE_EMAIL: Error =
    told(Kind::InvalidParameter, Topic::UsernameNotEmail, "Username should be an email.");
/// `UsernameAttributes` is the phone number alone.
pub const USERNAME_SHOULD_BE_PHONE: Error =
    told(Kind::InvalidParameter, Topic::UsernameNotPhone, "Username should be a phone number.");
/// `UsernameAttributes` is both.
pub const USERNAME_SHOULD_BE_EITHER: Error =
    told(Kind::InvalidParameter, Topic::UsernameNeither, "Username should be either an email or a phone number.");
/// An alias pool refuses usernames that look like its alias.
pub const USERNAME_LIKE_EMAIL: Error = told(
    Kind::InvalidParameter,
    Topic::UsernameLikeEmail,
    "Username cannot be of email format, since user pool is configured for email alias.",
);
/// As above, for the phone number.
pub const USERNAME_LIKE_PHONE: Error = told(
    Kind::InvalidParameter,
    Topic::UsernameLikePhone,
    "Username cannot be of phone number format, since user pool is configured for phone number alias.",
);
/// A username with white space or control characters, empty or too long, for doors that do not check shapes (A.5).
pub const USERNAME_PATTERN: Error = told(
    Kind::InvalidParameter,
    Topic::UsernamePattern,
    "1 validation error detected: Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+",
);
/// A name that users of an identity provider get (ours: AWS's texts know none for it).
pub const USERNAME_OF_A_PROVIDER: Error = say(
    Kind::InvalidParameter,
    "Username cannot begin with the name of an identity provider of the user pool and an underscore.",
);
/// The username and the contact attribute of the same request differ in a `UsernameAttributes` pool (I).
pub const USERNAME_ATTRIBUTE_DIFFERS: Error =
    say(Kind::InvalidParameter, "Attribute does not match the username given.");

// ---- Passwords (K 35; H.4) ----

/// K 35, with the first rule that failed.
pub fn password_policy(rule: PasswordRule) -> Error {
    Error::new(Kind::InvalidPassword, format!("Password did not conform with policy: {}", rule.sentence()))
        .about(Topic::PasswordRule(rule))
}

/// A rule of the password policy, in the order they are checked (H.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRule {
    /// `MinimumLength`.
    Length,
    /// `RequireUppercase`.
    Uppercase,
    /// `RequireLowercase`.
    Lowercase,
    /// `RequireNumbers`.
    Numbers,
    /// `RequireSymbols`.
    Symbols,
}

impl PasswordRule {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Length => "Password not long enough",
            Self::Uppercase => "Password must have uppercase characters",
            Self::Lowercase => "Password must have lowercase characters",
            Self::Numbers => "Password must have numeric characters",
            Self::Symbols => "Password must have symbol characters",
        }
    }
}

/// The password is among the last ones (`PasswordHistorySize`).
pub const PASSWORD_USED_BEFORE: Error = say(Kind::PasswordHistoryPolicyViolation, "Password has previously been used.");
/// A sign-up without password where no passwordless factor is offered (I).
pub const PASSWORD_REQUIRED: Error = say(
    Kind::InvalidParameter,
    "1 validation error detected: Value null at 'password' failed to satisfy constraint: Member must not be null",
);
/// ChangePassword without `PreviousPassword` for a user who has one (I).
pub const PREVIOUS_PASSWORD_REQUIRED: Error = say(
    Kind::InvalidParameter,
    "1 validation error detected: Value null at 'previousPassword' failed to satisfy constraint: Member must not be null",
);

// ---- Attributes (K 37, 40, 41; H.1) ----

/// K 37.
pub const UNAUTHORIZED_ATTRIBUTE: Error =
    say(Kind::NotAuthorized, "A client attempted to write unauthorized attribute");
/// H.1.
pub const INVALID_PHONE: Error = told(Kind::InvalidParameter, Topic::PhoneInvalid, "Invalid phone number format.");
/// H.1.
pub const INVALID_EMAIL: Error = told(Kind::InvalidParameter, Topic::EmailInvalid, "Invalid email address format.");
/// GetUserAttributeVerificationCode or VerifyUserAttribute for anything but the two contacts (I).
pub const NOT_VERIFIABLE: Error =
    say(Kind::InvalidParameter, "Invalid attribute name: only email and phone_number can be verified.");
/// There is no value to send a code to (I).
pub const NOTHING_TO_VERIFY: Error =
    say(Kind::InvalidParameter, "User does not have a value for the attribute to verify.");
/// Deleting a contact that the pool verifies by itself makes no sense where it is the sign-in name (I).
pub const CANNOT_DELETE_SIGN_IN_NAME: Error =
    say(Kind::InvalidParameter, "Cannot delete the only attribute by which the user signs in.");

/// One or more violations of the schema, already worded by [`required`], [`wrong_type`] ... (K 40, 41).
pub fn schema(violations: &str) -> Error {
    Error::new(Kind::InvalidParameter, format!("Attributes did not conform to the schema: {violations}"))
}

/// The value of one attribute does not fit (K 40); `line` as for [`schema`].
pub fn unfit(name: &str, fault: AttributeFault, line: &str) -> Error {
    schema(line).about(Topic::Attribute(name.to_owned(), fault))
}

/// A line for [`schema`]: a required attribute lacks.
pub fn required(name: impl Display) -> String {
    format!("{name}: The attribute is required\n")
}

/// A line for [`schema`]: the pool has no such attribute.
pub fn unknown_type(name: impl Display) -> String {
    format!("Type for attribute {{{name}}} could not be determined")
}

/// A line for [`schema`]: shorter than `StringAttributeConstraints.MinLength`.
pub fn too_short(name: impl Display, min: impl Display) -> String {
    format!("{name}: String must be no shorter than {min} characters\n")
}

/// A line for [`schema`]: longer than `StringAttributeConstraints.MaxLength`.
pub fn too_long(name: impl Display, max: impl Display) -> String {
    format!("{name}: String must be no longer than {max} characters\n")
}

/// A line for [`schema`]: below `NumberAttributeConstraints.MinValue`.
pub fn too_small(name: impl Display, min: impl Display) -> String {
    format!("{name}: Number must be no less than {min}\n")
}

/// A line for [`schema`]: above `NumberAttributeConstraints.MaxValue`.
pub fn too_great(name: impl Display, max: impl Display) -> String {
    format!("{name}: Number must be no greater than {max}\n")
}

/// A line for [`schema`]: not a value of its type (`Number`, `Boolean`, `DateTime`).
pub fn wrong_type(name: impl Display, data_type: impl Display) -> String {
    format!("{name}: The attribute must be a {data_type}\n")
}

/// A line for [`schema`]: a birthdate that is no date.
pub fn wrong_birthdate(name: impl Display) -> String {
    format!("{name}: Invalid date format, expected YYYY-MM-DD\n")
}

/// An attribute that may not change (H.1). One line per attribute.
pub fn immutable(names: &[&str]) -> Error {
    let lines: String = names.iter().map(|name| format!("user.{name}: Attribute cannot be updated.\n")).collect();
    Error::new(Kind::InvalidParameter, lines)
}

/// Deleting attributes the pool does not know (K 41). One line per attribute.
pub fn unknown_attributes(names: &[&str]) -> Error {
    let lines: String =
        names.iter().map(|name| format!("user.{name}: Attribute does not exist in the schema.\n")).collect();
    Error::new(Kind::InvalidParameter, format!("Invalid user attributes: {lines}"))
}

/// Deleting a required attribute (I). One line per attribute.
pub fn required_attributes(names: &[&str]) -> Error {
    let lines: String = names.iter().map(|name| format!("user.{name}: Attribute is required.\n")).collect();
    Error::new(Kind::InvalidParameter, format!("Invalid user attributes: {lines}"))
}

// ---- Triggers (K 54; G.2) ----

/// A function raised an error (K 54). AWS adds the full stop even to a text that has one.
pub fn trigger_failed(trigger: impl Display, message: impl Display) -> Error {
    Error::new(Kind::UserLambdaValidation, format!("{trigger} failed with error {message}."))
}

/// A function could not be invoked. `cause` is a code of the platform.
pub fn trigger_not_invoked(trigger: impl Display, cause: impl Display) -> Error {
    Error::new(Kind::UnexpectedLambda, format!("{trigger} invocation failed due to error {cause}."))
}

/// What a function answered cannot be used.
pub const TRIGGER_ANSWER_UNUSABLE: Error = say(Kind::InvalidLambdaResponse, "Unrecognizable lambda output");
/// CUSTOM_AUTH in a pool without its three triggers (amplify-js issue 5623).
pub const CUSTOM_AUTH_NOT_CONFIGURED: Error =
    say(Kind::InvalidParameter, "Custom auth lambda trigger is not configured for the user pool.");
/// No user came of the migration trigger (I).
pub const MIGRATION_FAILED: Error = say(Kind::UserNotFound, "Exception during user migration");
/// `PreTokenGeneration` and `PreTokenGenerationConfig` name two functions (I; the model demands that they agree).
pub const TOKEN_TRIGGERS_DIFFER: Error = say(
    Kind::InvalidParameter,
    "PreTokenGeneration and PreTokenGenerationConfig.LambdaArn must be identical when both are set.",
);
/// A custom sender without a key for its codes (I).
pub const SENDER_WITHOUT_KEY: Error =
    say(Kind::InvalidParameter, "KMSKeyID is required when CustomSMSSender or CustomEmailSender is set.");
/// Versions 2 and 3 of the pre token generation event in a LITE pool (I).
pub const TOKEN_TRIGGER_TIER: Error = say(
    Kind::FeatureUnavailableInTier,
    "Access token customization is not available in the LITE tier. Upgrade the user pool's tier.",
);

// ---- MFA (K 51, 52) ----

/// K 51.
pub const TOTP_NOT_ENABLED_IN_POOL: Error =
    say(Kind::SoftwareTokenMFANotFound, "Software Token MFA has not been enabled by the userPool");
/// K 52.
pub const TOTP_NOT_VERIFIED: Error = say(Kind::InvalidParameter, "User has not verified software token mfa");

// ---- Pools, clients, groups, resource servers (K 48, 55-59; B, H.1) ----

/// K 48.
pub fn pool_does_not_exist(pool: impl Display) -> Error {
    Error::new(Kind::ResourceNotFound, format!("User pool {pool} does not exist."))
}

/// K 59.
pub const POOL_IS_PROTECTED: Error = say(
    Kind::InvalidParameter,
    "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
);
/// B 4.
pub const POOL_HAS_DOMAIN: Error = say(
    Kind::InvalidParameter,
    "User pool cannot be deleted. It has a domain configured that should be deleted first.",
);
/// H.1, K 58.
pub const REQUIRED_CUSTOM_ATTRIBUTE: Error =
    say(Kind::InvalidParameter, "Required custom attributes are not supported currently.");
/// B.2.
pub const INVALID_TOKEN_VALIDITY: Error = say(Kind::InvalidParameter, "Invalid range for token validity.");
/// K 57.
pub const TOO_MANY_SECRETS: Error = say(Kind::LimitExceeded, "Client secrets cannot exceed limit of 2 secrets.");
/// DeleteUserPoolClientSecret of the only one (I).
pub const LAST_SECRET: Error =
    say(Kind::InvalidParameter, "The last client secret of an app client cannot be deleted.");
/// K 55.
pub const GROUP_NOT_FOUND: Error = say(Kind::ResourceNotFound, "Group not found.");

/// AddUserPoolClientSecret for a client that was made without a secret (I; the model speaks of confidential clients only).
pub fn client_is_public(client: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("Client {client} is not configured with a client secret."))
}

/// DeleteUserPoolClientSecret of none of the client's (I).
pub fn client_secret_does_not_exist(secret: impl Display) -> Error {
    Error::new(Kind::ResourceNotFound, format!("Client secret {secret} does not exist."))
}

/// K 58.
pub fn custom_attribute_exists(name: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("{name}: Existing attribute already has name {name}."))
}

/// Changing what a standard attribute is (H.1).
pub fn standard_attribute_fixed(name: impl Display) -> Error {
    Error::new(
        Kind::InvalidParameter,
        format!(
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
        ),
    )
}

/// A custom attribute without `AttributeDataType` (moto).
pub const ATTRIBUTE_TYPE_MISSING: Error =
    say(Kind::InvalidParameter, "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.");
/// H.1 (I).
pub const CUSTOM_NAME_LENGTH: Error =
    say(Kind::InvalidParameter, "The name of a custom attribute must have 1 to 20 characters.");
/// H.8 (I).
pub const TOO_MANY_CUSTOM_ATTRIBUTES: Error =
    say(Kind::InvalidParameter, "Exceeded the limit of 50 custom attributes.");

/// Constraints that are no numbers (moto).
pub fn invalid_constraints(kind: impl Display, name: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("Invalid {kind} for schema attribute {name}"))
}

/// A length above 2048 (moto).
pub fn string_bound_too_great(name: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("user.{name}: String attributes cannot have a length of more than 2048"))
}

/// The lowest is above the highest (moto).
pub fn bounds_crossed(name: impl Display, length: bool) -> Error {
    let what = if length { "length" } else { "value" };
    Error::new(Kind::InvalidParameter, format!("user.{name}: Max {what} cannot be less than min {what}."))
}

/// K 55.
pub fn group_exists(name: impl Display) -> Error {
    Error::new(Kind::GroupExists, format!("A group with the name {name} already exists."))
}

/// K 56.
pub fn resource_server_does_not_exist(identifier: impl Display) -> Error {
    Error::new(Kind::ResourceNotFound, format!("Resource server {identifier} does not exist."))
}

/// K 56.
pub fn resource_server_exists(identifier: impl Display, pool: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("{identifier} already exists in user pool {pool}."))
}

// ---- Lists (K 53; A.7) ----

/// K 53.
pub const FILTER_UNREADABLE: Error = say(Kind::InvalidParameter, "Error while parsing filter");
/// `AttributesToGet` names what the pool does not have (I).
pub const UNKNOWN_ATTRIBUTES_TO_GET: Error =
    say(Kind::InvalidParameter, "One or more requested attributes do not exist in this User Pool.");
/// A.7.
pub const INVALID_PAGINATION_TOKEN: Error = say(Kind::InvalidParameter, "Invalid Pagination Token");

/// K 53.
pub fn invalid_search_attribute(name: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("Invalid search attribute: {name}"))
}

// ---- Message templates (H.3; checked when a pool is set up) ----

/// A text lacks a placeholder it cannot do without (I). `member` is AWS's name of the text.
pub fn template_lacks(member: impl Display, placeholder: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("{member} must contain the placeholder {placeholder}"))
}

// ---- Threat protection (J) ----

/// A sign-in from an address that the pool blocks (J, I).
pub const UNSAFE_SIGN_IN: Error = say(Kind::NotAuthorized, "Unable to login because of security reasons.");

/// `IpAddress` of a context is none (I).
pub const IP_ADDRESS_INVALID: Error = say(Kind::InvalidParameter, "IpAddress must be an IPv4 or IPv6 address.");

/// A range of addresses that is none (I).
pub fn ip_range_invalid(range: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("Invalid IP range: {range}. IP ranges must be in CIDR notation."))
}

/// Asked for events where the pool is not protected (I).
pub const ADD_ON_NOT_ENABLED: Error =
    say(Kind::UserPoolAddOnNotEnabled, "User pool add-ons are not enabled for the user pool.");
/// Not an event of that user (I).
pub const AUTH_EVENT_NOT_FOUND: Error = say(Kind::ResourceNotFound, "Authentication event not found.");

// ---- Terms documents (I) ----

/// No such document.
pub const TERMS_NOT_FOUND: Error = say(Kind::ResourceNotFound, "Terms document does not exist.");
/// The client has one of that name.
pub const TERMS_EXIST: Error =
    say(Kind::TermsExists, "A terms document with this name already exists for the app client.");
/// A document that links to nothing.
pub const TERMS_WITHOUT_LINKS: Error = say(Kind::InvalidParameter, "Links must contain at least one URL.");

/// A link that a browser would not open, or not as a page.
pub fn terms_link_invalid(language: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("The link for {language} must be an http or https URL."))
}

// ---- Sessions (I) ----

/// Asked about sessions where the pool does not track them.
pub const SESSIONS_NOT_TRACKED: Error =
    say(Kind::OperationNotEnabled, "User session tracking is not enabled for the user pool.");
/// Tracking asked for in a LITE pool.
pub const SESSION_TIER: Error = say(
    Kind::FeatureUnavailableInTier,
    "User session tracking is not available in the LITE tier. Upgrade the user pool's tier.",
);
/// Not a session of that user.
pub const SESSION_NOT_FOUND: Error = say(Kind::ResourceNotFound, "Session not found.");
/// The session of the very access token.
pub const SESSION_IS_CURRENT: Error =
    say(Kind::InvalidParameter, "The current session cannot be revoked. Sign out instead.");

// ---- Exported logs (J, I) ----

/// `userNotification` with another level.
pub const LOG_LEVEL_OF_NOTIFICATIONS: Error =
    say(Kind::InvalidParameter, "LogLevel must be ERROR for the event source userNotification.");
/// `userNotification` to somewhere else.
pub const LOG_DESTINATION_OF_NOTIFICATIONS: Error = say(
    Kind::InvalidParameter,
    "Exactly one destination, CloudWatchLogsConfiguration, must be given for the event source userNotification.",
);
/// `userAuthEvents` with another level.
pub const LOG_LEVEL_OF_AUTH_EVENTS: Error =
    say(Kind::InvalidParameter, "LogLevel must be INFO for the event source userAuthEvents.");
/// `userAuthEvents` to nowhere, or to several places.
pub const LOG_DESTINATION_OF_AUTH_EVENTS: Error = say(
    Kind::InvalidParameter,
    "Exactly one of CloudWatchLogsConfiguration, S3Configuration and FirehoseConfiguration must be given for the event source userAuthEvents.",
);
/// Two configurations of one source.
pub const LOG_SOURCE_TWICE: Error =
    say(Kind::InvalidParameter, "An event source can be in one log configuration only.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_that_apps_compare_are_byte_for_byte_those_of_the_spec() {
        assert_eq!(INCORRECT_CREDENTIALS.message, "Incorrect username or password.");
        assert_eq!(INCORRECT_CREDENTIALS.kind, Kind::NotAuthorized);
        assert_eq!(
            unknown_attributes(&["custom:foo"]).message,
            "Invalid user attributes: user.custom:foo: Attribute does not exist in the schema.\n"
        );
        assert_eq!(
            password_policy(PasswordRule::Numbers).message,
            "Password did not conform with policy: Password must have numeric characters"
        );
        assert_eq!(
            secret_hash_missing("abc").message,
            "Client abc is configured with secret but SECRET_HASH was not received"
        );
        assert_eq!(cannot_be_confirmed("CONFIRMED").message, "User cannot be confirmed. Current status is CONFIRMED");
    }
}
