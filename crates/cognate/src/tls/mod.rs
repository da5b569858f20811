//! https: the certificates that the listeners show, where they come from (files in `serve`, an authority of this machine's own in `dev`), and
//! when they change. Refuses a key that does not fit, an expired certificate, TLS older than 1.2. Private keys are never logged.
mod authority;
mod certificates;
mod keeper;
mod pair;
mod trust;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub use authority::{Authority, renew};
pub use certificates::{Certificates, Tls};
pub use keeper::Keeper;
pub use pair::TlsSettings;
pub use trust::{Bundle, how_to_trust};

/// Epoch milliseconds of one day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// DER in its armour of text.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: String = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line) + "\n").collect();
    format!("-----BEGIN {label}-----\n{lines}-----END {label}-----\n")
}
