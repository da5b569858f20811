//! Scopes: what a client asks for, what it may get, and which attributes they reveal (spec E.2, E.9).
use super::{ErrorCode, Refusal};
use crate::attributes::readable;
use crate::client::{AppClient, ClientSettings};
use crate::clients::STANDARD_SCOPES;
use crate::error::Result;
use crate::ids::PoolId;
use crate::ports::StoreError;
use crate::service::UserPools;

/// Scopes that only make sense beside `openid`.
const NEED_OPENID: [&str; 3] = ["email", "phone", "profile"];
/// The standard attributes that `profile` names.
const PROFILE: [&str; 14] = [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];

/// What became of a `scope` parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scopes {
    /// These are granted, in the order asked.
    Granted(Vec<String>),
    /// No such scope in this pool.
    Unknown(String),
    /// Asked for without `openid`.
    NeedsOpenId(String),
    /// Nothing that was asked for is allowed to the client.
    Nothing,
}

impl UserPools {
    /// Resolves the `scope` of an authorize request. Absent: everything the client may have. Known scopes that the client may not have
    /// are left out; unknown ones are an error, unless the client's own list still holds them (their resource server was changed since).
    pub async fn resolve_scopes(&self, client: &AppClient, asked: Option<&str>) -> Result<Scopes> {
        let allowed = &client.settings.oauth_scopes;
        let asked = split(asked);
        let mut granted: Vec<String> = Vec::new();
        for scope in if asked.is_empty() { allowed.iter().map(String::as_str).collect() } else { asked.clone() } {
            let known = self.scope_exists(&client.pool, scope).await?;
            let has = allowed.iter().any(|allowed| allowed == scope);
            if !known && !has {
                return Ok(Scopes::Unknown(scope.to_owned()));
            }
            if known && has && !granted.iter().any(|granted| granted == scope) {
                granted.push(scope.to_owned());
            }
        }
        if let Some(lonely) = lonely(&asked) {
            return Ok(Scopes::NeedsOpenId(lonely.to_owned()));
        }
        Ok(if granted.is_empty() { Scopes::Nothing } else { Scopes::Granted(granted) })
    }

    /// The custom scopes a machine gets: those asked for, or all of the client's. Any other is refused.
    pub(super) async fn machine_scopes(&self, client: &AppClient, asked: Option<&str>) -> Result<Vec<String>, Refusal> {
        let own = custom(&client.settings.oauth_scopes);
        let asked = split(asked);
        let mut granted = Vec::new();
        for scope in if asked.is_empty() { own.clone() } else { asked.clone() } {
            let exists = self.scope_exists(&client.pool, scope).await?;
            match (exists, own.contains(&scope)) {
                (true, true) => granted.push(scope.to_owned()),
                // Deleted from its resource server: ignored (spec E.9).
                (false, true) => {}
                (_, false) => {
                    return Err(Refusal::new(ErrorCode::InvalidScope, "scope.custom")
                        .expected("custom scopes among the client's AllowedOAuthScopes")
                        .got(scope.to_owned()));
                }
            }
        }
        if granted.is_empty() {
            return Err(Refusal::new(ErrorCode::InvalidScope, "scope.custom").got("no custom scope is left to grant"));
        }
        Ok(granted)
    }

    async fn scope_exists(&self, pool: &PoolId, scope: &str) -> Result<bool> {
        if STANDARD_SCOPES.contains(&scope) {
            return Ok(true);
        }
        let Some((server, name)) = scope.rsplit_once('/') else { return Ok(false) };
        match self.store.resource_server(pool.clone(), server.to_owned()).await {
            Ok(server) => Ok(server.scopes.iter().any(|(known, _)| known == name)),
            Err(StoreError::NotFound) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn split(scopes: Option<&str>) -> Vec<&str> {
    scopes.unwrap_or_default().split(' ').filter(|scope| !scope.is_empty()).collect()
}

/// The first scope that was asked for without the `openid` it needs.
fn lonely<'a>(asked: &[&'a str]) -> Option<&'a str> {
    if asked.contains(&"openid") {
        return None;
    }
    asked.iter().copied().find(|scope| NEED_OPENID.contains(scope))
}

fn custom(scopes: &[String]) -> Vec<&str> {
    scopes.iter().map(String::as_str).filter(|scope| !STANDARD_SCOPES.contains(scope)).collect()
}

/// Whether the scopes reveal an attribute. `openid` alone reveals everything the client may read; the others narrow (spec E.9).
pub(crate) fn reveal(scopes: &[impl AsRef<str>], attribute: &str) -> bool {
    let granted = |scope: &str| scopes.iter().any(|granted| granted.as_ref() == scope);
    if !NEED_OPENID.into_iter().any(granted) {
        return true;
    }
    match attribute {
        "email" | "email_verified" => granted("email"),
        "phone_number" | "phone_number_verified" => granted("phone"),
        _ => granted("profile"),
    }
}

/// Refuses scopes that name attributes the client may not read: Cognito issues no token then (spec K 61).
pub(super) fn check_readable(client: &ClientSettings, scopes: &[String]) -> Result<(), Refusal> {
    for scope in scopes {
        let attributes: &[&str] = match scope.as_str() {
            "email" => &["email", "email_verified"],
            "phone" => &["phone_number", "phone_number_verified"],
            "profile" => &PROFILE,
            _ => &[],
        };
        if let Some(hidden) = attributes.iter().find(|attribute| !readable(client, attribute)) {
            return Err(Refusal::new(ErrorCode::InvalidGrant, "scope.readable")
                .expected(format!("ReadAttributes with every attribute of the scope {scope}"))
                .got(format!("{hidden} is not among them")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openid_alone_reveals_everything_and_the_others_narrow() {
        assert!(reveal(&["openid"], "custom:team"));
        assert!(reveal(&["openid", "email"], "email_verified"));
        assert!(!reveal(&["openid", "email"], "name"));
        assert!(!reveal(&["openid", "email"], "phone_number"));
        assert!(reveal(&["openid", "profile"], "custom:team"));
    }

    #[test]
    fn email_without_openid_is_lonely() {
        assert_eq!(lonely(&["email"]), Some("email"));
        assert_eq!(lonely(&["openid", "email"]), None);
        assert_eq!(lonely(&["aws.cognito.signin.user.admin"]), None);
        assert_eq!(lonely(&[]), None);
    }

    #[test]
    fn a_scope_whose_attributes_are_hidden_from_the_client_is_refused() {
        let scopes = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let mut client = ClientSettings { read_attributes: Some(scopes(&["email"])), ..ClientSettings::default() };
        assert!(check_readable(&client, &scopes(&["openid", "email"])).is_err());
        assert!(check_readable(&client, &scopes(&["openid"])).is_ok());
        client.read_attributes = Some(scopes(&["email", "email_verified"]));
        assert!(check_readable(&client, &scopes(&["openid", "email"])).is_ok());
        client.read_attributes = None;
        assert!(check_readable(&client, &scopes(&["openid", "email", "phone", "profile"])).is_ok());
    }
}
