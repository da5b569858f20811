//! AWS's control planes: one file per operation, each decodes, permits, asks the ground floor and answers.
//! Nothing is decided here: rules and texts belong to `user-pools`, `http-apis` and `functions`, bytes to `aws`.
pub mod apigatewayv2;
mod caller;
pub mod cognito_idp;
pub mod lambda;
mod rest;
mod table;

pub use caller::{Caller, Signatures, Signed};
pub use table::Coverage;
