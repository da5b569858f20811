//! AWS's wire: shapes, error codes and constraint checks generated from AWS's own service models, and the codecs that
//! speak them (JSON 1.1 for `cognito-idp`, REST-JSON for `apigatewayv2` and `lambda`, the query protocol for one `sts` operation).
//! Translates bytes into checked, typed calls and answers into bytes. Refuses whatever the model refuses, in AWS's
//! words; decides nothing else, does no I/O, knows no clock and no randomness (the request id comes from outside).

mod check;
pub mod elsewhere;
mod error;
#[allow(
    missing_docs,
    clippy::pedantic,
    unused_imports,
    reason = "generated: names and words are AWS's, and every file has the same imports"
)]
mod generated;
mod input;
mod json;
pub mod json11;
mod percent;
pub mod rest_json;
pub mod schema;
pub mod sts;
mod types;
mod xml;

pub use error::{ErrorForm, ServiceError};
pub use generated::{apigatewayv2, cognito_idp, lambda};
pub use input::Input;
pub use schema::{Auth, Operation, Service};
pub use types::{Blob, Empty, Iso8601, Timestamp, UnknownValue};
