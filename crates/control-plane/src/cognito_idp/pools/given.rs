//! From the members of CreateUserPool and UpdateUserPool to settings. Both replace everything: what is left out takes its default.
use super::super::errors::invalid;
use super::super::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use user_pools::attributes::schema::GivenAttribute;
use user_pools::pool::{
    AliasKind, AttributeType, Contact, MfaRequirement, PasswordPolicy, PoolSettings, RecoveryMechanism,
};

/// The members that both operations have.
#[derive(Default)]
pub(super) struct Given {
    pub(super) policies: Option<wire::UserPoolPolicyType>,
    pub(super) deletion_protection: Option<wire::DeletionProtectionType>,
    pub(super) auto_verified_attributes: Option<Vec<wire::VerifiedAttributeType>>,
    pub(super) sms_verification_message: Option<String>,
    pub(super) email_verification_message: Option<String>,
    pub(super) email_verification_subject: Option<String>,
    pub(super) verification_message_template: Option<wire::VerificationMessageTemplateType>,
    pub(super) sms_authentication_message: Option<String>,
    pub(super) user_attribute_update_settings: Option<wire::UserAttributeUpdateSettingsType>,
    pub(super) mfa_configuration: Option<wire::UserPoolMfaType>,
    pub(super) user_pool_tags: Option<BTreeMap<String, String>>,
    pub(super) admin_create_user_config: Option<wire::AdminCreateUserConfigType>,
    pub(super) account_recovery_setting: Option<wire::AccountRecoverySettingType>,
    pub(super) user_pool_tier: Option<wire::UserPoolTierType>,
    /// Members kept as they came, by AWS's name.
    pub(super) documents: BTreeMap<String, Value>,
}

/// Moves the common members out of a request.
macro_rules! given {
    ($input:expr) => {{
        let mut documents = std::collections::BTreeMap::new();
        super::given::keep(&mut documents, "LambdaConfig", $input.lambda_config)?;
        super::given::keep(&mut documents, "DeviceConfiguration", $input.device_configuration)?;
        super::given::keep(&mut documents, "EmailConfiguration", $input.email_configuration)?;
        super::given::keep(&mut documents, "SmsConfiguration", $input.sms_configuration)?;
        super::given::keep(&mut documents, "UserPoolAddOns", $input.user_pool_add_ons)?;
        super::given::keep(&mut documents, "DcrConfiguration", $input.dcr_configuration)?;
        super::given::keep(&mut documents, "KeyConfiguration", $input.key_configuration)?;
        super::given::keep(&mut documents, "IssuerConfiguration", $input.issuer_configuration)?;
        super::given::keep(&mut documents, "AcrConfiguration", $input.acr_configuration)?;
        super::given::Given {
            policies: $input.policies,
            deletion_protection: $input.deletion_protection,
            auto_verified_attributes: $input.auto_verified_attributes,
            sms_verification_message: $input.sms_verification_message,
            email_verification_message: $input.email_verification_message,
            email_verification_subject: $input.email_verification_subject,
            verification_message_template: $input.verification_message_template,
            sms_authentication_message: $input.sms_authentication_message,
            user_attribute_update_settings: $input.user_attribute_update_settings,
            mfa_configuration: $input.mfa_configuration,
            user_pool_tags: $input.user_pool_tags,
            admin_create_user_config: $input.admin_create_user_config,
            account_recovery_setting: $input.account_recovery_setting,
            user_pool_tier: $input.user_pool_tier,
            documents,
        }
    }};
}
pub(super) use given;

/// Keeps a member that has no effect here, losslessly. Serialising a generated shape cannot fail for reasons of the client's.
pub(crate) fn keep(
    documents: &mut BTreeMap<String, Value>,
    name: &str,
    member: Option<impl serde::Serialize>,
) -> Result<()> {
    if let Some(member) = member {
        documents.insert(name.to_owned(), serde_json::to_value(member).map_err(|error| invalid(error.to_string()))?);
    }
    Ok(())
}

impl Given {
    /// Replaces everything in `settings` that both operations govern; name, schema and the names' rules stay.
    pub(super) fn replace(self, settings: &mut PoolSettings) -> Result<()> {
        let admin = self.admin_create_user_config.unwrap_or_default();
        let (policy, factors) = policies(self.policies.unwrap_or_default(), admin.unused_account_validity_days)?;
        settings.password_policy = policy;
        settings.first_factors = factors;
        settings.deletion_protected = self.deletion_protection == Some(wire::DeletionProtectionType::Active);
        settings.auto_verified = contacts(self.auto_verified_attributes);
        settings.verify_before_update = contacts(
            self.user_attribute_update_settings.and_then(|update| update.attributes_require_verification_before_update),
        );
        settings.messages.email_verification_subject = self.email_verification_subject;
        settings.messages.email_verification_message = self.email_verification_message;
        settings.messages.sms_verification_message = self.sms_verification_message;
        settings.messages.sms_authentication_message = self.sms_authentication_message;
        settings.messages.verification = texts(&self.verification_message_template.unwrap_or_default())?;
        settings
            .messages
            .verification
            .entry("DefaultEmailOption".to_owned())
            .or_insert_with(|| "CONFIRM_WITH_CODE".to_owned());
        settings.messages.invite = texts(&admin.invite_message_template.unwrap_or_default())?;
        settings.admin_create_only = admin.allow_admin_create_user_only.unwrap_or(false);
        settings.mfa = self.mfa_configuration.map_or(MfaRequirement::Off, mfa);
        settings.recovery = self.account_recovery_setting.map(recovery);
        settings.tier = self.user_pool_tier.map_or_else(|| "ESSENTIALS".to_owned(), |tier| tier.as_str().to_owned());
        settings.tags = self.user_pool_tags.unwrap_or_default();
        settings.documents = self.documents;
        Ok(())
    }
}

fn policies(given: wire::UserPoolPolicyType, unused_days: Option<i32>) -> Result<(PasswordPolicy, Vec<String>)> {
    let factors = given.sign_in_policy.and_then(|policy| policy.allowed_first_auth_factors);
    let factors = factors.map_or_else(
        || vec!["PASSWORD".to_owned()],
        |factors| factors.iter().map(|factor| factor.as_str().to_owned()).collect(),
    );
    let Some(given) = given.password_policy else {
        return Ok((
            PasswordPolicy { temporary_validity_days: days(unused_days), ..PasswordPolicy::default() },
            factors,
        ));
    };
    if let (Some(temporary), Some(unused)) = (given.temporary_password_validity_days, unused_days)
        && temporary != unused
    {
        return Err(invalid(
            "TemporaryPasswordValidityDays and UnusedAccountValidityDays must not differ when both are set.",
        ));
    }
    // Members left out of a policy that is given count as switched off, as with every AWS structure; the length has no zero.
    let policy = PasswordPolicy {
        minimum_length: given.minimum_length.map_or(8, u32_of),
        require_uppercase: given.require_uppercase.unwrap_or(false),
        require_lowercase: given.require_lowercase.unwrap_or(false),
        require_numbers: given.require_numbers.unwrap_or(false),
        require_symbols: given.require_symbols.unwrap_or(false),
        history_size: given.password_history_size.map(u32_of),
        temporary_validity_days: days(given.temporary_password_validity_days.or(unused_days)),
    };
    Ok((policy, factors))
}

/// 0 and unset are seven days.
fn days(given: Option<i32>) -> u32 {
    given.map(u32_of).filter(|days| *days > 0).unwrap_or(7)
}

/// The model's constraints have refused negative numbers before.
pub(super) fn u32_of(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

fn contacts(given: Option<Vec<wire::VerifiedAttributeType>>) -> Vec<Contact> {
    given.unwrap_or_default().into_iter().map(contact).collect()
}

fn contact(given: wire::VerifiedAttributeType) -> Contact {
    match given {
        wire::VerifiedAttributeType::Email => Contact::Email,
        wire::VerifiedAttributeType::PhoneNumber => Contact::Phone,
    }
}

pub(crate) fn mfa(given: wire::UserPoolMfaType) -> MfaRequirement {
    match given {
        wire::UserPoolMfaType::Off => MfaRequirement::Off,
        wire::UserPoolMfaType::On => MfaRequirement::On,
        wire::UserPoolMfaType::Optional => MfaRequirement::Optional,
    }
}

fn recovery(given: wire::AccountRecoverySettingType) -> Vec<RecoveryMechanism> {
    let one = |option: wire::RecoveryOptionType| RecoveryMechanism {
        name: option.name.as_str().to_owned(),
        priority: u32_of(option.priority),
    };
    let mut all: Vec<_> = given.recovery_mechanisms.unwrap_or_default().into_iter().map(one).collect();
    all.sort_by_key(|mechanism| mechanism.priority);
    all
}

/// A structure of texts as a map, members without value left out.
fn texts(given: &impl serde::Serialize) -> Result<BTreeMap<String, String>> {
    let value = serde_json::to_value(given).map_err(|error| invalid(error.to_string()))?;
    serde_json::from_value(value).map_err(|error| invalid(error.to_string()))
}

/// `Schema` of CreateUserPool or `CustomAttributes` of AddCustomAttributes.
pub(super) fn schema(given: Vec<wire::SchemaAttributeType>) -> Vec<GivenAttribute> {
    given.into_iter().map(attribute).collect()
}

fn attribute(given: wire::SchemaAttributeType) -> GivenAttribute {
    let strings = given.string_attribute_constraints.unwrap_or_default();
    let numbers = given.number_attribute_constraints.unwrap_or_default();
    // Constraints of the other type have no effect, as on AWS; a standard attribute may leave its type out.
    let (min, max) = match given.attribute_data_type {
        Some(wire::AttributeDataType::Number) => (numbers.min_value, numbers.max_value),
        Some(_) => (strings.min_length, strings.max_length),
        None => (strings.min_length.or(numbers.min_value), strings.max_length.or(numbers.max_value)),
    };
    GivenAttribute {
        name: given.name.unwrap_or_default(),
        data_type: given.attribute_data_type.map(data_type),
        developer_only: given.developer_only_attribute,
        mutable: given.mutable,
        required: given.required,
        min,
        max,
    }
}

fn data_type(given: wire::AttributeDataType) -> AttributeType {
    match given {
        wire::AttributeDataType::String => AttributeType::String,
        wire::AttributeDataType::Number => AttributeType::Number,
        wire::AttributeDataType::DateTime => AttributeType::DateTime,
        wire::AttributeDataType::Boolean => AttributeType::Boolean,
    }
}

pub(super) fn alias(given: wire::AliasAttributeType) -> AliasKind {
    match given {
        wire::AliasAttributeType::Email => AliasKind::Email,
        wire::AliasAttributeType::PhoneNumber => AliasKind::Phone,
        wire::AliasAttributeType::PreferredUsername => AliasKind::PreferredUsername,
    }
}

pub(super) fn username(given: wire::UsernameAttributeType) -> AliasKind {
    match given {
        wire::UsernameAttributeType::Email => AliasKind::Email,
        wire::UsernameAttributeType::PhoneNumber => AliasKind::Phone,
    }
}
