//! The claims of ID and access tokens, to the type (spec D.2, D.3). Pure: what goes in decides what comes out.
use crate::attributes::readable;
use crate::client::AppClient;
use crate::group::Group;
use crate::ids::Millis;
use crate::oauth::reveal;
use crate::token::SignIn;
use crate::user::User;
use events::user_pools::GroupConfiguration;
use serde_json::{Map, Value, json};

/// The scope that opens the user-pool API; API sign-ins carry it alone.
pub const ADMIN_SCOPE: &str = "aws.cognito.signin.user.admin";

/// Everything the claims are made of.
pub(super) struct Facts<'a> {
    pub issuer: &'a str,
    pub client: &'a AppClient,
    pub user: &'a User,
    /// Strongest precedence first.
    pub groups: &'a [Group],
    pub sign_in: &'a SignIn,
    pub now: Millis,
    pub nonce: Option<&'a str>,
    /// The unique id that both tokens would otherwise share: one each.
    pub jti: [String; 2],
}

/// Whether tokens of the client name their sign-in, so that it can be revoked.
fn is_revocable(client: &AppClient) -> bool {
    client.settings.token_revocation.unwrap_or(true) || client.settings.rotates()
}

impl Facts<'_> {
    pub fn access(&self) -> Map<String, Value> {
        let mut claims = Map::new();
        claims.insert("sub".into(), json!(self.user.sub));
        self.add_group_names(&mut claims);
        claims.insert("iss".into(), json!(self.issuer));
        claims.insert("version".into(), json!(2));
        claims.insert("client_id".into(), json!(self.client.id));
        self.add_family(&mut claims);
        claims.insert("event_id".into(), json!(self.sign_in.event_id));
        claims.insert("token_use".into(), json!("access"));
        claims.insert("scope".into(), json!(self.sign_in.scopes.join(" ")));
        self.add_times(&mut claims, self.client.settings.access_token_seconds(), &self.jti[0]);
        claims.insert("username".into(), json!(self.user.username));
        if let Some(key) = &self.sign_in.device_key {
            claims.insert("device_key".into(), json!(key));
        }
        claims
    }

    pub fn id(&self) -> Map<String, Value> {
        let mut claims = Map::new();
        claims.insert("sub".into(), json!(self.user.sub));
        self.add_group_names(&mut claims);
        self.add_roles(&mut claims);
        claims.insert("iss".into(), json!(self.issuer));
        claims.insert("cognito:username".into(), json!(self.user.username));
        if let Some(nonce) = self.nonce {
            claims.insert("nonce".into(), json!(nonce));
        }
        self.add_family(&mut claims);
        claims.insert("aud".into(), json!(self.client.id));
        claims.insert("event_id".into(), json!(self.sign_in.event_id));
        claims.insert("token_use".into(), json!("id"));
        self.add_times(&mut claims, self.client.settings.id_token_seconds(), &self.jti[1]);
        self.add_attributes(&mut claims);
        claims
    }

    /// The groups as the pool's function is told of them.
    pub fn group_configuration(&self) -> GroupConfiguration<'_> {
        GroupConfiguration {
            groups_to_override: self.groups.iter().map(|group| group.name.as_str()).collect(),
            iam_roles_to_override: self.groups.iter().filter_map(|group| group.role_arn.as_deref()).collect(),
            preferred_role: preferred_role(self.groups),
        }
    }

    fn add_times(&self, claims: &mut Map<String, Value>, life_seconds: u64, jti: &str) {
        let iat = self.now.div_euclid(1000);
        claims.insert("auth_time".into(), json!(self.sign_in.auth_time.div_euclid(1000)));
        claims.insert("exp".into(), json!(iat.saturating_add_unsigned(life_seconds)));
        claims.insert("iat".into(), json!(iat));
        if is_revocable(self.client) {
            claims.insert("jti".into(), json!(jti));
        }
    }

    fn add_family(&self, claims: &mut Map<String, Value>) {
        if is_revocable(self.client) {
            claims.insert("origin_jti".into(), json!(self.sign_in.origin_jti));
        }
    }

    fn add_group_names(&self, claims: &mut Map<String, Value>) {
        if !self.groups.is_empty() {
            let names: Vec<_> = self.groups.iter().map(|group| &group.name).collect();
            claims.insert("cognito:groups".into(), json!(names));
        }
    }

    fn add_roles(&self, claims: &mut Map<String, Value>) {
        let roles: Vec<_> = self.groups.iter().filter_map(|group| group.role_arn.as_deref()).collect();
        if roles.is_empty() {
            return;
        }
        if let Some(preferred) = preferred_role(self.groups) {
            claims.insert("cognito:preferred_role".into(), json!(preferred));
        }
        claims.insert("cognito:roles".into(), json!(roles));
    }

    fn add_attributes(&self, claims: &mut Map<String, Value>) {
        if let Some(identities) = self.user.identities_claim() {
            claims.insert("identities".into(), identities);
        }
        for (name, value) in &self.user.attributes {
            if readable(&self.client.settings, name) && self.is_granted(name) && !claims.contains_key(name) {
                claims.insert(name.clone(), typed(name, value));
            }
        }
    }

    /// Whether the granted scopes let the attribute into the ID token. API sign-ins are not narrowed; `openid` alone gives everything.
    fn is_granted(&self, name: &str) -> bool {
        !self.sign_in.oauth || reveal(&self.sign_in.scopes, name)
    }
}

/// The role of the strongest group; none when two groups tie with different roles (spec D.2).
fn preferred_role(groups: &[Group]) -> Option<&str> {
    let with_role =
        groups.iter().filter_map(|group| Some((group.precedence.unwrap_or(u32::MAX), group.role_arn.as_deref()?)));
    let strongest = with_role.clone().map(|(precedence, _)| precedence).min()?;
    let mut candidates = with_role.filter(|(precedence, _)| *precedence == strongest).map(|(_, role)| role);
    let first = candidates.next()?;
    candidates.all(|role| role == first).then_some(first)
}

/// The JSON type each attribute has in an ID token; custom ones are strings whatever their schema says.
fn typed(name: &str, value: &str) -> Value {
    match name {
        "email_verified" | "phone_number_verified" => json!(value == "true"),
        "address" => json!({ "formatted": value }),
        "updated_at" => value.parse::<i64>().map_or_else(|_| json!(value), |number| json!(number)),
        _ => json!(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{ClientSettings, Rotation};
    use crate::ids::{ClientId, PoolId};
    use crate::user::{Credentials, UserStatus};
    use std::collections::BTreeMap;

    fn client(settings: ClientSettings) -> AppClient {
        AppClient {
            pool: PoolId("us-east-1_a".into()),
            id: ClientId("client".into()),
            version: 1,
            created: 0,
            modified: 0,
            secrets: Vec::new(),
            settings,
        }
    }

    fn user(attributes: &[(&str, &str)]) -> User {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        User {
            pool: PoolId("us-east-1_a".into()),
            sub: "sub".into(),
            username: "Alice".into(),
            username_folded: "alice".into(),
            aliases: Vec::new(),
            version: 1,
            status: UserStatus::Confirmed,
            enabled: true,
            created: 0,
            modified: 0,
            attributes: attributes.collect(),
            pending_attributes: BTreeMap::new(),
            credentials: Credentials::default(),
            signed_out_at: None,
            identities: Vec::new(),
        }
    }

    fn group(name: &str, precedence: Option<u32>, role: Option<&str>) -> Group {
        Group {
            pool: PoolId("us-east-1_a".into()),
            name: name.into(),
            version: 1,
            description: None,
            role_arn: role.map(str::to_owned),
            precedence,
            created: 0,
            modified: 0,
        }
    }

    fn sign_in(scopes: &[&str], oauth: bool) -> SignIn {
        SignIn {
            origin_jti: "origin".into(),
            pool: PoolId("us-east-1_a".into()),
            sub: "sub".into(),
            client: ClientId("client".into()),
            auth_time: 1_000_999,
            methods: vec!["pwd".into()],
            device: None,
            device_key: None,
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            oauth,
            event_id: "event".into(),
            expires_at: 9_000_000,
            opened: None,
            login: None,
            active: None,
            revoked_at: None,
        }
    }

    struct Case {
        client: AppClient,
        user: User,
        groups: Vec<Group>,
        sign_in: SignIn,
    }

    impl Case {
        fn facts(&self) -> Facts<'_> {
            Facts {
                issuer: "http://localhost:4566/us-east-1_a",
                client: &self.client,
                user: &self.user,
                groups: &self.groups,
                sign_in: &self.sign_in,
                now: 2_000_500,
                nonce: None,
                jti: ["a".into(), "b".into()],
            }
        }
    }

    fn case(attributes: &[(&str, &str)], scopes: &[&str], oauth: bool) -> Case {
        Case {
            client: client(ClientSettings::default()),
            user: user(attributes),
            groups: Vec::new(),
            sign_in: sign_in(scopes, oauth),
        }
    }

    #[test]
    fn an_access_token_has_no_audience_and_no_attributes() {
        let claims = case(&[("email", "a@b")], &[ADMIN_SCOPE], false).facts().access();
        assert_eq!(
            Value::Object(claims),
            json!({
                "sub": "sub", "iss": "http://localhost:4566/us-east-1_a", "version": 2, "client_id": "client",
                "origin_jti": "origin", "event_id": "event", "token_use": "access", "scope": ADMIN_SCOPE,
                "auth_time": 1000, "exp": 2000 + 3600, "iat": 2000, "jti": "a", "username": "Alice"
            })
        );
    }

    #[test]
    fn an_id_token_has_the_types_of_the_spec() {
        let attributes = [
            ("email", "a@b"),
            ("email_verified", "true"),
            ("phone_number_verified", "false"),
            ("address", "1 Street"),
            ("updated_at", "17"),
            ("custom:level", "3"),
        ];
        let claims = case(&attributes, &[ADMIN_SCOPE], false).facts().id();
        assert_eq!(
            Value::Object(claims),
            json!({
                "sub": "sub", "iss": "http://localhost:4566/us-east-1_a", "cognito:username": "Alice",
                "origin_jti": "origin", "aud": "client", "event_id": "event", "token_use": "id", "auth_time": 1000,
                "exp": 2000 + 3600, "iat": 2000, "jti": "b", "email": "a@b", "email_verified": true,
                "phone_number_verified": false, "address": {"formatted": "1 Street"}, "updated_at": 17, "custom:level": "3"
            })
        );
    }

    #[test]
    fn an_attribute_can_never_take_a_claims_place() {
        let claims = case(&[("sub", "x"), ("aud", "x"), ("token_use", "x")], &[ADMIN_SCOPE], false).facts().id();
        assert_eq!(
            (&claims["sub"], &claims["aud"], &claims["token_use"]),
            (&json!("sub"), &json!("client"), &json!("id"))
        );
    }

    #[test]
    fn oauth_scopes_narrow_the_id_token() {
        let attributes = [("email", "a@b"), ("phone_number", "+1"), ("name", "A"), ("custom:x", "y")];
        let shown = |scopes: &[&str]| {
            let claims = case(&attributes, scopes, true).facts().id();
            attributes.iter().map(|(name, _)| *name).filter(|name| claims.contains_key(*name)).collect::<Vec<_>>()
        };
        assert_eq!(shown(&["openid"]), ["email", "phone_number", "name", "custom:x"]);
        assert_eq!(shown(&["openid", "email"]), ["email"]);
        assert_eq!(shown(&["openid", "profile"]), ["name", "custom:x"]);
        assert_eq!(shown(&["openid", "phone", "email"]), ["email", "phone_number"]);
    }

    #[test]
    fn unreadable_attributes_stay_out() {
        let mut case = case(&[("email", "a@b"), ("name", "A")], &[ADMIN_SCOPE], false);
        case.client =
            client(ClientSettings { read_attributes: Some(vec!["name".into()]), ..ClientSettings::default() });
        let claims = case.facts().id();
        assert!(claims.contains_key("name") && !claims.contains_key("email"));
    }

    #[test]
    fn without_revocation_tokens_do_not_name_their_sign_in() {
        let mut case = case(&[], &[ADMIN_SCOPE], false);
        case.client.settings.token_revocation = Some(false);
        assert!(!case.facts().access().contains_key("origin_jti"));
        assert!(!case.facts().id().contains_key("jti"));
        case.client.settings.rotation = Some(Rotation { enabled: true, grace_seconds: 0 });
        assert!(case.facts().access().contains_key("origin_jti"), "rotation needs it");
    }

    #[test]
    fn the_preferred_role_is_the_strongest_groups_unless_two_tie() {
        let strong = group("a", Some(1), Some("arn:1"));
        let weak = group("b", Some(2), Some("arn:2"));
        let tie = group("c", Some(1), Some("arn:3"));
        let none = group("d", None, Some("arn:4"));
        let roleless = group("e", Some(0), None);
        let role = |groups: &[&Group]| {
            preferred_role(&groups.iter().map(|g| (*g).clone()).collect::<Vec<_>>()).map(str::to_owned)
        };
        assert_eq!(role(&[&strong, &weak]), Some("arn:1".into()));
        assert_eq!(role(&[&strong, &tie]), None);
        assert_eq!(role(&[&none, &weak]), Some("arn:2".into()));
        assert_eq!(role(&[&none]), Some("arn:4".into()));
        assert_eq!(role(&[&roleless, &weak]), Some("arn:2".into()));
        assert_eq!(role(&[&roleless]), None);
    }

    #[test]
    fn groups_stand_in_both_tokens_and_roles_in_the_id_token_only() {
        let mut case = case(&[], &[ADMIN_SCOPE], false);
        case.groups = vec![group("admins", Some(1), Some("arn:1")), group("users", None, None)];
        let (access, id) = (case.facts().access(), case.facts().id());
        assert_eq!(access["cognito:groups"], json!(["admins", "users"]));
        assert_eq!(id["cognito:roles"], json!(["arn:1"]));
        assert_eq!(id["cognito:preferred_role"], json!("arn:1"));
        assert!(!access.contains_key("cognito:roles"));
    }
}
