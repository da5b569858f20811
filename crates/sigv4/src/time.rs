//! Basic ISO-8601, the only time format of signatures, and the `Date` header as a fallback.
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// `20150830T123600Z`. Times outside years 1 to 9999 cannot occur in a signature; they print as the epoch.
pub(crate) fn basic(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Epoch milliseconds of `20150830T123600Z`, and of nothing that merely looks like it.
pub(crate) fn parse_basic(text: &str) -> Option<i64> {
    let shaped = text.len() == 16
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    let civil = if shaped { DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()? } else { return None };
    Some(TimeZone::UTC.to_timestamp(civil).ok()?.as_millisecond())
}

/// Epoch milliseconds of a `Date` header: HTTP's form, or basic ISO-8601.
pub(crate) fn parse_date(text: &str) -> Option<i64> {
    parse_basic(text).or_else(|| Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_time_survives_the_round_trip() {
        assert_eq!(parse_basic("20150830T123600Z"), Some(1_440_938_160_000));
        assert_eq!(basic(1_440_938_160_999), "20150830T123600Z");
        assert_eq!(parse_date("Sun, 30 Aug 2015 12:36:00 GMT"), Some(1_440_938_160_000));
    }

    #[test]
    fn nothing_else_is_a_time() {
        for text in [
            "",
            "20150830",
            "2015083 T123600Z",
            "20151330T123600Z",
            "20150830T126000Z",
            "20150830T123600z",
            "+0150830T123600Z",
        ] {
            assert_eq!(parse_basic(text), None, "{text}");
        }
    }
}
