//! What an attacker wrote, made fit for logs, terminals and the bounded table.

/// Longest text of a decision, in bytes.
const LONGEST: usize = 2_048;
/// How every JSON Web Token begins: `{"` in base64url.
const TOKEN: &str = "eyJ";

/// Cuts a text, escapes its control characters (a line break forges a log line, an escape sequence a terminal's) and takes the signature
/// out of every token in it, without which a token is worth nothing.
pub fn clean(text: &mut String) {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    if text.chars().any(is_hidden) {
        *text = text
            .chars()
            .map(|char| if is_hidden(char) { char.escape_unicode().to_string() } else { char.into() })
            .collect();
    }
    if text.contains(TOKEN) {
        *text = without_signatures(text);
    }
}

/// Control characters, and those that turn the reading direction or end a line for some.
pub(super) fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

fn without_signatures(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(TOKEN) {
        let end = rest[at..].find(|char: char| !is_token(char)).map_or(rest.len(), |length| at + length);
        let token = &rest[at..end];
        out.push_str(&rest[..at]);
        match token.match_indices('.').nth(1) {
            Some((dot, _)) => {
                out.push_str(&token[..=dot]);
                out.push('…');
            }
            None => out.push_str(token),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

fn is_token(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | '=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        let mut text = text.to_owned();
        clean(&mut text);
        text
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let text = cleaned(&"é".repeat(LONGEST));
        assert!(text.len() <= LONGEST + '…'.len_utf8() && text.ends_with("é…"));
    }

    #[test]
    fn nobody_writes_a_line_or_a_colour_of_their_own() {
        assert_eq!(cleaned("a\nb\x1b[31m\u{202e}c"), "a\\u{a}b\\u{1b}[31m\\u{202e}c");
        assert_eq!(cleaned("plain é 漢"), "plain é 漢");
    }

    #[test]
    fn a_tokens_signature_is_never_kept() {
        assert_eq!(cleaned("GET /x/eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl/y"), "GET /x/eyJhbGciOi.eyJzdWIi.…/y");
        assert_eq!(cleaned("eyJa.eyJb.sig1 and eyJc.eyJd.k.iv.ct.tag"), "eyJa.eyJb.… and eyJc.eyJd.…");
        assert_eq!(cleaned("eyJ is how they begin"), "eyJ is how they begin");
    }
}
