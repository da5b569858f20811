//! Who is asking, by the authorizer's claims: ID or access token, of a Cognito pool or any other issuer.
use crate::answer::Refusal;
use crate::ports::FileRecord;
use events::{AuthorizerV2, HttpRequestV2};
use std::collections::BTreeMap;

/// Members see everybody's files.
const ADMINS: &str = "admins";

/// The caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) sub: String,
    /// E-mail address, where the token has one: an access token of Cognito's has none.
    pub(crate) email: Option<String>,
    /// Who issued the token.
    pub(crate) issuer: String,
    /// The issuer's name for the caller, else the sub.
    pub(crate) username: String,
    pub(crate) is_admin: bool,
}

impl Caller {
    /// No claims, or claims without a subject: nobody.
    pub(crate) fn of(event: &HttpRequestV2) -> Result<Self, Refusal> {
        let Some(AuthorizerV2::Jwt(jwt)) = &event.request_context.authorizer else {
            return Err(Refusal::Unauthorized);
        };
        let claim = |name: &str| jwt.claims.get(name).filter(|value| !value.is_empty());
        let sub = claim("sub").ok_or(Refusal::Unauthorized)?.clone();
        let username = claim("cognito:username").or_else(|| claim("username")).unwrap_or(&sub).clone();
        Ok(Self {
            email: claim("email").cloned(),
            issuer: claim("iss").cloned().unwrap_or_default(),
            username,
            is_admin: is_admin(&jwt.claims),
            sub,
        })
    }

    /// Whether a record is the caller's business.
    pub(crate) fn may_see(&self, record: &FileRecord) -> bool {
        self.is_admin || record.owner == self.sub
    }

    /// Whose files a list shows; `None` is everybody's.
    pub(crate) fn scope(&self) -> Option<String> {
        (!self.is_admin).then(|| self.sub.clone())
    }
}

/// Groups are printed as `[admins poweruser]`; a group's name holds no spaces.
fn is_admin(claims: &BTreeMap<String, String>) -> bool {
    let groups = claims.get("cognito:groups").map_or("", String::as_str);
    let groups = groups.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(groups);
    groups.split(' ').any(|group| group == ADMINS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::JwtAuthorizer;

    fn caller(claims: &[(&str, &str)]) -> Result<Caller, Refusal> {
        let claims = claims.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut event = HttpRequestV2::default();
        event.request_context.authorizer = Some(AuthorizerV2::Jwt(JwtAuthorizer { claims, scopes: None }));
        Caller::of(&event)
    }

    #[test]
    fn nobody_is_unauthorized() {
        assert!(matches!(Caller::of(&HttpRequestV2::default()), Err(Refusal::Unauthorized)));
        assert!(matches!(caller(&[("email", "a@b")]), Err(Refusal::Unauthorized)));
        assert!(matches!(caller(&[("sub", "")]), Err(Refusal::Unauthorized)));
    }

    #[test]
    fn a_caller_is_named_by_what_the_token_has() {
        let names = |claims: &[(&str, &str)]| caller(claims).map(|caller| (caller.email, caller.username)).unwrap();
        let of_id_token = names(&[("sub", "u"), ("email", "a@b"), ("cognito:username", "x")]);
        assert_eq!(of_id_token, (Some("a@b".into()), "x".into()));
        assert_eq!(names(&[("sub", "u"), ("username", "x")]), (None, "x".into()));
        assert_eq!(names(&[("sub", "u"), ("email", "")]), (None, "u".into()));
    }

    #[test]
    fn only_the_group_itself_makes_an_admin() {
        for (groups, expected) in [
            ("[admins]", true),
            ("[users admins x]", true),
            ("admins", true),
            ("[administrators]", false),
            ("[not-admins admins2]", false),
            ("[Admins]", false),
            ("[[admins]]", false),
            ("", false),
        ] {
            assert_eq!(caller(&[("sub", "u"), ("cognito:groups", groups)]).unwrap().is_admin, expected, "{groups}");
        }
    }
}
