//! What every operation file begins with.
#![allow(unused_imports, reason = "each operation uses what it needs of these")]
pub(crate) use super::Cx;
pub(crate) use super::errors::Refusal;
pub(crate) use crate::caller::{AccessToken, Permit, Public, SigV4};
pub(crate) use aws::{Empty, Timestamp, cognito_idp as wire};
pub(crate) use user_pools::{ClientId, PoolId};

/// What an operation ends in.
pub(crate) type Result<T, E = Refusal> = std::result::Result<T, E>;
