//! AWS Signature Version 4: signs and verifies the header form and the query (presigned) form.
//! Works on parts of a request; keys come through [`KeyStore`], the time is a parameter. Refuses chunk-signed (STREAMING) bodies,
//! SigV4A and everything older than version 4. No I/O, no clock.
mod canonical;
mod credentials;
mod error;
mod parse;
mod request;
mod sign;
mod time;
mod verify;

pub use canonical::{encode_path, encode_query_value};
pub use credentials::{Credentials, KeyStore, SecretKey};
pub use error::SigV4Error;
pub use parse::CredentialScope;
pub use request::{Payload, RequestParts, Style};
pub use sign::{MAX_EXPIRES_SECONDS, Signer};
pub use verify::{DeclaredPayload, Form, MAX_SKEW_MS, Rules, Verified, could_pass, verify};
