//! The gate: who may go on to an integration. Its only product is `Permitted`, and nothing else can make one.

mod bearer;
mod fetch;
mod issuers;
mod jwt;
mod permit;

pub(crate) use bearer::Bearer;
pub(crate) use issuers::{Issuer, Issuers};
pub(crate) use jwt::{TokenCacheOf, usual_challenges};
pub(crate) use permit::{Permitted, admit};
