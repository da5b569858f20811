//! The gate: who may go on to an integration. Its only product is `Permitted`, and nothing else can make one.

mod fetch;
mod issuers;
mod jwt;
mod permit;

pub(crate) use issuers::{Issuer, Issuers};
pub(crate) use jwt::{Bearer, TokenCacheOf};
pub(crate) use permit::{Permitted, admit};
