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
    /// E-mail, else username, else sub.
    pub(crate) name: String,
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
        let name = claim("email").or_else(|| claim("cognito:username")).or_else(|| claim("username"));
        Ok(Self { name: name.unwrap_or(&sub).clone(), is_admin: is_admin(&jwt.claims), sub })
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
        assert_eq!(caller(&[("sub", "u"), ("email", "a@b"), ("cognito:username", "x")]).unwrap().name, "a@b");
        assert_eq!(caller(&[("sub", "u"), ("username", "x")]).unwrap().name, "x");
        assert_eq!(caller(&[("sub", "u")]).unwrap().name, "u");
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
