//! What every operation file begins with.

pub(super) use super::cx::Cx;
pub(super) use super::errors::{Refusal, invalid};
pub(super) use super::table::{Json, NoContent};
pub(super) use crate::caller::{Permit, SigV4};
pub(super) use aws::{Input, lambda as wire};

/// What an operation ends in.
pub(super) type Result<T, E = Refusal> = std::result::Result<T, E>;
