//! What every operation file begins with.

pub(super) use super::cx::Cx;
pub(super) use super::errors::Refusal;
pub(super) use super::paging::{Asked, Page, seal};
pub(super) use crate::caller::{Permit, SigV4};
pub(super) use aws::{Empty, Input, apigatewayv2 as wire};
pub(super) use http_apis::model;

/// What an operation ends in.
pub(super) type Result<T, E = Refusal> = std::result::Result<T, E>;

/// A path variable. The route found it, and the model requires it: it is there.
pub(super) fn path<'a>(input: &'a Input, name: &str) -> &'a str {
    input.text(name).unwrap_or_default()
}
