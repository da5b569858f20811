//! Groups, resource servers and managed-login branding: the small rows that hang on a pool.
use crate::ids::{ClientId, Millis, PoolId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `GroupType`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    /// The pool it belongs to.
    pub pool: PoolId,
    /// `GroupName`, the key within the pool.
    pub name: String,
    /// Raised by one at every replacement.
    pub version: u64,
    /// `Description`.
    pub description: Option<String>,
    /// `RoleArn`.
    pub role_arn: Option<String>,
    /// `Precedence`; lower is stronger, none is weakest.
    pub precedence: Option<u32>,
    /// Creation time.
    pub created: Millis,
    /// Time of the last change.
    pub modified: Millis,
}

/// `ResourceServerType`: custom scopes `<identifier>/<scope>`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResourceServer {
    /// The pool it belongs to.
    pub pool: PoolId,
    /// `Identifier`, the key within the pool.
    pub identifier: String,
    /// Raised by one at every replacement.
    pub version: u64,
    /// `Name`.
    pub name: String,
    /// Scope name and description.
    pub scopes: Vec<(String, String)>,
}

/// A managed-login branding style of one client, kept losslessly.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Branding {
    /// The pool it belongs to.
    pub pool: PoolId,
    /// `ManagedLoginBrandingId`, a UUID.
    pub id: String,
    /// The client it styles; one style a client.
    pub client: ClientId,
    /// Raised by one at every replacement.
    pub version: u64,
    /// `UseCognitoProvidedValues`.
    pub cognito_values: bool,
    /// `Settings`, free JSON.
    pub settings: Option<Value>,
    /// `Assets`, as AWS's shape.
    pub assets: Vec<Value>,
    /// Creation time.
    pub created: Millis,
    /// Time of the last change.
    pub modified: Millis,
}
