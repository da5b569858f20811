//! Java's regular expressions in the dialect of Rust's `regex`. The differences that matter in the models:
//! `\w`, `\s`, `\d` and their opposites are ASCII in Java and Unicode in Rust; `.` stops at more line ends in Java.
//! Whatever `regex` cannot compile afterwards must be written by hand (`hand_written`), else the generator stops.

use super::hand_written;

/// What a `.` of Java's matches.
const JAVA_DOT: &str = r"[^\n\r\x{85}\x{2028}\x{2029}]";

/// The same language as `java`, for `regex`.
pub fn translate(java: &str) -> Result<String, String> {
    if let Some((_, rust)) =
        hand_written::PATTERNS.iter().chain(&hand_written::WIDENED).find(|(known, _)| *known == java)
    {
        return Ok((*rust).to_owned());
    }
    let rust = ascii_classes(java);
    regex::Regex::new(&format!(r"\A(?:{rust})\z")).map_err(|e| {
        format!("the pattern {java} cannot be expressed by Rust's regex ({e}); write it by hand in xtask/src/codegen/hand_written.rs")
    })?;
    Ok(rust)
}

fn ascii_classes(java: &str) -> String {
    let dot_is_all = java.starts_with("(?s)");
    let mut out = String::new();
    let mut in_class = false;
    let mut chars = java.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push_str(&escape(chars.next().unwrap_or('\\'), in_class)),
            '.' if !in_class && !dot_is_all => out.push_str(JAVA_DOT),
            _ => {
                in_class = (in_class || c == '[') && c != ']';
                out.push(c);
            }
        }
    }
    out
}

fn escape(c: char, in_class: bool) -> String {
    let (class, negated) = match c {
        'w' => ("0-9A-Za-z_", false),
        'W' => ("0-9A-Za-z_", true),
        'd' => ("0-9", false),
        'D' => ("0-9", true),
        's' => (r" \t\n\x0B\f\r", false),
        'S' => (r" \t\n\x0B\f\r", true),
        _ => return format!("\\{c}"),
    };
    match (negated, in_class) {
        (false, true) => class.to_owned(),
        (false, false) => format!("[{class}]"),
        (true, _) => format!("[^{class}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(java: &str, text: &str) -> bool {
        let rust = translate(java).unwrap();
        regex::Regex::new(&format!(r"\A(?:{rust})\z")).unwrap().is_match(text)
    }

    #[test]
    fn shorthand_classes_are_ascii_as_in_java() {
        assert!(matches(r"[\w\s+=,.@-]+", "My pool, v1"));
        assert!(!matches(r"[\w\s+=,.@-]+", "Pöol"));
        assert!(!matches(r"[\w]+", "é"));
        assert!(matches(r"[\S]+", "pässword\u{a0}"));
        assert!(!matches(r"[\S]+", "a b"));
    }

    #[test]
    fn a_dot_stops_at_javas_line_ends_unless_told_otherwise() {
        assert!(!matches(".*x.*", "a\u{2028}x"));
        assert!(matches("(?s).*", "a\u{2028}\nx"));
    }

    #[test]
    fn a_stray_hyphen_in_a_class_is_itself() {
        for text in ["-", "_", "Z", "9"] {
            assert!(matches("[A-Za-z0-9-_=.]+", text), "{text}");
        }
        assert!(!matches("[A-Za-z0-9-_=.]+", "^"));
    }

    #[test]
    fn what_regex_cannot_express_is_an_error() {
        assert!(translate("(?=a)b").is_err());
    }
}
