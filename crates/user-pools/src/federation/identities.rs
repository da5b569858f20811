//! `identities`: how a user's identities read as an attribute and as a claim (spec D.2).
use crate::identity_provider::Identity;
use crate::user::User;
use serde_json::{Value, json};

impl User {
    /// The attribute: a JSON array as text. `None` without identities.
    pub fn identities_attribute(&self) -> Option<String> {
        let entry = |identity: &Identity| {
            let mut entry = shown(identity);
            entry["primary"] = json!(identity.primary);
            entry["dateCreated"] = json!(identity.created);
            entry
        };
        (!self.identities.is_empty()).then(|| self.identities.iter().map(entry).collect::<Value>().to_string())
    }

    /// The claim: everything in it is text.
    pub fn identities_claim(&self) -> Option<Value> {
        let entry = |identity: &Identity| {
            let mut entry = shown(identity);
            entry["primary"] = json!(identity.primary.to_string());
            entry["dateCreated"] = json!(identity.created.to_string());
            entry
        };
        (!self.identities.is_empty()).then(|| self.identities.iter().map(entry).collect())
    }
}

fn shown(identity: &Identity) -> Value {
    json!({
        "userId": identity.value,
        "providerName": identity.provider,
        "providerType": identity.kind.as_str(),
        "issuer": null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity_provider::{ProviderKind, SUBJECT};
    use crate::users::fixtures::user;

    #[test]
    fn an_identity_reads_as_on_aws() {
        let mut user = user();
        assert_eq!((user.identities_attribute(), user.identities_claim()), (None, None));
        user.identities = vec![Identity {
            provider: "Corp".into(),
            kind: ProviderKind::Oidc,
            attribute: SUBJECT.into(),
            value: "17".into(),
            primary: true,
            created: 5,
        }];
        assert_eq!(
            user.identities_attribute().unwrap(),
            r#"[{"userId":"17","providerName":"Corp","providerType":"OIDC","issuer":null,"primary":true,"dateCreated":5}]"#
        );
        assert_eq!(
            user.identities_claim().unwrap().to_string(),
            r#"[{"userId":"17","providerName":"Corp","providerType":"OIDC","issuer":null,"primary":"true","dateCreated":"5"}]"#
        );
    }
}
