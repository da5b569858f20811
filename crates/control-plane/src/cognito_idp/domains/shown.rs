//! How a domain is shown.
use super::super::errors::invalid;
use super::super::prelude::*;
use user_pools::domain::Domain;

/// A custom domain points at a distribution name; a prefix has none.
pub(super) fn distribution(domain: &Domain) -> Option<String> {
    domain.custom.as_ref().map(|_| format!("{}.cloudfront.net", &domain.pool.short_name().to_ascii_lowercase()))
}

/// `DomainDescriptionType`.
pub(super) fn description(domain: &Domain) -> Result<wire::DomainDescriptionType> {
    Ok(wire::DomainDescriptionType {
        user_pool_id: Some(domain.pool.0.clone()),
        aws_account_id: Some(domain.scope.account.clone()),
        domain: Some(domain.name.clone()),
        s3_bucket: Some(format!("aws-cognito-prod-{}-assets", domain.scope.region)),
        cloud_front_distribution: Some(
            distribution(domain)
                .unwrap_or_else(|| format!("{}.cloudfront.net", domain.pool.short_name().to_ascii_lowercase())),
        ),
        version: Some(domain.created.to_string()),
        status: Some(wire::DomainStatusType::Active),
        custom_domain_config: member(domain.custom.as_ref())?,
        managed_login_version: i32::try_from(domain.managed_login_version).ok(),
        routing: member(domain.routing.as_ref())?,
    })
}

/// A member kept as it came.
pub(super) fn member<T: serde::de::DeserializeOwned>(value: Option<&serde_json::Value>) -> Result<Option<T>> {
    value.map(|value| serde_json::from_value(value.clone()).map_err(|error| invalid(error.to_string()))).transpose()
}

/// Keeps a member as it came.
pub(super) fn keep(member: Option<impl serde::Serialize>) -> Result<Option<serde_json::Value>> {
    member.map(|member| serde_json::to_value(member).map_err(|error| invalid(error.to_string()))).transpose()
}
