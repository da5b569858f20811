//! Names of things: the (account, region) everything is keyed by, pool ids, client ids.
use serde::{Deserialize, Serialize};
use std::fmt;

/// A moment, in milliseconds since the Unix epoch.
pub type Millis = i64;

/// The AWS account and region that own a resource. Ids and ARNs follow from it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// Twelve digits, `000000000000` unless a key pair names another.
    pub account: String,
    /// An AWS-shaped region name such as `us-east-1`.
    pub region: String,
}

/// `<region>_<nine letters and digits>`, the form aws-jwt-verify insists on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PoolId(pub String);

impl PoolId {
    /// The region before the underscore; the whole id where there is none.
    pub fn region(&self) -> &str {
        self.0.split_once('_').map_or(&self.0, |(region, _)| region)
    }

    /// The part after the underscore: the pool name that SRP hashes (spec C.7.1).
    pub fn short_name(&self) -> &str {
        self.0.split_once('_').map_or(&self.0, |(_, name)| name)
    }

    /// `arn:aws:cognito-idp:<region>:<account>:userpool/<id>`.
    pub fn arn(&self, account: &str) -> String {
        format!("arn:aws:cognito-idp:{}:{account}:userpool/{}", self.region(), self.0)
    }
}

impl fmt::Display for PoolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 26 lower-case letters and digits; unique over all pools.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub String);

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
