//! What PreTokenGeneration may change in the claims (spec D.6). What it may not change stays silently as it was; suppressing wins over setting.
use crate::triggers::tokens::Wanted;
use events::user_pools::{ClaimsAndScopeOverride, ClaimsOverride, GroupOverride, TokenOverride};
use serde_json::{Map, Value, json};

/// Never a function's to set, in either token. Beside these: every other name that begins with `cognito:` or `dev:`.
const FIXED: [&str; 22] = [
    "acr",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "client_id",
    "device_key",
    "event_id",
    "exp",
    "iat",
    "identities",
    "iss",
    "jti",
    "nbf",
    "nonce",
    "origin_jti",
    "scope",
    "sub",
    "token_use",
    "username",
    "version",
];
/// The claims of groups; set through `groupOverrideDetails` alone, but they may be suppressed.
const GROUPS: &str = "cognito:groups";
const ROLES: &str = "cognito:roles";
const PREFERRED_ROLE: &str = "cognito:preferred_role";
/// In ID tokens these have types of their own, so no structures.
const PLAIN: [&str; 4] = ["address", "email_verified", "phone_number_verified", "updated_at"];

/// The claims before they are signed. No ID claims where no ID token is issued.
pub(super) struct Claims {
    pub id: Option<Map<String, Value>>,
    pub access: Map<String, Value>,
}

impl Claims {
    /// Changes what is wanted, as far as it may be.
    pub(super) fn change(&mut self, wanted: Wanted) {
        match wanted {
            Wanted::Nothing => {}
            Wanted::Claims(details) => self.change_v1(*details),
            Wanted::ClaimsAndScopes(details) => self.change_v2(*details),
        }
    }

    fn change_v1(&mut self, details: ClaimsOverride) {
        self.replace_groups(details.group_override_details);
        let Some(id) = &mut self.id else { return };
        for (name, value) in details.claims_to_add_or_override.unwrap_or_default() {
            set(id, name, json!(value));
        }
        suppress(id, &details.claims_to_suppress.unwrap_or_default());
    }

    fn change_v2(&mut self, details: ClaimsAndScopeOverride) {
        self.replace_groups(details.group_override_details);
        if let (Some(id), Some(change)) = (&mut self.id, details.id_token_generation) {
            for (name, value) in change.claims_to_add_or_override.unwrap_or_default() {
                if !(PLAIN.contains(&name.as_str()) && (value.is_object() || value.is_array())) {
                    set(id, name, value);
                }
            }
            suppress(id, &change.claims_to_suppress.unwrap_or_default());
        }
        if let Some(change) = details.access_token_generation {
            self.change_access(change);
        }
    }

    fn change_access(&mut self, change: TokenOverride) {
        let client = self.access.get("client_id").cloned();
        for (name, value) in change.claims_to_add_or_override.unwrap_or_default() {
            // The one value that `aud` may take.
            if name == "aud" && Some(&value) == client.as_ref() {
                self.access.insert(name, value);
            } else {
                set(&mut self.access, name, value);
            }
        }
        suppress(&mut self.access, &change.claims_to_suppress.unwrap_or_default());
        let (add, drop) = (change.scopes_to_add.unwrap_or_default(), change.scopes_to_suppress.unwrap_or_default());
        if !add.is_empty() || !drop.is_empty() {
            self.change_scopes(&add, &drop);
        }
    }

    fn change_scopes(&mut self, add: &[String], drop: &[String]) {
        let before = self.access.get("scope").and_then(Value::as_str).unwrap_or_default();
        let mut scopes: Vec<&str> = before.split(' ').filter(|scope| !scope.is_empty()).collect();
        let is_scope = |scope: &&String| !scope.is_empty() && !scope.contains(char::is_whitespace);
        for scope in add.iter().filter(is_scope) {
            if !scopes.contains(&scope.as_str()) {
                scopes.push(scope);
            }
        }
        scopes.retain(|scope| !drop.iter().any(|dropped| dropped == scope));
        let scopes = scopes.join(" ");
        self.access.insert("scope".to_owned(), json!(scopes));
    }

    /// Groups go whole: what the function leaves out is gone.
    fn replace_groups(&mut self, groups: Option<GroupOverride>) {
        let Some(groups) = groups else { return };
        let names = groups.groups_to_override.filter(|names| !names.is_empty());
        if let Some(id) = &mut self.id {
            put(id, GROUPS, names.clone().map(|names| json!(names)));
            put(id, ROLES, groups.iam_roles_to_override.filter(|roles| !roles.is_empty()).map(|roles| json!(roles)));
            put(id, PREFERRED_ROLE, groups.preferred_role.filter(|role| !role.is_empty()).map(|role| json!(role)));
        }
        put(&mut self.access, GROUPS, names.map(|names| json!(names)));
    }
}

fn put(claims: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => claims.insert(name.to_owned(), value),
        None => claims.remove(name),
    };
}

fn set(claims: &mut Map<String, Value>, name: String, value: Value) {
    if !FIXED.contains(&name.as_str()) && !name.starts_with("cognito:") && !name.starts_with("dev:") {
        claims.insert(name, value);
    }
}

fn suppress(claims: &mut Map<String, Value>, names: &[String]) {
    for name in names {
        let groups = [GROUPS, ROLES, PREFERRED_ROLE].contains(&name.as_str());
        if FIXED.contains(&name.as_str()) || name.starts_with("cognito:") && !groups {
            continue;
        }
        claims.remove(name);
        if name == GROUPS {
            claims.remove(ROLES);
            claims.remove(PREFERRED_ROLE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    fn claims() -> Claims {
        Claims {
            id: Some(object(json!({
                "sub": "s", "email": "a@b", "cognito:username": "ann", "cognito:groups": ["g"], "cognito:roles": ["r"],
                "cognito:preferred_role": "r", "email_verified": true,
            }))),
            access: object(json!({"sub": "s", "client_id": "c", "scope": "openid email", "cognito:groups": ["g"]})),
        }
    }

    fn v1(details: Value) -> Claims {
        let mut claims = claims();
        claims.change(Wanted::Claims(Box::new(serde_json::from_value(details).unwrap())));
        claims
    }

    fn v2(details: Value) -> Claims {
        let mut claims = claims();
        claims.change(Wanted::ClaimsAndScopes(Box::new(serde_json::from_value(details).unwrap())));
        claims
    }

    #[test]
    fn version_1_changes_the_id_token_alone() {
        let changed =
            v1(json!({"claimsToAddOrOverride": {"email": "x@y", "team": "red"}, "claimsToSuppress": ["team"]}));
        let id = changed.id.unwrap();
        assert_eq!((&id["email"], id.contains_key("team")), (&json!("x@y"), false), "suppressing wins");
        assert_eq!(changed.access, claims().access);
    }

    #[test]
    fn what_identifies_user_client_and_token_stays() {
        let names = FIXED.into_iter().chain(["cognito:username", "cognito:groups", "cognito:mfa", "dev:x"]);
        let forged: Map<String, Value> = names.clone().map(|name| (name.to_owned(), json!("forged"))).collect();
        let suppressed: Vec<_> = names.filter(|name| *name != "cognito:groups").collect();
        let change = json!({"claimsToAddOrOverride": forged, "claimsToSuppress": suppressed});
        let changed = v2(json!({"idTokenGeneration": change, "accessTokenGeneration": change}));
        let (id, access) = (changed.id.unwrap(), changed.access);
        assert_eq!(id, claims().id.unwrap());
        assert_eq!(access, claims().access);
    }

    #[test]
    fn the_audience_of_an_access_token_can_only_be_its_client() {
        let aud = |value: &str| {
            v2(json!({"accessTokenGeneration": {"claimsToAddOrOverride": {"aud": value}}})).access.get("aud").cloned()
        };
        assert_eq!(aud("c"), Some(json!("c")));
        assert_eq!(aud("other"), None);
    }

    #[test]
    fn version_2_takes_structures_but_not_for_claims_of_a_type_of_their_own() {
        let change = json!({"claimsToAddOrOverride": {"deep": {"a": [1]}, "email_verified": {"a": 1}}});
        let id = v2(json!({"idTokenGeneration": change})).id.unwrap();
        assert_eq!((&id["deep"], &id["email_verified"]), (&json!({"a": [1]}), &json!(true)));
    }

    #[test]
    fn scopes_come_and_go_in_the_access_token() {
        let change = json!({"scopesToAdd": ["api/read", "openid", "two words"], "scopesToSuppress": ["email"]});
        assert_eq!(v2(json!({"accessTokenGeneration": change})).access["scope"], "openid api/read");
    }

    #[test]
    fn groups_are_replaced_whole_in_both_tokens() {
        let changed = v1(json!({"groupOverrideDetails": {"groupsToOverride": ["h"]}}));
        let id = changed.id.unwrap();
        assert_eq!((&id[GROUPS], &changed.access[GROUPS]), (&json!(["h"]), &json!(["h"])));
        assert!(!id.contains_key(ROLES) && !id.contains_key(PREFERRED_ROLE));
        assert!(!v2(json!({"groupOverrideDetails": null})).access.contains_key(GROUPS));
        let suppressed = v1(json!({"claimsToSuppress": [GROUPS]})).id.unwrap();
        assert!(!suppressed.contains_key(GROUPS) && !suppressed.contains_key(ROLES));
    }
}
