//! Rows as they come from the rooms, with plain values: to be stored as they are or changed first. They need no [`crate::Bench`].
use dashboard::ports::{FileRecord, FileStatus};
use functions::{Architecture, CodeFacts, Function, FunctionKey, Settings};
use http_apis::Api;
use std::collections::BTreeMap;
use user_pools::branding::UiCustomization;
use user_pools::client::{AppClient, ClientSettings};
use user_pools::devices::Device;
use user_pools::domain::Domain;
use user_pools::group::{Branding, Group, ResourceServer};
use user_pools::identity_provider::{Identity, IdentityProvider, ProviderKind, SUBJECT};
use user_pools::imports::{ImportJob, ImportStatus, Progress};
use user_pools::oauth::{AuthCode, LoginSession};
use user_pools::passkeys::Passkey;
use user_pools::pool::{PoolSettings, UserPool};
use user_pools::ports::{Code, CodePurpose, Decision, Queued};
use user_pools::terms::Terms;
use user_pools::threat::{AuthEvent, EventKind, EventResponse};
use user_pools::token::{KeyPurpose, KeyState, RefreshToken, SignIn, SigningKeyRow};
use user_pools::user::{Credentials, User, UserStatus};
use user_pools::{ClientId, Millis, PoolId, Scope};

/// Moment of all rows that are not told otherwise.
pub const NOW: Millis = 1_767_225_600_000;
/// One hour.
pub const HOUR: Millis = 3_600_000;

/// Account `000000000000` in `us-east-1`.
pub fn scope() -> Scope {
    Scope { account: "000000000000".to_owned(), region: "us-east-1".to_owned() }
}

/// `us-east-1_<name>`.
pub fn pool_id(name: &str) -> PoolId {
    PoolId(format!("us-east-1_{name}"))
}

/// A pool with default settings.
pub fn pool(name: &str) -> UserPool {
    UserPool {
        scope: scope(),
        id: pool_id(name),
        version: 1,
        created: NOW,
        modified: NOW,
        settings: PoolSettings::named(name),
    }
}

/// An active key that signs nothing: its sealed half is not a key.
pub fn signing_key(pool: &PoolId, kid: &str, purpose: KeyPurpose) -> SigningKeyRow {
    SigningKeyRow {
        pool: pool.clone(),
        kid: kid.to_owned(),
        purpose,
        state: KeyState::Active,
        sealed: vec![1, 2, 3],
        public_jwk: serde_json::json!({"kid": kid}),
        created: NOW,
        published_until: None,
    }
}

/// A public client with default settings.
pub fn client(pool: &PoolId, id: &str) -> AppClient {
    AppClient {
        pool: pool.clone(),
        id: ClientId(id.to_owned()),
        version: 1,
        created: NOW,
        modified: NOW,
        secrets: Vec::new(),
        settings: ClientSettings { name: id.to_owned(), ..ClientSettings::default() },
    }
}

/// A confirmed user without attributes and password; the sub is `sub-<name>`.
pub fn user(pool: &PoolId, name: &str) -> User {
    User {
        pool: pool.clone(),
        sub: format!("sub-{name}"),
        username: name.to_owned(),
        username_folded: name.to_owned(),
        aliases: Vec::new(),
        version: 1,
        status: UserStatus::Confirmed,
        enabled: true,
        created: NOW,
        modified: NOW,
        attributes: BTreeMap::new(),
        pending_attributes: BTreeMap::new(),
        credentials: Credentials::default(),
        signed_out_at: None,
        identities: Vec::new(),
    }
}

/// An OIDC provider without details.
pub fn identity_provider(pool: &PoolId, name: &str) -> IdentityProvider {
    IdentityProvider {
        pool: pool.clone(),
        name: name.to_owned(),
        version: 1,
        kind: ProviderKind::Oidc,
        details: BTreeMap::new(),
        sealed: Vec::new(),
        mapping: BTreeMap::new(),
        identifiers: Vec::new(),
        acr: BTreeMap::new(),
        created: NOW,
        modified: NOW,
    }
}

/// An identity at an OIDC provider, known by its subject.
pub fn identity(provider: &str, value: &str) -> Identity {
    Identity {
        provider: provider.to_owned(),
        kind: ProviderKind::Oidc,
        attribute: SUBJECT.to_owned(),
        value: value.to_owned(),
        primary: true,
        created: NOW,
    }
}

/// A prefix domain.
pub fn domain(pool: &PoolId, name: &str) -> Domain {
    Domain {
        scope: scope(),
        name: name.to_owned(),
        pool: pool.clone(),
        version: 1,
        managed_login_version: 2,
        custom: None,
        routing: None,
        created: NOW,
    }
}

/// A group.
pub fn group(pool: &PoolId, name: &str, precedence: Option<u32>) -> Group {
    Group {
        pool: pool.clone(),
        name: name.to_owned(),
        version: 1,
        description: None,
        role_arn: None,
        precedence,
        created: NOW,
        modified: NOW,
    }
}

/// A resource server with one scope, `read`.
pub fn resource_server(pool: &PoolId, identifier: &str) -> ResourceServer {
    ResourceServer {
        pool: pool.clone(),
        identifier: identifier.to_owned(),
        version: 1,
        name: identifier.to_owned(),
        scopes: vec![("read".to_owned(), "Reading".to_owned())],
    }
}

/// A branding style.
pub fn branding(client: &AppClient, id: &str) -> Branding {
    Branding {
        pool: client.pool.clone(),
        id: id.to_owned(),
        client: client.id.clone(),
        version: 1,
        cognito_values: false,
        settings: Some(serde_json::json!({"categories": {"global": {"colorSchemeMode": "LIGHT"}}})),
        assets: Vec::new(),
        created: NOW,
        modified: NOW,
    }
}

/// A UI customization.
pub fn ui_customization(pool: &PoolId, client: &str) -> UiCustomization {
    UiCustomization {
        pool: pool.clone(),
        client: ClientId(client.to_owned()),
        css: Some(".label-customizable { color: red }".to_owned()),
        image: Some(vec![0xff, 0xd8, 0xff, 0]),
        created: NOW,
        modified: NOW,
    }
}

/// A code that lives one hour.
pub fn code(user: &User, purpose: CodePurpose, hash: [u8; 32]) -> Code {
    Code {
        pool: user.pool.clone(),
        sub: user.sub.clone(),
        purpose,
        hash,
        attribute: "email".to_owned(),
        expires_at: NOW + HOUR,
    }
}

/// A message about a user that is due at once and lives one hour.
pub fn message(user: &User, id: &str) -> Queued {
    Queued {
        id: format!("{id}-{}", user.sub),
        pool: user.pool.clone(),
        sub: Some(user.sub.clone()),
        topic: id.to_owned(),
        attempts: 0,
        due_at: NOW,
        expires_at: NOW + HOUR,
        sealed: vec![1, 2, 3],
    }
}

/// A sign-in that lives one hour.
pub fn sign_in(user: &User, client: &AppClient, origin_jti: &str) -> SignIn {
    SignIn {
        origin_jti: origin_jti.to_owned(),
        pool: user.pool.clone(),
        sub: user.sub.clone(),
        client: client.id.clone(),
        auth_time: NOW,
        methods: vec!["pwd".to_owned()],
        device: None,
        device_key: None,
        scopes: vec!["aws.cognito.signin.user.admin".to_owned()],
        oauth: false,
        event_id: "event".to_owned(),
        expires_at: NOW + HOUR,
        opened: None,
        login: None,
        active: None,
        revoked_at: None,
    }
}

/// A refresh token of a sign-in.
pub fn refresh_token(sign_in: &SignIn, hash: [u8; 32]) -> RefreshToken {
    RefreshToken {
        hash,
        origin_jti: sign_in.origin_jti.clone(),
        parent: None,
        pool: sign_in.pool.clone(),
        client: sign_in.client.clone(),
        sub: sign_in.sub.clone(),
        issued_at: NOW,
        expires_at: sign_in.expires_at,
        replaced_at: None,
    }
}

/// A login session that lives one hour.
pub fn login_session(user: &User, hash: [u8; 32]) -> LoginSession {
    LoginSession {
        hash,
        pool: user.pool.clone(),
        sub: user.sub.clone(),
        auth_time: NOW,
        methods: vec!["pwd".to_owned()],
        stamp: user.stamp(),
        client: None,
        active: None,
        expires_at: NOW + HOUR,
    }
}

/// An authorization code that lives one hour and will open the family `origin_jti`.
pub fn auth_code(user: &User, client: &AppClient, origin_jti: &str, hash: [u8; 32]) -> AuthCode {
    AuthCode {
        hash,
        pool: user.pool.clone(),
        client: client.id.clone(),
        redirect_uri: "https://app.example/callback".to_owned(),
        sub: user.sub.clone(),
        code_challenge: None,
        nonce: None,
        scopes: vec!["openid".to_owned()],
        auth_time: NOW,
        methods: vec!["pwd".to_owned()],
        stamp: user.stamp(),
        login: None,
        origin_jti: origin_jti.to_owned(),
        expires_at: NOW + HOUR,
        redeemed_at: None,
    }
}

/// A terms document with one link.
pub fn terms(client: &AppClient, id: &str, name: &str) -> Terms {
    Terms {
        pool: client.pool.clone(),
        id: id.to_owned(),
        client: client.id.clone(),
        name: name.to_owned(),
        version: 1,
        links: BTreeMap::from([("cognito:default".to_owned(), "https://app.example/terms".to_owned())]),
        created: NOW,
        modified: NOW,
    }
}

/// A sign-in that went well, as an event.
pub fn auth_event(user: &User, id: &str) -> AuthEvent {
    AuthEvent {
        id: id.to_owned(),
        pool: user.pool.clone(),
        sub: user.sub.clone(),
        client: ClientId("client".to_owned()),
        kind: EventKind::SignIn,
        at: NOW,
        response: EventResponse::Pass,
        blocked: false,
        answers: Vec::new(),
        ip: "127.0.0.1".to_owned(),
        device: "app".to_owned(),
        request_id: "request".to_owned(),
        feedback: None,
    }
}

/// A decision about a request.
pub fn decision(request_id: &str, allowed: bool) -> Decision {
    Decision {
        at: NOW,
        request_id: request_id.to_owned(),
        ip: "127.0.0.1".to_owned(),
        action: "InitiateAuth".to_owned(),
        pool: None,
        client: None,
        user: None,
        allowed,
        rule: "password".to_owned(),
        expected: None,
        got: None,
        fix: None,
    }
}

/// An HTTP API without routes.
pub fn api(account: &str, id: &str, created_at: Millis) -> Api {
    serde_json::from_value(serde_json::json!({
        "scope": {"account": account, "region": "us-east-1"},
        "apiId": id,
        "version": 1,
        "createdAt": created_at,
        "name": id,
        "apiKeySelectionExpression": "$request.header.x-api-key",
        "ipAddressType": "ipv4",
        "definition": {},
    }))
    .unwrap()
}

/// A pending file of five bytes that ends in one hour.
pub fn file(owner: &str, key: &str, created_at: Millis) -> FileRecord {
    FileRecord {
        key: key.to_owned(),
        file_name: key.to_owned(),
        content_type: "text/plain".to_owned(),
        size: 5,
        checksum_sha256: None,
        owner: owner.to_owned(),
        owner_name: owner.to_owned(),
        status: FileStatus::Pending,
        created_at,
        completed_at: None,
        expires_at: Some(NOW + HOUR),
        version: 1,
    }
}

/// A Python function with this code.
pub fn function(account: &str, name: &str, code: &str) -> Function {
    let scope = Scope { account: account.to_owned(), region: "us-east-1".to_owned() };
    Function {
        key: FunctionKey::new(&scope, name),
        settings: Settings::new("python3.12", "app.handler", "arn:aws:iam::000000000000:role/r"),
        sealed_environment: None,
        architecture: Architecture::default(),
        code: CodeFacts { sha256: code.to_owned(), size: 5 },
        tags: BTreeMap::new(),
        policy: Vec::new(),
        revision: "1".to_owned(),
        modified: NOW,
        version: 1,
    }
}

/// A remembered device whose sealed half is not a verifier.
pub fn device(user: &User, key: &str) -> Device {
    Device {
        pool: user.pool.clone(),
        sub: user.sub.clone(),
        key: key.to_owned(),
        name: None,
        salt: "5a17".to_owned(),
        sealed: vec![1, 2, 3],
        remembered: true,
        created: NOW,
        modified: NOW,
        authenticated: NOW,
        last_ip: "127.0.0.1".to_owned(),
    }
}

/// A passkey that verifies nothing.
pub fn passkey(user: &User, id: &str) -> Passkey {
    Passkey {
        pool: user.pool.clone(),
        sub: user.sub.clone(),
        id: id.to_owned(),
        name: "Passkey 1".to_owned(),
        relying_party: "example.com".to_owned(),
        attachment: None,
        transports: vec![],
        created: NOW,
        counter: 0,
        credential: serde_json::Value::Null,
    }
}

/// A new import job.
pub fn import_job(pool: &PoolId, id: &str) -> ImportJob {
    ImportJob {
        pool: pool.clone(),
        id: id.to_owned(),
        version: 1,
        name: "job".to_owned(),
        role_arn: "arn:aws:iam::000000000000:role/logs".to_owned(),
        algorithm: None,
        created: NOW,
        started: None,
        completed: None,
        status: ImportStatus::Created,
        imported: 0,
        skipped: 0,
        failed: 0,
        message: None,
        progress: Progress::default(),
    }
}
