//! The few value types the generated shapes are made of, and the two macros that keep the generated code short.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The answer of an operation that has nothing to say: `{}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Empty {}

/// A point in time as JSON 1.1 writes it: a number of epoch seconds with up to three decimals.
/// Holds epoch milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl From<i64> for Timestamp {
    fn from(millis: i64) -> Self {
        Self(millis)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1000 == 0 {
            return to.serialize_i64(self.0 / 1000);
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds stay exact until the year 287396")]
        to.serialize_f64(self.0 as f64 / 1000.0)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let millis = (f64::deserialize(from)? * 1000.0).round();
        if !(-9.0e15..=9.0e15).contains(&millis) {
            return Err(de::Error::custom("timestamp out of range"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
        Ok(Self(millis as i64))
    }
}

/// A point in time as API Gateway writes it: ISO-8601 in whole seconds, `2026-08-22T06:22:32Z`.
/// Holds epoch milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iso8601(pub i64);

impl From<i64> for Iso8601 {
    fn from(millis: i64) -> Self {
        Self(millis)
    }
}

impl Serialize for Iso8601 {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let at = jiff::Timestamp::from_second(self.0.div_euclid(1000)).map_err(serde::ser::Error::custom)?;
        to.collect_str(&at)
    }
}

impl<'de> Deserialize<'de> for Iso8601 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let at: jiff::Timestamp = text.parse().map_err(de::Error::custom)?;
        Ok(Self(at.as_millisecond()))
    }
}

/// Bytes; standard base64 on the wire. Debug shows only how many.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Blob(pub Vec<u8>);

impl std::fmt::Debug for Blob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map(Self).map_err(de::Error::custom)
    }
}

/// A text that is none of an enum's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the values of {0}")]
pub struct UnknownValue(pub &'static str);

/// What `Debug` prints in place of a sensitive member.
pub(crate) struct Redacted;

impl std::fmt::Debug for Redacted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}

/// Reads an enum's value: shared by all enums, so that each adds only its table to the binary.
pub(crate) fn enum_value<'de, D, T>(from: D, parse: fn(&str) -> Result<T, UnknownValue>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
    parse(&text).map_err(de::Error::custom)
}

/// A closed set of texts: an enum with `as_str`, `VALUES`, `FromStr`, `Display` and both serde directions.
macro_rules! string_enum {
    ($name:ident { $($variant:ident = $value:literal,)+ }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($variant,)+ }

        impl $name {
            /// Every value, in the model's order.
            pub const VALUES: &'static [Self] = &[$(Self::$variant,)+];

            /// AWS's word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $value,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::types::UnknownValue;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($value => Ok(Self::$variant),)+
                    _ => Err($crate::types::UnknownValue(stringify!($name))),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::types::enum_value(from, |text| text.parse())
            }
        }
    };
}
pub(crate) use string_enum;

/// `Debug` for a structure with sensitive members: those in the second list print as `<redacted>`.
macro_rules! redacted_debug {
    ($name:ident [$($shown:ident,)*] [$($hidden:ident,)+]) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($shown), &self.$shown))*
                    $(.field(stringify!($hidden), &$crate::types::Redacted))+
                    .finish()
            }
        }
    };
}
pub(crate) use redacted_debug;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_a_number_of_seconds_with_up_to_three_decimals() {
        assert_eq!(serde_json::to_string(&Timestamp(1_700_000_000_000)).unwrap(), "1700000000");
        assert_eq!(serde_json::to_string(&Timestamp(1_700_000_000_123)).unwrap(), "1700000000.123");
        assert_eq!(serde_json::to_string(&Timestamp(1_700_000_000_120)).unwrap(), "1700000000.12");
        assert_eq!(serde_json::from_str::<Timestamp>("1700000000.123").unwrap(), Timestamp(1_700_000_000_123));
        assert!(serde_json::from_str::<Timestamp>("1e300").is_err());
    }

    #[test]
    fn an_iso_timestamp_has_whole_seconds_and_a_z() {
        assert_eq!(serde_json::to_string(&Iso8601(1_787_379_752_999)).unwrap(), "\"2026-08-22T06:22:32Z\"");
    }

    #[test]
    fn a_blob_is_standard_base64() {
        assert_eq!(serde_json::to_string(&Blob(vec![0xfb, 0xff])).unwrap(), "\"+/8=\"");
        assert_eq!(serde_json::from_str::<Blob>("\"+/8=\"").unwrap(), Blob(vec![0xfb, 0xff]));
    }
}
