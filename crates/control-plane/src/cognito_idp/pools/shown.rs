//! From a stored pool to `UserPoolType`. Terraform reads every member back: what is not set is left out, defaults are shown (spec B.1).
use super::super::errors::invalid;
use super::super::prelude::*;
use serde::de::DeserializeOwned;
use user_pools::domain::Domain;
use user_pools::pool::{
    AliasKind, AttributeType, Contact, MfaRequirement, PasswordPolicy, PoolSettings, SchemaAttribute, UserPool,
};

/// The whole description.
pub(super) fn pool(pool: &UserPool, users: u64, domains: &[Domain]) -> Result<wire::UserPoolType> {
    let settings = &pool.settings;
    let domain = |custom: bool| {
        domains.iter().find(|domain| domain.custom.is_some() == custom).map(|domain| domain.name.clone())
    };
    Ok(wire::UserPoolType {
        id: Some(pool.id.0.clone()),
        name: Some(settings.name.clone()),
        arn: Some(pool.id.arn(&pool.scope.account)),
        creation_date: Some(pool.created.into()),
        last_modified_date: Some(pool.modified.into()),
        policies: Some(policies(settings)),
        deletion_protection: Some(if settings.deletion_protected {
            wire::DeletionProtectionType::Active
        } else {
            wire::DeletionProtectionType::Inactive
        }),
        lambda_config: Some(document(settings, "LambdaConfig")?.unwrap_or_default()),
        schema_attributes: Some(settings.schema.iter().map(attribute).collect()),
        auto_verified_attributes: contacts(&settings.auto_verified),
        alias_attributes: some(settings.alias_attributes.iter().copied().map(alias).collect()),
        username_attributes: some(settings.username_attributes.iter().copied().filter_map(username).collect()),
        username_configuration: settings
            .case_sensitive
            .map(|case_sensitive| wire::UsernameConfigurationType { case_sensitive }),
        sms_verification_message: settings.messages.sms_verification_message.clone(),
        email_verification_message: settings.messages.email_verification_message.clone(),
        email_verification_subject: settings.messages.email_verification_subject.clone(),
        sms_authentication_message: settings.messages.sms_authentication_message.clone(),
        verification_message_template: Some(read(serde_json::to_value(&settings.messages.verification))?),
        user_attribute_update_settings: Some(wire::UserAttributeUpdateSettingsType {
            attributes_require_verification_before_update: Some(
                contacts(&settings.verify_before_update).unwrap_or_default(),
            ),
        }),
        mfa_configuration: Some(mfa(settings.mfa)),
        device_configuration: document(settings, "DeviceConfiguration")?,
        estimated_number_of_users: Some(i32::try_from(users).unwrap_or(i32::MAX)),
        email_configuration: Some(document(settings, "EmailConfiguration")?.unwrap_or_else(default_email)),
        sms_configuration: document(settings, "SmsConfiguration")?,
        user_pool_tags: Some(settings.tags.clone()),
        domain: domain(false),
        custom_domain: domain(true),
        admin_create_user_config: Some(admin(settings)?),
        user_pool_add_ons: document(settings, "UserPoolAddOns")?,
        dcr_configuration: document(settings, "DcrConfiguration")?,
        account_recovery_setting: settings.recovery.as_ref().map(|_| recovery(settings)).transpose()?,
        user_pool_tier: settings.tier.parse().ok(),
        key_configuration: document(settings, "KeyConfiguration")?,
        issuer_configuration: document(settings, "IssuerConfiguration")?,
        acr_configuration: document(settings, "AcrConfiguration")?,
        ..Default::default()
    })
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    Some(list).filter(|list| !list.is_empty())
}

/// A member kept as it came.
pub(crate) fn document<T: DeserializeOwned>(settings: &PoolSettings, name: &str) -> Result<Option<T>> {
    settings.documents.get(name).map(|value| read(Ok(value.clone()))).transpose()
}

fn read<T: DeserializeOwned>(value: serde_json::Result<serde_json::Value>) -> Result<T> {
    value.and_then(serde_json::from_value).map_err(|error| invalid(error.to_string()))
}

fn policies(settings: &PoolSettings) -> wire::UserPoolPolicyType {
    let factors = settings.first_factors.iter().filter_map(|factor| factor.parse().ok()).collect();
    wire::UserPoolPolicyType {
        password_policy: Some(password_policy(&settings.password_policy)),
        sign_in_policy: Some(wire::SignInPolicyType { allowed_first_auth_factors: Some(factors) }),
    }
}

fn password_policy(policy: &PasswordPolicy) -> wire::PasswordPolicyType {
    wire::PasswordPolicyType {
        minimum_length: Some(i32_of(policy.minimum_length)),
        require_uppercase: Some(policy.require_uppercase),
        require_lowercase: Some(policy.require_lowercase),
        require_numbers: Some(policy.require_numbers),
        require_symbols: Some(policy.require_symbols),
        password_history_size: policy.history_size.map(i32_of),
        temporary_password_validity_days: Some(i32_of(policy.temporary_validity_days)),
    }
}

pub(super) fn i32_of(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn admin(settings: &PoolSettings) -> Result<wire::AdminCreateUserConfigType> {
    let invite = &settings.messages.invite;
    Ok(wire::AdminCreateUserConfigType {
        allow_admin_create_user_only: Some(settings.admin_create_only),
        unused_account_validity_days: Some(i32_of(settings.password_policy.temporary_validity_days)),
        invite_message_template: if invite.is_empty() { None } else { Some(read(serde_json::to_value(invite))?) },
    })
}

fn default_email() -> wire::EmailConfigurationType {
    wire::EmailConfigurationType {
        email_sending_account: Some(wire::EmailSendingAccountType::CognitoDefault),
        ..Default::default()
    }
}

fn recovery(settings: &PoolSettings) -> Result<wire::AccountRecoverySettingType> {
    let one = |mechanism: &user_pools::pool::RecoveryMechanism| {
        let name = mechanism.name.parse().map_err(|error: aws::UnknownValue| invalid(error.to_string()))?;
        Ok(wire::RecoveryOptionType { priority: i32_of(mechanism.priority), name })
    };
    let all: Result<Vec<_>> = settings.recovery.iter().flatten().map(one).collect();
    Ok(wire::AccountRecoverySettingType { recovery_mechanisms: Some(all?) })
}

fn contacts(contacts: &[Contact]) -> Option<Vec<wire::VerifiedAttributeType>> {
    some(
        contacts
            .iter()
            .map(|contact| match contact {
                Contact::Email => wire::VerifiedAttributeType::Email,
                Contact::Phone => wire::VerifiedAttributeType::PhoneNumber,
            })
            .collect(),
    )
}

fn alias(kind: AliasKind) -> wire::AliasAttributeType {
    match kind {
        AliasKind::Email => wire::AliasAttributeType::Email,
        AliasKind::Phone => wire::AliasAttributeType::PhoneNumber,
        AliasKind::PreferredUsername => wire::AliasAttributeType::PreferredUsername,
    }
}

fn username(kind: AliasKind) -> Option<wire::UsernameAttributeType> {
    match kind {
        AliasKind::Email => Some(wire::UsernameAttributeType::Email),
        AliasKind::Phone => Some(wire::UsernameAttributeType::PhoneNumber),
        AliasKind::PreferredUsername => None,
    }
}

pub(crate) fn mfa(requirement: MfaRequirement) -> wire::UserPoolMfaType {
    match requirement {
        MfaRequirement::Off => wire::UserPoolMfaType::Off,
        MfaRequirement::On => wire::UserPoolMfaType::On,
        MfaRequirement::Optional => wire::UserPoolMfaType::Optional,
    }
}

fn attribute(attribute: &SchemaAttribute) -> wire::SchemaAttributeType {
    let (data_type, strings, numbers) = match attribute.data_type {
        AttributeType::String => (
            wire::AttributeDataType::String,
            Some(wire::StringAttributeConstraintsType {
                min_length: attribute.min.clone(),
                max_length: attribute.max.clone(),
            }),
            None,
        ),
        AttributeType::Number => (
            wire::AttributeDataType::Number,
            None,
            Some(wire::NumberAttributeConstraintsType {
                min_value: attribute.min.clone(),
                max_value: attribute.max.clone(),
            }),
        ),
        AttributeType::DateTime => (wire::AttributeDataType::DateTime, None, None),
        AttributeType::Boolean => (wire::AttributeDataType::Boolean, None, None),
    };
    wire::SchemaAttributeType {
        name: Some(attribute.name.clone()),
        attribute_data_type: Some(data_type),
        developer_only_attribute: Some(attribute.developer_only),
        mutable: Some(attribute.mutable),
        required: Some(attribute.required),
        string_attribute_constraints: strings,
        number_attribute_constraints: numbers,
    }
}
