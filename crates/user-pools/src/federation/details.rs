//! `ProviderDetails` and `AttributeMapping` by kind: what must be given, what is filled in, what is secret (spec I; the model's own examples).
use crate::error::{Error, ErrorKind, Result};
use crate::identity_provider::ProviderKind;
use crate::messages;
use crate::pool::PoolSettings;
use std::collections::BTreeMap;

type Details = BTreeMap<String, String>;

/// Sealed at rest.
const SECRETS: [&str; 2] = ["client_secret", "private_key"];
/// Of those, what is never answered back.
const HIDDEN: &str = "private_key";
/// The version of Facebook's API when none is given.
const FACEBOOK_VERSION: &str = "v17.0";
/// The longest value of a detail.
const VALUE_MAX: usize = 131_072;

impl ProviderKind {
    /// The claim that is the user's subject at the provider.
    pub const fn subject_claim(self) -> &'static str {
        match self {
            Self::Facebook => "id",
            Self::LoginWithAmazon => "user_id",
            Self::Oidc | Self::Google | Self::SignInWithApple => "sub",
        }
    }

    /// Whether it proves the user by an ID token.
    pub const fn has_id_token(self) -> bool {
        !matches!(self, Self::Facebook | Self::LoginWithAmazon)
    }

    const fn required(self) -> &'static [&'static str] {
        match self {
            Self::Oidc => &["client_id", "authorize_scopes", "attributes_request_method", "oidc_issuer"],
            Self::SignInWithApple => &["client_id", "team_id", "key_id", "private_key", "authorize_scopes"],
            Self::Google | Self::Facebook | Self::LoginWithAmazon => {
                &["client_id", "client_secret", "authorize_scopes"]
            }
        }
    }

    /// What AWS fills in where nothing is given.
    fn defaults(self, given: &Details) -> Vec<(&'static str, String)> {
        let fixed =
            |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        match self {
            Self::Oidc => fixed(&[("attributes_url_add_attributes", "false")]),
            Self::Google => fixed(&[
                ("attributes_url", "https://people.googleapis.com/v1/people/me?personFields="),
                ("attributes_url_add_attributes", "true"),
                ("authorize_url", "https://accounts.google.com/o/oauth2/v2/auth"),
                ("oidc_issuer", "https://accounts.google.com"),
                ("token_request_method", "POST"),
                ("token_url", "https://www.googleapis.com/oauth2/v4/token"),
            ]),
            Self::LoginWithAmazon => fixed(&[
                ("attributes_url", "https://api.amazon.com/user/profile"),
                ("attributes_url_add_attributes", "false"),
                ("authorize_url", "https://www.amazon.com/ap/oa"),
                ("token_request_method", "POST"),
                ("token_url", "https://api.amazon.com/auth/o2/token"),
            ]),
            Self::SignInWithApple => fixed(&[
                ("attributes_url_add_attributes", "false"),
                ("authorize_url", "https://appleid.apple.com/auth/authorize"),
                ("oidc_issuer", "https://appleid.apple.com"),
                ("token_request_method", "POST"),
                ("token_url", "https://appleid.apple.com/auth/token"),
            ]),
            Self::Facebook => facebook(given),
        }
    }
}

fn facebook(given: &Details) -> Vec<(&'static str, String)> {
    let version = given.get("api_version").map_or(FACEBOOK_VERSION, String::as_str);
    vec![
        ("api_version", version.to_owned()),
        ("attributes_url", format!("https://graph.facebook.com/{version}/me?fields=")),
        ("attributes_url_add_attributes", "true".to_owned()),
        ("authorize_url", format!("https://www.facebook.com/{version}/dialog/oauth")),
        ("token_request_method", "GET".to_owned()),
        ("token_url", format!("https://graph.facebook.com/{version}/oauth/access_token")),
    ]
}

/// Checks what was given and fills in what was not. Open details and secret ones, apart. InvalidParameter.
pub(super) fn complete(kind: ProviderKind, given: Details) -> Result<(Details, Details)> {
    for name in kind.required() {
        if given.get(*name).is_none_or(|value| value.trim().is_empty()) {
            return Err(messages::provider_detail_missing(name, kind.as_str()));
        }
    }
    let mut all = given;
    for (name, value) in kind.defaults(&all) {
        all.entry(name.to_owned()).or_insert(value);
    }
    all.iter().try_for_each(|(name, value)| check(name, value))?;
    if kind == ProviderKind::SignInWithApple {
        super::apple::check_key(all.get("private_key").map_or("", String::as_str))?;
    }
    Ok(all.into_iter().partition(|(name, _)| !SECRETS.contains(&name.as_str())))
}

fn check(name: &str, value: &str) -> Result<()> {
    let wrong = || Err(messages::provider_detail_invalid(name));
    if value.len() > VALUE_MAX || value.contains(['\0', '\r']) && name != "private_key" {
        return wrong();
    }
    match name {
        "attributes_request_method" | "token_request_method" if !matches!(value, "GET" | "POST") => wrong(),
        "attributes_url_add_attributes" if !matches!(value, "true" | "false") => wrong(),
        "api_version" if !value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.') => wrong(),
        "oidc_issuer" if value.ends_with('/') => Err(messages::ISSUER_SLASH),
        "oidc_issuer" | "authorize_url" | "token_url" | "attributes_url" | "jwks_uri" if !is_usable_url(value) => {
            Err(messages::provider_url_invalid(name))
        }
        _ => Ok(()),
    }
}

/// https, or http to this machine; no user information, no fragment.
pub(super) fn is_usable_url(url: &str) -> bool {
    let plain = url.bytes().all(|b| (b'!'..=b'~').contains(&b)) && !url.contains(['#', '\\', '"', '<', '>']);
    let Some((scheme, rest)) = url.split_once(':') else { return false };
    let safe = scheme == "https" || scheme == "http" && crate::clients::is_this_machine(rest);
    let host = rest.strip_prefix("//").and_then(|rest| rest.split(['/', '?']).next()).unwrap_or_default();
    plain && safe && !host.is_empty() && !host.contains('@')
}

/// The details as they are answered back. `secrets` are those that were sealed.
pub(super) fn shown(open: &Details, secrets: &Details) -> Details {
    let secrets = secrets.iter().filter(|(name, _)| *name != HIDDEN);
    open.iter().chain(secrets).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The mapping as it is stored: checked, with the username in its place. InvalidParameter.
pub(super) fn mapping(settings: &PoolSettings, kind: ProviderKind, given: Details) -> Result<Details> {
    let subject = kind.subject_claim();
    for (attribute, claim) in &given {
        let known = settings.schema.iter().any(|known| known.name == *attribute);
        match attribute.as_str() {
            "username" if claim == subject => {}
            "username" => return Err(messages::username_mapping(subject)),
            "sub" | "identities" => return Err(messages::mapping_target_invalid(attribute)),
            _ if !known || attribute.starts_with("dev:") => return Err(messages::mapping_target_invalid(attribute)),
            _ if claim.is_empty() || claim.len() > 256 => return Err(messages::mapping_target_invalid(attribute)),
            _ => {}
        }
    }
    let mut mapping = given;
    mapping.entry("username".to_owned()).or_insert_with(|| subject.to_owned());
    Ok(mapping)
}

/// The social kinds have one provider each, named like the kind; nobody else may have these names.
pub(super) fn check_name(kind: ProviderKind, name: &str) -> Result<()> {
    let social = ["Google", "Facebook", "LoginWithAmazon", "SignInWithApple"];
    let fits = match kind {
        ProviderKind::Oidc => !social.contains(&name) && !name.eq_ignore_ascii_case("cognito"),
        _ => name == kind.as_str(),
    };
    if fits {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidParameter, format!("Provider {name} cannot be of type {}.", kind.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures::settings;

    fn details(pairs: &[(&str, &str)]) -> Details {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn oidc() -> Details {
        details(&[
            ("client_id", "c"),
            ("client_secret", "s3cret"),
            ("authorize_scopes", "openid"),
            ("attributes_request_method", "GET"),
            ("oidc_issuer", "https://idp.example"),
        ])
    }

    #[test]
    fn google_is_answered_with_its_endpoints() {
        let given = details(&[("client_id", "c"), ("client_secret", "s"), ("authorize_scopes", "email")]);
        let (open, secret) = complete(ProviderKind::Google, given).unwrap();
        let shown = shown(&open, &secret);
        assert_eq!(shown["oidc_issuer"], "https://accounts.google.com");
        assert_eq!((shown["client_secret"].as_str(), shown.len()), ("s", 9));
        assert!(!open.contains_key("client_secret"));
    }

    #[test]
    fn what_is_given_wins_over_what_is_filled_in() {
        let mut given = details(&[("client_id", "c"), ("client_secret", "s"), ("authorize_scopes", "email")]);
        given.insert("api_version".into(), "v21.0".into());
        let (open, _) = complete(ProviderKind::Facebook, given.clone()).unwrap();
        assert_eq!(open["token_url"], "https://graph.facebook.com/v21.0/oauth/access_token");
        given.insert("token_url".into(), "http://localhost:9/token".into());
        assert_eq!(complete(ProviderKind::Facebook, given).unwrap().0["token_url"], "http://localhost:9/token");
    }

    #[test]
    fn each_missing_detail_is_named() {
        for name in ProviderKind::Oidc.required() {
            let mut given = oidc();
            given.remove(*name);
            let error = complete(ProviderKind::Oidc, given).unwrap_err();
            assert!(error.message.contains(name), "{}", error.message);
        }
    }

    #[test]
    fn urls_are_https_or_this_machine() {
        for good in
            ["https://idp.example", "https://idp.example:8443/x?y=", "http://localhost:1", "http://127.0.0.1:1/a"]
        {
            assert!(is_usable_url(good), "{good}");
        }
        for bad in [
            "http://idp.example",
            "ftp://x",
            "https://",
            "https:///x",
            "https://user@idp.example",
            "https://a.example#b",
            "https://a b",
            "javascript:alert(1)",
            "http:localhost",
            "http://localhost.evil.example",
        ] {
            assert!(!is_usable_url(bad), "{bad}");
        }
        let mut given = oidc();
        given.insert("oidc_issuer".into(), "https://idp.example/".into());
        assert!(complete(ProviderKind::Oidc, given).is_err(), "no slash at the end");
    }

    #[test]
    fn the_username_is_the_subject_and_nothing_else() {
        let map = |pairs: &[(&str, &str)]| mapping(&settings(), ProviderKind::Facebook, details(pairs));
        assert_eq!(map(&[("email", "email")]).unwrap(), details(&[("email", "email"), ("username", "id")]));
        for bad in [("username", "email"), ("sub", "id"), ("identities", "x"), ("custom:no", "x"), ("email", "")] {
            assert!(map(&[bad]).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn social_names_are_fixed() {
        assert!(check_name(ProviderKind::Google, "Google").is_ok());
        let error = check_name(ProviderKind::Google, "NameOfGP").unwrap_err();
        assert_eq!(error.message, "Provider NameOfGP cannot be of type Google.");
        assert!(check_name(ProviderKind::Oidc, "Facebook").is_err());
        assert!(check_name(ProviderKind::Oidc, "Cognito").is_err());
        assert!(check_name(ProviderKind::Oidc, "Corp").is_ok());
    }
}
