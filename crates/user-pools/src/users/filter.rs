//! The filter of ListUsers: `name op "value"` (spec H.6).
use crate::error::Result;
use crate::messages;
use crate::ports::UserFilter;

/// What can be searched.
const SEARCHABLE: [&str; 10] = [
    "username",
    "email",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "cognito:user_status",
    "status",
    "sub",
];

/// Reads a filter; an empty one is none. InvalidParameter (K 53).
pub(super) fn parse(filter: &str) -> Result<Option<UserFilter>> {
    let filter = filter.trim();
    if filter.is_empty() {
        return Ok(None);
    }
    let (attribute, prefix, quoted) = split(filter).ok_or(messages::FILTER_UNREADABLE)?;
    let value = unquote(quoted.trim()).ok_or(messages::FILTER_UNREADABLE)?;
    if !SEARCHABLE.contains(&attribute) {
        return Err(messages::invalid_search_attribute(attribute));
    }
    Ok(Some(UserFilter { attribute: attribute.to_owned(), prefix, value }))
}

/// Attribute, whether the operator is `^=`, and the rest.
fn split(filter: &str) -> Option<(&str, bool, &str)> {
    let (before, rest) = filter.split_once('=')?;
    let (name, prefix) = before.strip_suffix('^').map_or((before, false), |name| (name, true));
    // The guide also writes names in quotes.
    let name = name.trim().trim_matches('"');
    let plain = |c: char| c.is_ascii_alphanumeric() || "_:-".contains(c);
    (!name.is_empty() && name.chars().all(plain)).then_some((name, prefix, rest))
}

/// The text between the quotes; `\"` is a quote, `\\` a backslash. Nothing may follow.
fn unquote(quoted: &str) -> Option<String> {
    let mut chars = quoted.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match chars.next()? {
            '"' => return chars.as_str().is_empty().then_some(value),
            '\\' => value.push(chars.next()?),
            c => value.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(filter: &str) -> (String, bool, String) {
        let parsed = parse(filter).unwrap().unwrap();
        (parsed.attribute, parsed.prefix, parsed.value)
    }

    #[test]
    fn filters_are_read_with_or_without_spaces() {
        let expected = ("email".to_owned(), false, "a@b.example".to_owned());
        assert_eq!(read("email = \"a@b.example\""), expected);
        assert_eq!(read("  email=\"a@b.example\" "), expected);
        assert_eq!(read("given_name ^= \"An\""), ("given_name".into(), true, "An".into()));
        assert_eq!(read("cognito:user_status = \"CONFIRMED\"").0, "cognito:user_status");
        assert!(parse("").unwrap().is_none());
    }

    #[test]
    fn quotes_inside_are_escaped_and_equal_signs_belong_to_the_value() {
        assert_eq!(read(r#"name = "a \"b\" c""#).2, "a \"b\" c");
        assert_eq!(read("name = \"a=b\"").2, "a=b");
    }

    #[test]
    fn what_cannot_be_read_or_searched_is_refused() {
        for bad in ["email", "email = a", "email = \"a", "= \"a\"", "email = \"a\" and sub = \"b\"", "email != \"a\""] {
            assert_eq!(parse(bad).unwrap_err().message, "Error while parsing filter", "{bad}");
        }
        let error = parse("custom:foo = \"1\"").unwrap_err();
        assert_eq!(error.message, "Invalid search attribute: custom:foo");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_never_a_panic(text in ".{0,80}") {
            let _ = parse(&text);
        }
    }
}
