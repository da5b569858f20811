//! From a stored client to `UserPoolClientType` (spec B.2: what was not set is left out or shown with its default, as Terraform expects).
use super::super::prelude::*;
use user_pools::client::{AppClient, Rotation, ValidityUnits};

/// The whole description, the secret included: DescribeUserPoolClient answers it back, the elder one while there are two.
pub(super) fn client(cx: &Cx, client: &AppClient) -> Result<wire::UserPoolClientType> {
    let settings = &client.settings;
    let secret = cx.pools.client_secrets(client)?.first().map(|secret| secret.as_str().to_owned());
    Ok(wire::UserPoolClientType {
        user_pool_id: Some(client.pool.0.clone()),
        client_name: Some(settings.name.clone()),
        client_id: Some(client.id.0.clone()),
        client_secret: secret,
        last_modified_date: Some(client.modified.into()),
        creation_date: Some(client.created.into()),
        refresh_token_validity: Some(settings.refresh_token_validity.filter(|count| *count > 0).map_or(30, number)),
        access_token_validity: settings.access_token_validity.map(number),
        id_token_validity: settings.id_token_validity.map(number),
        token_validity_units: Some(settings.validity_units.as_ref().map(units).unwrap_or_default()),
        read_attributes: settings.read_attributes.clone(),
        write_attributes: settings.write_attributes.clone(),
        explicit_auth_flows: settings
            .auth_flows
            .as_ref()
            .map(|flows| flows.iter().filter_map(|flow| flow.parse().ok()).collect()),
        supported_identity_providers: settings.identity_providers.clone(),
        callback_urls: some(&settings.callback_urls),
        logout_urls: some(&settings.logout_urls),
        default_redirect_uri: settings.default_redirect_uri.clone(),
        allowed_oauth_flows: Some(settings.oauth_flows.iter().filter_map(|flow| flow.parse().ok()).collect::<Vec<_>>())
            .filter(|flows| !flows.is_empty()),
        allowed_oauth_scopes: some(&settings.oauth_scopes),
        allowed_oauth_flows_user_pool_client: Some(settings.oauth_enabled),
        analytics_configuration: settings
            .documents
            .get("AnalyticsConfiguration")
            .and_then(|value| serde_json::from_value(value.clone()).ok()),
        prevent_user_existence_errors: settings
            .prevent_user_existence_errors
            .as_deref()
            .and_then(|kind| kind.parse().ok()),
        enable_token_revocation: Some(settings.token_revocation.unwrap_or(true)),
        enable_propagate_additional_user_context_data: Some(settings.propagate_context.unwrap_or(false)),
        auth_session_validity: Some(settings.auth_session_minutes.map_or(3, number)),
        refresh_token_rotation: settings.rotation.map(rotation),
        ..Default::default()
    })
}

/// A secret's description; its value stands in the answer that makes it known and nowhere else.
pub(super) fn secret(
    id: String,
    created: user_pools::Millis,
    value: Option<String>,
) -> wire::ClientSecretDescriptorType {
    wire::ClientSecretDescriptorType {
        client_secret_id: Some(id),
        client_secret_value: value,
        client_secret_create_date: Some(created.into()),
    }
}

fn some(list: &[String]) -> Option<Vec<String>> {
    Some(list.to_vec()).filter(|list| !list.is_empty())
}

fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn units(units: &ValidityUnits) -> wire::TokenValidityUnitsType {
    let unit = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
    wire::TokenValidityUnitsType {
        access_token: unit(&units.access_token),
        id_token: unit(&units.id_token),
        refresh_token: unit(&units.refresh_token),
    }
}

fn rotation(rotation: Rotation) -> wire::RefreshTokenRotationType {
    wire::RefreshTokenRotationType {
        feature: if rotation.enabled { wire::FeatureType::Enabled } else { wire::FeatureType::Disabled },
        retry_grace_period_seconds: Some(number(rotation.grace_seconds)),
    }
}
