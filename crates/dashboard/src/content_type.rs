//! Media types as RFC 9110 8.3.1 writes them: `type/subtype; name=value; name="value"`.

/// Whether the text is a media type of at most 255 characters.
pub(crate) fn is_media_type(text: &str) -> bool {
    let (essence, parameters) = text.split_once(';').map_or((text, None), |(essence, rest)| (essence, Some(rest)));
    let essence_fits =
        essence.trim_end().split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
    text.len() <= 255 && essence_fits && parameters.is_none_or(are_parameters)
}

fn are_parameters(mut text: &str) -> bool {
    loop {
        let Some((name, value)) = text.trim_start().split_once('=') else { return false };
        let Some(rest) = is_token(name).then(|| after_value(value)).flatten() else { return false };
        match rest.trim_start().strip_prefix(';') {
            Some(more) => text = more,
            None => return rest.trim_start().is_empty(),
        }
    }
}

/// What follows a token or a quoted string.
fn after_value(text: &str) -> Option<&str> {
    if let Some(quoted) = text.strip_prefix('"') {
        let end = quoted.find('"')?;
        let clean = quoted.get(..end)?.chars().all(|c| c != '\\' && (' '..='~').contains(&c));
        return if clean { quoted.get(end + 1..) } else { None };
    }
    let end = text.find(|c: char| c == ';' || c.is_ascii_whitespace()).unwrap_or(text.len());
    let (token, rest) = text.split_at_checked(end)?;
    is_token(token).then_some(rest)
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_told_from_other_text() {
        for good in ["image/png", "text/plain; charset=utf-8", "a/b;x=\"1; 2\" ; y=z", "application/vnd.api+json"] {
            assert!(is_media_type(good), "{good}");
        }
        let long = format!("a/{}", "b".repeat(254));
        for bad in [
            "",
            "png",
            "/png",
            "image/",
            "image/png;",
            "image/png; x",
            "image /png",
            "a/b\r\nx: y",
            "a/b; x=\"",
            "a/b; x=\"é\"",
            "text/plain,a/b",
            &long,
        ] {
            assert!(!is_media_type(bad), "{bad}");
        }
    }
}
