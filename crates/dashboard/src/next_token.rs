//! The list's next token: a position, wrapped so that nobody takes it apart, and checked when it comes back.
//! It opens nothing: the caller's own scope is applied to every page.
use crate::ports::Position;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const FORM: &str = "1";
const MAX_LENGTH: usize = 2048;

pub(crate) fn wrap(position: &Position) -> String {
    URL_SAFE_NO_PAD.encode(format!("{FORM}:{}:{}", position.created_at, position.key))
}

/// `None` for anything this room did not make.
pub(crate) fn unwrap(token: &str) -> Option<Position> {
    let bytes = if token.len() <= MAX_LENGTH { URL_SAFE_NO_PAD.decode(token).ok()? } else { return None };
    let text = String::from_utf8(bytes).ok()?;
    let mut parts = text.splitn(3, ':');
    let (form, created_at, key) = (parts.next()?, parts.next()?, parts.next()?);
    let position = Position { created_at: created_at.parse().ok()?, key: key.to_owned() };
    let ours = form == FORM && key.starts_with("uploads/") && wrap(&position) == token;
    ours.then_some(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_as_it_went() {
        let position = Position { created_at: 1_800_000_000_123, key: "uploads/u/0/a:b é".into() };
        assert_eq!(unwrap(&wrap(&position)), Some(position));
    }

    #[test]
    fn what_we_did_not_make_is_refused() {
        let long = "A".repeat(3000);
        for token in [
            "",
            "x",
            "MTox",
            "%00",
            &URL_SAFE_NO_PAD.encode("2:1:uploads/a"),
            &URL_SAFE_NO_PAD.encode("1:+1:uploads/a"),
            &URL_SAFE_NO_PAD.encode("1:1:other"),
            &long,
        ] {
            assert_eq!(unwrap(token), None, "{token}");
        }
    }
}
