//! From the members of CreateUserPoolClient and UpdateUserPoolClient to settings.
use super::super::prelude::*;
use user_pools::client::{Rotation, ValidityUnits};

/// Moves the common members out of a request; both operations replace everything.
macro_rules! given {
    ($input:expr, $name:expr) => {{
        let mut documents = std::collections::BTreeMap::new();
        if let Some(analytics) = $input.analytics_configuration {
            let value =
                serde_json::to_value(analytics).map_err(|error| super::super::errors::invalid(error.to_string()))?;
            documents.insert("AnalyticsConfiguration".to_owned(), value);
        }
        user_pools::client::ClientSettings {
            name: $name,
            refresh_token_validity: super::given::count($input.refresh_token_validity),
            access_token_validity: super::given::count($input.access_token_validity),
            id_token_validity: super::given::count($input.id_token_validity),
            validity_units: $input.token_validity_units.as_ref().map(super::given::units),
            read_attributes: $input.read_attributes,
            write_attributes: $input.write_attributes,
            auth_flows: $input
                .explicit_auth_flows
                .map(|flows| flows.iter().map(|flow| flow.as_str().to_owned()).collect()),
            identity_providers: $input.supported_identity_providers,
            callback_urls: $input.callback_urls.unwrap_or_default(),
            logout_urls: $input.logout_urls.unwrap_or_default(),
            default_redirect_uri: $input.default_redirect_uri,
            oauth_flows: $input
                .allowed_oauth_flows
                .unwrap_or_default()
                .iter()
                .map(|flow| flow.as_str().to_owned())
                .collect(),
            oauth_scopes: $input.allowed_oauth_scopes.unwrap_or_default(),
            oauth_enabled: $input.allowed_oauth_flows_user_pool_client.unwrap_or(false),
            prevent_user_existence_errors: $input.prevent_user_existence_errors.map(|kind| kind.as_str().to_owned()),
            token_revocation: $input.enable_token_revocation,
            propagate_context: $input.enable_propagate_additional_user_context_data,
            auth_session_minutes: super::given::count($input.auth_session_validity),
            rotation: $input.refresh_token_rotation.as_ref().map(super::given::rotation),
            documents,
        }
    }};
}
pub(super) use given;

/// The model's constraints have refused negative numbers before.
pub(super) fn count(given: Option<i32>) -> Option<u32> {
    given.and_then(|count| u32::try_from(count).ok())
}

pub(super) fn units(given: &wire::TokenValidityUnitsType) -> ValidityUnits {
    let text = |unit: Option<wire::TimeUnitsType>| unit.map(|unit| unit.as_str().to_owned());
    ValidityUnits {
        access_token: text(given.access_token),
        id_token: text(given.id_token),
        refresh_token: text(given.refresh_token),
    }
}

pub(super) fn rotation(given: &wire::RefreshTokenRotationType) -> Rotation {
    Rotation {
        enabled: given.feature == wire::FeatureType::Enabled,
        grace_seconds: count(given.retry_grace_period_seconds).unwrap_or(0),
    }
}
