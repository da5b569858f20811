//! Timestamps as API Gateway writes them: ISO-8601 with whole seconds, UTC.

use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

/// Epoch seconds as `2026-08-22T06:22:32Z`.
pub fn iso8601_seconds(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| String::from("1970-01-01T00:00:00Z"), |time| time.to_string())
}

/// For `#[serde(with)]` on a field of epoch seconds.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(super) fn serialize<S: Serializer>(seconds: &i64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&iso8601_seconds(*seconds))
}

/// For `#[serde(with)]` on a field of epoch seconds.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let text = String::deserialize(from)?;
    let time: jiff::Timestamp = text.parse().map_err(D::Error::custom)?;
    Ok(time.as_second())
}
