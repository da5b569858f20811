//! The QR code of an authenticator app's key, as SVG without any style.
use crate::encode;
use crate::language::Lang;
use crate::page::Shown;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// What to show for a key: `issuer` and `account` are what the app will list it under.
pub(crate) fn shown(lang: Lang, issuer: &str, account: &str, key: &str) -> Option<Shown> {
    let uri = uri(issuer, account, key);
    let code = QrCode::with_error_correction_level(uri.as_bytes(), EcLevel::M).ok()?;
    // Dark on light in both colour schemes: many scanners read nothing else.
    let svg = code.render::<svg::Color<'_>>().min_dimensions(208, 208).build();
    let start = svg.find("<svg")? + "<svg".len();
    let svg = format!("<svg role=\"img\" aria-label=\"{}\"{}", lang.qr_code(), &svg[start..]);
    Some(Shown { svg, key: grouped(key) })
}

/// `otpauth://totp/<issuer>:<account>?secret=…&issuer=…`.
fn uri(issuer: &str, account: &str, key: &str) -> String {
    let label = encode::query([(issuer, account)]).replacen('=', ":", 1);
    format!("otpauth://totp/{label}?{}", encode::query([("secret", key), ("issuer", issuer)]))
}

fn grouped(key: &str) -> String {
    key.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
}

/// Whether a text can be a key of ours: base32 without padding. The page carries it along only to be shown again.
pub(crate) fn is_key(text: &str) -> bool {
    (16..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_svg_has_neither_style_nor_prolog() {
        let shown = shown(Lang::En, "My App", "a@b.example", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").unwrap();
        assert!(shown.svg.starts_with("<svg role=\"img\""));
        assert!(!shown.svg.contains("style") && !shown.svg.contains("<?xml"));
        assert!(shown.key.starts_with("JBSW Y3DP "));
    }

    #[test]
    fn names_are_encoded_in_the_uri() {
        let expected = "otpauth://totp/My%20App:a%40b.example?secret=ABC&issuer=My%20App";
        assert_eq!(uri("My App", "a@b.example", "ABC"), expected);
        assert!(uri("a&secret=x", "y?", "ABC").starts_with("otpauth://totp/a%26secret%3Dx:y%3F?secret=ABC"));
    }

    #[test]
    fn only_base32_is_a_key() {
        assert!(is_key(&"A2".repeat(26)));
        for text in ["", "short", &"a".repeat(32), "<script>alert(1)</script>", &"A".repeat(129)] {
            assert!(!is_key(text), "{text}");
        }
    }
}
