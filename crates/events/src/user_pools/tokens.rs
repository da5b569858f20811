//! Pre token generation: one request in three versions, and what a function may change.
use super::Texts;
use super::answer::texts;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// `request`: versions 2 and 3 add the scopes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PreTokenRequest<'a> {
    /// The user's attributes; none for a machine.
    pub user_attributes: &'a Texts,
    /// The user's groups as they would go into the tokens.
    pub group_configuration: GroupConfiguration<'a>,
    /// The scopes of the access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<&'a [String]>,
    /// `ClientMetadata` of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<&'a Texts>,
}

/// `groupConfiguration`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupConfiguration<'a> {
    /// Names, strongest first.
    pub groups_to_override: Vec<&'a str>,
    /// Their roles.
    pub iam_roles_to_override: Vec<&'a str>,
    /// The role of the strongest group.
    pub preferred_role: Option<&'a str>,
}

/// What version 1 answers.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PreTokenAnswerV1 {
    /// Null: everything stays.
    #[serde(serialize_with = "null")]
    pub claims_override_details: Option<ClaimsOverride>,
}

/// What versions 2 and 3 answer.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PreTokenAnswerV2 {
    /// Null: everything stays.
    #[serde(serialize_with = "null")]
    pub claims_and_scope_override_details: Option<ClaimsAndScopeOverride>,
}

/// `claimsOverrideDetails`: values are texts, and only the ID token changes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimsOverride {
    /// To set.
    #[serde(deserialize_with = "texts")]
    pub claims_to_add_or_override: Option<Texts>,
    /// To leave out.
    pub claims_to_suppress: Option<Vec<String>>,
    /// Absent: groups stay. Null or empty: no groups.
    #[serde(deserialize_with = "given")]
    pub group_override_details: Option<GroupOverride>,
}

/// `claimsAndScopeOverrideDetails`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimsAndScopeOverride {
    /// For the ID token.
    pub id_token_generation: Option<TokenOverride>,
    /// For the access token.
    pub access_token_generation: Option<TokenOverride>,
    /// For both. Absent: groups stay. Null or empty: no groups.
    #[serde(deserialize_with = "given")]
    pub group_override_details: Option<GroupOverride>,
}

/// What changes in one token.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TokenOverride {
    /// To set, of any type.
    pub claims_to_add_or_override: Option<Map<String, Value>>,
    /// To leave out.
    pub claims_to_suppress: Option<Vec<String>>,
    /// Scopes to grant beside (access token).
    pub scopes_to_add: Option<Vec<String>>,
    /// Scopes to take away (access token).
    pub scopes_to_suppress: Option<Vec<String>>,
}

/// `groupOverrideDetails`: takes the place of all groups and roles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupOverride {
    /// `cognito:groups`.
    pub groups_to_override: Option<Vec<String>>,
    /// `cognito:roles`.
    pub iam_roles_to_override: Option<Vec<String>>,
    /// `cognito:preferred_role`.
    pub preferred_role: Option<String>,
}

/// A preset answer says nothing yet.
fn null<T, S: Serializer>(_: &T, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_none()
}

/// Null is a value here: no groups.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<GroupOverride>, D::Error> {
    Option::<GroupOverride>::deserialize(from).map(|details| Some(details.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_pools::read_trigger_answer;
    use serde_json::json;

    fn v1(details: &Value) -> ClaimsOverride {
        let answer = json!({"response": {"claimsOverrideDetails": details}}).to_string();
        read_trigger_answer::<PreTokenAnswerV1>(answer.as_bytes()).unwrap().claims_override_details.unwrap()
    }

    #[test]
    fn groups_stay_when_absent_and_go_when_null() {
        assert_eq!(v1(&json!({})).group_override_details, None);
        assert_eq!(v1(&json!({"groupOverrideDetails": null})).group_override_details, Some(GroupOverride::default()));
        let named = v1(&json!({"groupOverrideDetails": {"groupsToOverride": ["a"]}})).group_override_details;
        assert_eq!(named.unwrap().groups_to_override, Some(vec!["a".to_owned()]));
    }

    #[test]
    fn answers_are_preset_with_null() {
        let preset = serde_json::to_value(PreTokenAnswerV1::default()).unwrap();
        assert_eq!(preset, json!({"claimsOverrideDetails": null}));
        let preset = serde_json::to_value(PreTokenAnswerV2::default()).unwrap();
        assert_eq!(preset, json!({"claimsAndScopeOverrideDetails": null}));
    }

    #[test]
    fn version_1_takes_texts_only() {
        let set = v1(&json!({"claimsToAddOrOverride": {"n": 5, "t": "x"}})).claims_to_add_or_override.unwrap();
        assert_eq!((set["n"].as_str(), set["t"].as_str()), ("5", "x"));
        let nested = json!({"response": {"claimsOverrideDetails": {"claimsToAddOrOverride": {"n": [1]}}}}).to_string();
        assert!(read_trigger_answer::<PreTokenAnswerV1>(nested.as_bytes()).is_err());
    }
}
