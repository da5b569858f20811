//! Lambda event and answer shapes: what API Gateway hands to a function (payload 2.0 and 1.0), what user pools tell their triggers, and how
//! both read what comes back.
//! Owns the field names, what is omitted and what is null, the text-or-base64 rule, how claims are printed, and the tables of
//! tolerated answers. Knows no HTTP library, starts no function, does no I/O.
mod answer;
mod body;
mod claims;
pub mod user_pools;
mod v1;
mod v2;

pub use answer::{Answer, BadAnswer};
pub use body::{BadBase64, RequestBody};
pub use claims::print_claims;
pub use v1::{AuthorizerV1, HttpContextV1, HttpRequestV1, HttpResponseV1, IdentityV1};
pub use v2::{
    Authentication, AuthorizerV2, CertificateValidity, ClientCert, HttpContextV2, HttpRequestV2, HttpResponseV2,
    HttpV2, JwtAuthorizer,
};
