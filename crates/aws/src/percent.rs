//! Percent-decoding, strict: a broken escape or bytes that are no UTF-8 are refused, not guessed at.

use std::borrow::Cow;

/// Decodes `%41` forms; `+` stays `+`. `None` for a broken escape or invalid UTF-8.
pub(crate) fn decode(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains('%') {
        return Some(Cow::Borrowed(raw));
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let (high, low) = (hex(bytes.next()?)?, hex(bytes.next()?)?);
            out.push(high << 4 | low);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_once() {
        assert_eq!(decode("%24default").as_deref(), Some("$default"));
        assert_eq!(decode("GET%20%2Fa%2525").as_deref(), Some("GET /a%25"));
        assert_eq!(decode("a+b").as_deref(), Some("a+b"));
    }

    #[test]
    fn broken_escapes_are_refused() {
        for raw in ["%", "%4", "%zz", "a%f", "%ff", "%+1"] {
            assert_eq!(decode(raw), None, "{raw}");
        }
    }
}
