//! A user pool and its settings. All defaults of `CreateUserPool` live here, because Terraform reads them back (spec B.1).
use crate::ids::{Millis, PoolId, Scope};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Documents of a pool that operations of their own govern: UpdateUserPool leaves them as they are.
pub const GOVERNED_ELSEWHERE: [&str; 6] = [
    "EmailMfaConfiguration",
    "WebAuthnConfiguration",
    "SmsMfaConfiguration",
    "RiskConfiguration",
    "LogConfigurations",
    "SessionConfiguration",
];

/// Takes those documents over as they are.
pub fn keep(from: &BTreeMap<String, Value>, to: &mut BTreeMap<String, Value>, names: &[&str]) {
    for name in names {
        if let Some(document) = from.get(*name) {
            to.insert((*name).to_owned(), document.clone());
        }
    }
}

/// A user pool as it is stored: one row, replaced whole, guarded by `version`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UserPool {
    /// Owner.
    pub scope: Scope,
    /// Id, also the key.
    pub id: PoolId,
    /// Raised by one at every replacement.
    pub version: u64,
    /// Creation time.
    pub created: Millis,
    /// Time of the last change.
    pub modified: Millis,
    /// Everything an operator can set.
    pub settings: PoolSettings,
}

/// The settings of a pool. Members that this release acts upon are typed; the others are kept in `documents` exactly as they came and are answered back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PoolSettings {
    /// `PoolName`.
    pub name: String,
    /// `Policies.PasswordPolicy`.
    pub password_policy: PasswordPolicy,
    /// `Policies.SignInPolicy.AllowedFirstAuthFactors`.
    pub first_factors: Vec<String>,
    /// `DeletionProtection` is ACTIVE.
    pub deletion_protected: bool,
    /// The twenty standard attributes, then the custom ones.
    pub schema: Vec<SchemaAttribute>,
    /// `AutoVerifiedAttributes`.
    pub auto_verified: Vec<Contact>,
    /// `AliasAttributes`; fixed at creation.
    pub alias_attributes: Vec<AliasKind>,
    /// `UsernameAttributes`; fixed at creation.
    pub username_attributes: Vec<AliasKind>,
    /// `UsernameConfiguration.CaseSensitive` as given; `None` when the member was left out (then case sensitive, by the model's text).
    pub case_sensitive: Option<bool>,
    /// `MfaConfiguration`.
    pub mfa: MfaRequirement,
    /// `SoftwareTokenMfaConfiguration.Enabled`; `None` when never set.
    pub software_token_mfa: Option<bool>,
    /// Message texts.
    pub messages: MessageTemplates,
    /// `AdminCreateUserConfig.AllowAdminCreateUserOnly`: self sign-up is closed.
    pub admin_create_only: bool,
    /// `AccountRecoverySetting.RecoveryMechanisms` by priority; `None` is the legacy order (spec H.5).
    pub recovery: Option<Vec<RecoveryMechanism>>,
    /// `UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate`.
    pub verify_before_update: Vec<Contact>,
    /// `UserPoolTier`.
    pub tier: String,
    /// `UserPoolTags`.
    pub tags: BTreeMap<String, String>,
    /// The form of this pool's issuer; `None` follows the server's setting.
    pub issuer_form: Option<IssuerForm>,
    /// Members kept and answered back losslessly, by AWS member name (`LambdaConfig`, `DeviceConfiguration`, `EmailConfiguration`, `SmsConfiguration`, `UserPoolAddOns` ...).
    pub documents: BTreeMap<String, Value>,
}

/// `PasswordPolicyType` (spec H.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordPolicy {
    /// 6 to 99 characters.
    pub minimum_length: u32,
    /// An upper-case letter is needed.
    pub require_uppercase: bool,
    /// A lower-case letter is needed.
    pub require_lowercase: bool,
    /// A digit is needed.
    pub require_numbers: bool,
    /// A symbol is needed.
    pub require_symbols: bool,
    /// 0 to 24 earlier passwords that may not come back; `None` when not given.
    pub history_size: Option<u32>,
    /// Days a temporary password lives.
    pub temporary_validity_days: u32,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            minimum_length: 8,
            require_uppercase: true,
            require_lowercase: true,
            require_numbers: true,
            require_symbols: true,
            history_size: None,
            temporary_validity_days: 7,
        }
    }
}

/// `SchemaAttributeType`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaAttribute {
    /// Full name: `email`, `custom:team`, `dev:custom:x`.
    pub name: String,
    /// `String`, `Number`, `DateTime` or `Boolean`.
    pub data_type: AttributeType,
    /// Hidden from clients.
    pub developer_only: bool,
    /// May change after the user exists.
    pub mutable: bool,
    /// Must be given at sign-up.
    pub required: bool,
    /// Lowest length (String) or value (Number), as AWS's string.
    pub min: Option<String>,
    /// Highest length (String) or value (Number), as AWS's string.
    pub max: Option<String>,
}

/// `AttributeDataType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttributeType {
    /// Text.
    String,
    /// A number, kept as text.
    Number,
    /// A date and time, kept as text.
    DateTime,
    /// `true` or `false`.
    Boolean,
}

/// A way to reach a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Contact {
    /// `email`.
    Email,
    /// `phone_number`.
    Phone,
}

impl Contact {
    /// The attribute that holds the address.
    pub const fn attribute(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone_number",
        }
    }

    /// The attribute that says whether it was verified.
    pub const fn verified_attribute(self) -> &'static str {
        match self {
            Self::Email => "email_verified",
            Self::Phone => "phone_number_verified",
        }
    }

    /// `DeliveryMediumType`.
    pub const fn medium(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Phone => "SMS",
        }
    }
}

/// What beside the username may name a user at sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AliasKind {
    /// `email`.
    Email,
    /// `phone_number`.
    Phone,
    /// `preferred_username` (alias pools only).
    PreferredUsername,
}

impl AliasKind {
    /// The attribute that holds the alias.
    pub const fn attribute(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone_number",
            Self::PreferredUsername => "preferred_username",
        }
    }
}

/// `UserPoolMfaType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum MfaRequirement {
    /// No second factor.
    #[default]
    Off,
    /// Who has one uses it.
    Optional,
    /// Everybody must have one.
    On,
}

/// One entry of `AccountRecoverySetting`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryMechanism {
    /// `verified_email`, `verified_phone_number` or `admin_only`.
    pub name: String,
    /// 1 or 2; lower first.
    pub priority: u32,
}

/// The texts a pool sends. `None` is Cognito's default text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageTemplates {
    /// `EmailVerificationSubject` (legacy member).
    pub email_verification_subject: Option<String>,
    /// `EmailVerificationMessage` (legacy member).
    pub email_verification_message: Option<String>,
    /// `SmsVerificationMessage` (legacy member).
    pub sms_verification_message: Option<String>,
    /// `SmsAuthenticationMessage`.
    pub sms_authentication_message: Option<String>,
    /// `VerificationMessageTemplate`, as given.
    pub verification: BTreeMap<String, String>,
    /// `AdminCreateUserConfig.InviteMessageTemplate`, as given.
    pub invite: BTreeMap<String, String>,
}

/// Which issuer the tokens of a pool name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IssuerForm {
    /// `<base>/<pool id>`: plain OIDC libraries and pycognito need it.
    #[default]
    Own,
    /// `https://cognito-idp.<region>.amazonaws.com/<pool id>`: aws-jwt-verify and migrated apps need it.
    Aws,
}
