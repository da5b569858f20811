//! Base64url without padding (RFC 7515 section 2), in its one canonical spelling: padding, other alphabets, white space
//! and non-zero left-over bits are refused, so that two different texts never mean the same token.
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Encodes `bytes` without padding.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes the canonical spelling; `None` for everything else.
pub fn decode(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_spelling_is_decoded() {
        assert_eq!(decode("-_8").as_deref(), Some(&[0xfb, 0xff][..]));
        for refused in ["-_8=", "+/8", "-_9", "-_8 ", "-_\n8", "A", "-_8=="] {
            assert_eq!(decode(refused), None, "{refused:?}");
        }
    }
}
