//! What a browser may do with an object: download it, and show it only when it is one of five image types.
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Types that cannot carry script. SVG can, and is not among them.
const INLINE: [&str; 5] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

/// RFC 8187 `attr-char`.
const ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Whether a content type may be shown in a page: exactly one of the five, without parameters, about which browsers differ.
pub(crate) fn is_inline(content_type: &str) -> bool {
    INLINE.iter().any(|inline| content_type.eq_ignore_ascii_case(inline))
}

/// Content-Disposition for an object; the file name is the key's last segment.
pub(crate) fn disposition(key: &str, content_type: &str) -> String {
    let name = key.rsplit('/').next().unwrap_or(key);
    let kind = if is_inline(content_type) { "inline" } else { "attachment" };
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ATTR_CHAR))
}

/// Safe inside a quoted string for every client.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || " -._()".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_five_bare_image_types_are_shown() {
        for shown in ["image/png", "IMAGE/JPEG", "image/avif"] {
            assert!(is_inline(shown), "{shown}");
        }
        for downloaded in [
            "image/svg+xml",
            "text/html",
            "application/pdf",
            "",
            "image/png2",
            "text/html; image/png",
            "image/png;x=y",
            " image/png",
            "image/png ",
        ] {
            assert!(!is_inline(downloaded), "{downloaded}");
        }
    }

    #[test]
    fn a_file_name_cannot_leave_its_quotes() {
        assert_eq!(
            disposition("uploads/u/0/a\"; x=\"é.html", "text/html"),
            "attachment; filename=\"a__ x___.html\"; filename*=UTF-8''a%22%3B%20x%3D%22%C3%A9.html"
        );
    }
}
