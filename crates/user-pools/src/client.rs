//! App clients: what an application may do in a pool (spec B.2).
use crate::ids::{ClientId, Millis, PoolId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Documents of a client that operations of their own govern: UpdateUserPoolClient leaves them as they are.
pub(crate) const GOVERNED_ELSEWHERE: [&str; 2] = ["RiskConfiguration", "SessionConfiguration"];

/// An app client as it is stored: one row, replaced whole, guarded by `version`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppClient {
    /// The pool it belongs to.
    pub pool: PoolId,
    /// Id, unique over all pools.
    pub id: ClientId,
    /// Raised by one at every replacement.
    pub version: u64,
    /// Creation time.
    pub created: Millis,
    /// Time of the last change.
    pub modified: Millis,
    /// Live secrets, sealed; none for a public client, at most two while one is being replaced.
    pub secrets: Vec<ClientSecret>,
    /// Everything an operator can set.
    pub settings: ClientSettings,
}

/// One live secret of a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClientSecret {
    /// `ClientSecretId`.
    pub id: String,
    /// The secret, sealed by the key ring (it is answered back by `DescribeUserPoolClient`, so it cannot be a hash).
    #[serde(with = "crate::base64_bytes")]
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created: Millis,
}

/// The settings of an app client.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ClientSettings {
    /// `ClientName`.
    pub name: String,
    /// `RefreshTokenValidity` in its unit; `None` is 30 days.
    pub refresh_token_validity: Option<u32>,
    /// `AccessTokenValidity` in its unit; `None` is one hour.
    pub access_token_validity: Option<u32>,
    /// `IdTokenValidity` in its unit; `None` is one hour.
    pub id_token_validity: Option<u32>,
    /// `TokenValidityUnits` as given.
    pub validity_units: Option<ValidityUnits>,
    /// `ReadAttributes`; `None` is the default set.
    pub read_attributes: Option<Vec<String>>,
    /// `WriteAttributes`; `None` is the default set.
    pub write_attributes: Option<Vec<String>>,
    /// `ExplicitAuthFlows`; `None` behaves as refresh + SRP + custom.
    pub auth_flows: Option<Vec<String>>,
    /// `SupportedIdentityProviders`.
    pub identity_providers: Option<Vec<String>>,
    /// `CallbackURLs`, matched exactly.
    pub callback_urls: Vec<String>,
    /// `LogoutURLs`, matched exactly.
    pub logout_urls: Vec<String>,
    /// `DefaultRedirectURI`.
    pub default_redirect_uri: Option<String>,
    /// `AllowedOAuthFlows`: `code`, `implicit`, `client_credentials`.
    pub oauth_flows: Vec<String>,
    /// `AllowedOAuthScopes`.
    pub oauth_scopes: Vec<String>,
    /// `AllowedOAuthFlowsUserPoolClient`.
    pub oauth_enabled: bool,
    /// `PreventUserExistenceErrors`: `LEGACY` or `ENABLED`; `None` is `LEGACY`.
    pub prevent_user_existence_errors: Option<String>,
    /// `EnableTokenRevocation`; `None` is true.
    pub token_revocation: Option<bool>,
    /// `EnablePropagateAdditionalUserContextData`.
    pub propagate_context: Option<bool>,
    /// `AuthSessionValidity` in minutes, 3 to 15; `None` is 3.
    pub auth_session_minutes: Option<u32>,
    /// `RefreshTokenRotation` is ENABLED, with its grace in seconds (0 to 60).
    pub rotation: Option<Rotation>,
    /// Members kept and answered back losslessly (`AnalyticsConfiguration` ...).
    pub documents: BTreeMap<String, Value>,
}

/// `TokenValidityUnitsType`: `seconds`, `minutes`, `hours` or `days` each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidityUnits {
    /// Unit of `AccessTokenValidity`; `None` is hours.
    pub access_token: Option<String>,
    /// Unit of `IdTokenValidity`; `None` is hours.
    pub id_token: Option<String>,
    /// Unit of `RefreshTokenValidity`; `None` is days.
    pub refresh_token: Option<String>,
}

/// `RefreshTokenRotationType`, as given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// `Feature` is ENABLED.
    pub enabled: bool,
    /// `RetryGracePeriodSeconds`.
    pub grace_seconds: u32,
}
