//! Rust names for AWS's names. Two that come out equal are the caller's to notice (the generated code would not compile).

/// Words whose capitals mislead the splitter.
const WORDS: [(&str, &str); 3] = [("OAuth", "Oauth"), ("URLs", "Urls"), ("IdP", "Idp")];

/// `CallbackURLs` -> `callback_urls`, `MFAOptions` -> `mfa_options`, `apiId` -> `api_id`.
pub fn snake(name: &str) -> String {
    let mut name = name.to_owned();
    for (from, to) in WORDS {
        name = name.replace(from, to);
    }
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (n, &c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            out.push('_');
            continue;
        }
        let previous = n.checked_sub(1).and_then(|p| chars.get(p));
        let starts_word = previous.is_some_and(|p| p.is_ascii_lowercase() || p.is_ascii_digit())
            || (previous.is_some_and(char::is_ascii_uppercase)
                && chars.get(n + 1).is_some_and(char::is_ascii_lowercase));
        if c.is_ascii_uppercase() && starts_word {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// A field's name: `snake`, with Rust's own words escaped.
pub fn field(name: &str) -> String {
    let name = snake(name);
    match name.as_str() {
        "type" | "move" | "match" | "use" | "ref" | "enum" | "struct" => format!("r#{name}"),
        _ => name,
    }
}

/// The name of a static table.
pub fn constant(name: &str) -> String {
    snake(name).trim_matches('_').to_ascii_uppercase()
}

/// The name of a type: the model's, with a capital first letter and no leading underscores.
pub fn type_name(name: &str) -> String {
    upper_first(name.trim_start_matches('_'))
}

/// The variant for an enum's value: `USER_SRP_AUTH` -> `UserSrpAuth`, `en-US` -> `EnUs`, `1.0` -> `V10`.
pub fn variant(value: &str) -> String {
    let mut out = String::new();
    for word in value.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let shouted = !word.chars().any(|c| c.is_ascii_lowercase());
        out.push_str(&upper_first(&if shouted { word.to_ascii_lowercase() } else { word.to_owned() }));
    }
    if out.chars().next().is_none_or(|c| c.is_ascii_digit()) {
        out.insert(0, 'V');
    }
    out
}

/// The name in a validation message: the model's with a lower first letter.
pub fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + chars.as_str())
}

fn upper_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acronyms_are_words() {
        for (name, wanted) in [
            ("UserPoolId", "user_pool_id"),
            ("CallbackURLs", "callback_urls"),
            ("DefaultRedirectURI", "default_redirect_uri"),
            ("AllowedOAuthFlowsUserPoolClient", "allowed_oauth_flows_user_pool_client"),
            ("UserMFASettingList", "user_mfa_setting_list"),
            ("CSS", "css"),
            ("apiId", "api_id"),
            ("IdpIdentifiers", "idp_identifiers"),
        ] {
            assert_eq!(snake(name), wanted);
        }
    }

    #[test]
    fn variants_are_camel_case() {
        for (value, wanted) in [
            ("USER_SRP_AUTH", "UserSrpAuth"),
            ("en-US", "EnUs"),
            ("1.0", "V10"),
            ("String", "String"),
            ("ipv4", "Ipv4"),
        ] {
            assert_eq!(variant(value), wanted);
        }
    }
}
