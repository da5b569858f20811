//! The storage traits. [`Store`] is all of them together; backends implement each.
use crate::branding::UiCustomization;
use crate::client::AppClient;
use crate::devices::{Device, DeviceChange};
use crate::domain::Domain;
use crate::group::{Branding, Group, ResourceServer};
use crate::identity_provider::IdentityProvider;
use crate::ids::{ClientId, Millis, PoolId, Scope};
use crate::oauth::{AuthCode, LoginSession};
use crate::passkeys::Passkey;
use crate::pool::{AliasKind, UserPool};
use crate::ports::{Decision, ImportJobs};
use crate::terms::Terms;
use crate::threat::{AuthEvent, EventFeedback};
use crate::token::{Activity, RefreshToken, SignIn, SigningKeyRow};
use crate::user::User;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Shorthand.
pub type StoreResult<T> = Result<T, StoreError>;

/// All a storage act can fail with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No such row, or it has expired.
    #[error("not found")]
    NotFound,
    /// The row's version is not the one that was read.
    #[error("changed by somebody else")]
    Conflict,
    /// A name is taken.
    #[error("exists: {0:?}")]
    Exists(Taken),
    /// The backend cannot answer now.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// No room to write; reads go on.
    #[error("full")]
    Full,
}

/// Which name was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The key of the row itself.
    Key,
    /// The username.
    Username,
    /// An alias of this kind.
    Alias(AliasKind),
    /// The pool or client already has one (domain, branding).
    Owner,
    /// An `IdpIdentifier` of another provider of the pool, or an identity of another user.
    Identity,
}

/// A page of a list: rows after `after` (exclusive; the list's own key), at most `limit`.
#[derive(Clone, Debug)]
pub struct Page {
    /// Key of the last row already seen.
    pub after: Option<String>,
    /// At most so many rows.
    pub limit: usize,
}

/// All storage of this room.
pub trait Store:
    Pools
    + Clients
    + Domains
    + Groups
    + ResourceServers
    + Brandings
    + IdentityProviders
    + Users
    + Codes
    + Outbox
    + SignIns
    + Devices
    + Passkeys
    + Pending
    + LoginSessions
    + AuthCodes
    + Attempts
    + Decisions
    + ImportJobs
    + AuthEvents
    + TermsDocuments
{
}
impl<
    T: Pools
        + Clients
        + Domains
        + Groups
        + ResourceServers
        + Brandings
        + IdentityProviders
        + Users
        + Codes
        + Outbox
        + SignIns
        + Devices
        + Passkeys
        + Pending
        + LoginSessions
        + AuthCodes
        + Attempts
        + Decisions
        + ImportJobs
        + AuthEvents
        + TermsDocuments,
> Store for T
{
}

/// Pools and their signing keys. Every write appends to the `changes` sequence in the same act.
#[async_trait]
pub trait Pools: Send + Sync {
    /// Stores a new pool with its first keys. Exists(Key).
    async fn insert_pool(&self, now: Millis, pool: UserPool, keys: Vec<SigningKeyRow>) -> StoreResult<()>;
    /// NotFound.
    async fn pool(&self, id: PoolId) -> StoreResult<UserPool>;
    /// Replaces the pool if `pool.version` is the stored one; the new version is one higher and is returned. NotFound, Conflict.
    async fn replace_pool(&self, now: Millis, pool: UserPool) -> StoreResult<u64>;
    /// Removes the pool and everything in it (users, clients, groups, codes, sign-ins, keys ...). NotFound; Conflict while it has a domain.
    async fn delete_pool(&self, now: Millis, id: PoolId) -> StoreResult<()>;
    /// Pools of a scope, oldest first; `after` is a pool id.
    async fn list_pools(&self, scope: Scope, page: Page) -> StoreResult<Vec<UserPool>>;
    /// The signing keys of a pool, in any state.
    async fn signing_keys(&self, pool: PoolId) -> StoreResult<Vec<SigningKeyRow>>;
    /// Replaces the key set of a pool in one act (rotation). NotFound when the pool is gone.
    async fn replace_signing_keys(&self, now: Millis, pool: PoolId, keys: Vec<SigningKeyRow>) -> StoreResult<()>;
    /// Ids of the pools of all scopes, in order, after one.
    async fn pool_ids(&self, after: Option<PoolId>, limit: usize) -> StoreResult<Vec<PoolId>>;
    /// Control-plane changes after `seq`, oldest first: what snapshots follow. Old ones are not kept for ever: NotFound when there were others
    /// after `seq` that are gone, so that what follows from them must be read anew.
    async fn changes(&self, after_seq: u64, limit: usize) -> StoreResult<Vec<Change>>;
    /// The position of the newest change, 0 when nothing was ever written.
    async fn changes_head(&self) -> StoreResult<u64>;
}

/// One control-plane write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Position in the sequence, rising.
    pub seq: u64,
    /// `pool`, `keys`, `client`, `domain`, `group`, `resource-server`, `branding`, `identity-provider`, `api`.
    pub kind: String,
    /// The pool or API id it concerns.
    pub subject: String,
    /// When.
    pub at: Millis,
}

/// App clients.
#[async_trait]
pub trait Clients: Send + Sync {
    /// NotFound when the pool is gone, Exists(Key).
    async fn insert_client(&self, now: Millis, client: AppClient) -> StoreResult<()>;
    /// By id alone: client ids are unique over all pools. NotFound.
    async fn client(&self, id: ClientId) -> StoreResult<AppClient>;
    /// As `replace_pool`.
    async fn replace_client(&self, now: Millis, client: AppClient) -> StoreResult<u64>;
    /// Removes the client with its sign-ins, codes and branding. NotFound.
    async fn delete_client(&self, now: Millis, pool: PoolId, id: ClientId) -> StoreResult<()>;
    /// Clients of a pool, oldest first; `after` is a client id.
    async fn list_clients(&self, pool: PoolId, page: Page) -> StoreResult<Vec<AppClient>>;
}

/// Login domains.
#[async_trait]
pub trait Domains: Send + Sync {
    /// Exists(Key) when the name is taken, Exists(Owner) when the pool already has a domain of that kind (prefix or custom).
    async fn insert_domain(&self, now: Millis, domain: Domain) -> StoreResult<()>;
    /// By name (prefix or whole custom host). NotFound.
    async fn domain(&self, name: String) -> StoreResult<Domain>;
    /// As `replace_pool`.
    async fn replace_domain(&self, now: Millis, domain: Domain) -> StoreResult<u64>;
    /// NotFound.
    async fn delete_domain(&self, now: Millis, pool: PoolId, name: String) -> StoreResult<()>;
    /// The domains of a pool (at most a handful).
    async fn domains_of(&self, pool: PoolId) -> StoreResult<Vec<Domain>>;
}

/// Groups and membership.
#[async_trait]
pub trait Groups: Send + Sync {
    /// Exists(Key); NotFound when the pool is gone.
    async fn insert_group(&self, now: Millis, group: Group) -> StoreResult<()>;
    /// NotFound.
    async fn group(&self, pool: PoolId, name: String) -> StoreResult<Group>;
    /// As `replace_pool`.
    async fn replace_group(&self, now: Millis, group: Group) -> StoreResult<u64>;
    /// Removes the group and its membership. NotFound.
    async fn delete_group(&self, now: Millis, pool: PoolId, name: String) -> StoreResult<()>;
    /// By name; `after` is a group name.
    async fn list_groups(&self, pool: PoolId, page: Page) -> StoreResult<Vec<Group>>;
    /// Idempotent. NotFound when group or user is gone.
    async fn add_to_group(&self, now: Millis, pool: PoolId, group: String, sub: String) -> StoreResult<()>;
    /// Idempotent.
    async fn remove_from_group(&self, now: Millis, pool: PoolId, group: String, sub: String) -> StoreResult<()>;
    /// All groups of a user, strongest precedence first, then by name.
    async fn groups_of(&self, pool: PoolId, sub: String) -> StoreResult<Vec<Group>>;
    /// Members, by sub; `after` is a sub.
    async fn users_in_group(&self, pool: PoolId, group: String, page: Page) -> StoreResult<Vec<User>>;
}

/// Resource servers.
#[async_trait]
pub trait ResourceServers: Send + Sync {
    /// Exists(Key).
    async fn insert_resource_server(&self, now: Millis, server: ResourceServer) -> StoreResult<()>;
    /// NotFound.
    async fn resource_server(&self, pool: PoolId, identifier: String) -> StoreResult<ResourceServer>;
    /// As `replace_pool`.
    async fn replace_resource_server(&self, now: Millis, server: ResourceServer) -> StoreResult<u64>;
    /// NotFound.
    async fn delete_resource_server(&self, now: Millis, pool: PoolId, identifier: String) -> StoreResult<()>;
    /// By identifier; `after` is an identifier.
    async fn list_resource_servers(&self, pool: PoolId, page: Page) -> StoreResult<Vec<ResourceServer>>;
}

/// Managed-login branding styles and UI customizations.
#[async_trait]
pub trait Brandings: Send + Sync {
    /// Exists(Owner) when the client already has one.
    async fn insert_branding(&self, now: Millis, branding: Branding) -> StoreResult<()>;
    /// NotFound.
    async fn branding(&self, pool: PoolId, id: String) -> StoreResult<Branding>;
    /// NotFound.
    async fn branding_of_client(&self, pool: PoolId, client: ClientId) -> StoreResult<Branding>;
    /// As `replace_pool`.
    async fn replace_branding(&self, now: Millis, branding: Branding) -> StoreResult<u64>;
    /// NotFound.
    async fn delete_branding(&self, now: Millis, pool: PoolId, id: String) -> StoreResult<()>;
    /// Inserts or replaces. NotFound when the pool is gone.
    async fn put_ui_customization(&self, now: Millis, ui: UiCustomization) -> StoreResult<()>;
    /// Of a client, or of `ALL`. NotFound.
    async fn ui_customization(&self, pool: PoolId, client: ClientId) -> StoreResult<UiCustomization>;
    /// Removes it, if it is there.
    async fn delete_ui_customization(&self, now: Millis, pool: PoolId, client: ClientId) -> StoreResult<()>;
    /// A text that changes with every change of the client's branding, of its UI customization and of that of `ALL`.
    async fn brand_mark(&self, pool: PoolId, client: ClientId) -> StoreResult<String>;
}

/// Identity providers.
#[async_trait]
pub trait IdentityProviders: Send + Sync {
    /// Exists(Key) for the name, Exists(Identity) for an identifier of another provider; NotFound when the pool is gone.
    async fn insert_identity_provider(&self, now: Millis, provider: IdentityProvider) -> StoreResult<()>;
    /// NotFound.
    async fn identity_provider(&self, pool: PoolId, name: String) -> StoreResult<IdentityProvider>;
    /// The provider that has the identifier. NotFound.
    async fn identity_provider_by_identifier(&self, pool: PoolId, identifier: String) -> StoreResult<IdentityProvider>;
    /// As `replace_pool`; also Exists(Identity).
    async fn replace_identity_provider(&self, now: Millis, provider: IdentityProvider) -> StoreResult<u64>;
    /// Removes the provider; its users stay. NotFound.
    async fn delete_identity_provider(&self, now: Millis, pool: PoolId, name: String) -> StoreResult<()>;
    /// By name; `after` is a name.
    async fn list_identity_providers(&self, pool: PoolId, page: Page) -> StoreResult<Vec<IdentityProvider>>;
}

/// Users.
#[async_trait]
pub trait Users: Send + Sync {
    /// Username, sub and aliases are names of one space: a value that is another user's name of any kind is refused. Exists(Username),
    /// Exists(Key) (the sub), Exists(Alias(kind)) or Exists(Identity), of the name that was to be taken: decided by database constraints,
    /// so two at once cannot both succeed.
    async fn insert_user(&self, now: Millis, user: User) -> StoreResult<()>;
    /// As `insert_user`, but aliases move as for `replace_user_taking_aliases`.
    async fn insert_user_taking_aliases(&self, now: Millis, user: User) -> StoreResult<()>;
    /// By any name as compared: username, sub or alias. NotFound.
    async fn find_user(&self, pool: PoolId, name: String) -> StoreResult<User>;
    /// NotFound.
    async fn user(&self, pool: PoolId, sub: String) -> StoreResult<User>;
    /// The user who has that identity (see `Identity`). NotFound.
    async fn user_by_identity(
        &self,
        pool: PoolId,
        provider: String,
        attribute: String,
        value: String,
    ) -> StoreResult<User>;
    /// Replaces the user if `user.version` is the stored one; returns the new version. NotFound, Conflict, Exists(Alias).
    async fn replace_user(&self, now: Millis, user: User) -> StoreResult<u64>;
    /// As `replace_user`, but aliases that others hold as the same kind move here: they lose the alias and their `<contact>_verified`
    /// becomes `false`. Usernames and subs never move: Exists(Alias).
    async fn replace_user_taking_aliases(&self, now: Millis, user: User) -> StoreResult<u64>;
    /// Removes the user with membership, codes, sign-ins and login sessions. NotFound.
    async fn delete_user(&self, now: Millis, pool: PoolId, sub: String) -> StoreResult<()>;
    /// Users that pass the filter, in the filter attribute's order (creation order without filter). `after` is the cursor of the last row.
    async fn list_users(
        &self,
        pool: PoolId,
        filter: Option<UserFilter>,
        page: Page,
    ) -> StoreResult<Vec<(User, String)>>;
    /// How many users the pool has; constant time.
    async fn count_users(&self, pool: PoolId) -> StoreResult<u64>;
}

/// `ListUsers`' filter, parsed (spec H.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserFilter {
    /// `username`, `email`, `phone_number`, `name`, `given_name`, `family_name`, `preferred_username`, `cognito:user_status`, `status` or `sub`.
    pub attribute: String,
    /// `^=` instead of `=`.
    pub prefix: bool,
    /// The value sought.
    pub value: String,
}

/// What a confirmation code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CodePurpose {
    /// ConfirmSignUp.
    SignUp,
    /// ConfirmForgotPassword.
    ForgotPassword,
    /// VerifyUserAttribute for the e-mail address.
    VerifyEmail,
    /// VerifyUserAttribute for the phone number.
    VerifyPhone,
}

/// A confirmation code at rest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Code {
    /// The pool.
    pub pool: PoolId,
    /// Whose.
    pub sub: String,
    /// For what; a new code of the same purpose replaces the earlier one.
    pub purpose: CodePurpose,
    /// SHA-256 over (pool, sub, purpose, code): six digits alone would be found by trying.
    /// Keyed by the key ring's pepper, which is not in the database.
    #[serde(with = "crate::base64_bytes")]
    pub hash: [u8; 32],
    /// Where it went, as a contact attribute name (`email`, `phone_number`).
    pub attribute: String,
    /// End of life.
    pub expires_at: Millis,
}

/// What redeeming a code gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// Right, and used up.
    Yes,
    /// There is a code, but another one; it stays.
    Mismatch,
    /// None asked for, or expired.
    Absent,
}

/// Confirmation codes.
#[async_trait]
pub trait Codes: Send + Sync {
    /// Stores the code in place of an earlier one of the same purpose, and the message that carries it as [`Outbox::put_message`] does: one act.
    async fn put_code(&self, now: Millis, code: Code, message: Queued) -> StoreResult<()>;
    /// The live code of that purpose. NotFound.
    async fn code(&self, now: Millis, pool: PoolId, sub: String, purpose: CodePurpose) -> StoreResult<Code>;
    /// In one act: takes the code if the hash is right and replaces the user (version checked). On Mismatch, Absent or Conflict nothing happens.
    /// `taking_aliases` as in `replace_user_taking_aliases`. Of 32 at once exactly one gets `Yes`.
    async fn redeem_code(
        &self,
        now: Millis,
        purpose: CodePurpose,
        hash: [u8; 32],
        user: User,
        taking_aliases: bool,
    ) -> StoreResult<Redeemed>;
}

/// A message on its way out, at rest.
#[derive(Clone, Debug)]
pub struct Queued {
    /// The key.
    pub id: String,
    /// The pool it comes from.
    pub pool: PoolId,
    /// Whom it concerns; `None` for the made-up message that an absent user costs.
    pub sub: Option<String>,
    /// What it is for; a new message of the same user and topic takes the place of those that still wait.
    pub topic: String,
    /// Attempts that failed.
    pub attempts: u32,
    /// When it is to be tried (again). Until then it belongs to whoever stored or claimed it.
    pub due_at: Millis,
    /// Nobody needs it after this: the end of what it carries.
    pub expires_at: Millis,
    /// [`Message`](crate::ports::Message), sealed by the key ring with ("outbox", id) as associated data.
    pub sealed: Vec<u8>,
}

/// Messages on their way out (spec C.17). They leave in the background; what is stored here survives a crash.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Stores a message in place of those of its user and topic that still wait. NotFound when the user is gone. When too many wait, one about
    /// nobody makes room, and without such a one it is Unavailable, for everybody alike.
    async fn put_message(&self, now: Millis, message: Queued) -> StoreResult<()>;
    /// Stores a message about nobody and sets a mark that [`SignIns::spend`] finds until then, also where it was set before, as a new code
    /// replaces the earlier one's end: one act that costs what [`Codes::put_code`] costs.
    async fn put_simulated(
        &self,
        now: Millis,
        mark: [u8; 32],
        marked_until: Millis,
        message: Queued,
    ) -> StoreResult<()>;
    /// Whether a message still waits: it has not ended, no newer one has taken its place, and its user is still there.
    async fn has_message(&self, id: String) -> StoreResult<bool>;
    /// Takes at most `limit` live messages that are due; they are due again at `until`. Of many at once each message goes to one.
    async fn claim_messages(&self, now: Millis, until: Millis, limit: usize) -> StoreResult<Vec<Queued>>;
    /// Counts a failed attempt; the next is due then. A message that is gone is fine.
    async fn retry_message(&self, now: Millis, id: String, due_at: Millis) -> StoreResult<()>;
    /// Removes a message: delivered, or given up. Idempotent.
    async fn end_message(&self, now: Millis, id: String) -> StoreResult<()>;
}

/// What rotating a refresh token gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// The new token stands; the old one works until its grace ends.
    Yes,
    /// The old one had been replaced and its grace is over: the whole family was revoked in this same act.
    Reused,
    /// Unknown, expired, or its sign-in has been revoked.
    Absent,
}

/// Sessions that end together.
#[derive(Clone, Debug, Default)]
pub struct EndedSessions {
    /// Sign-ins, by `origin_jti`.
    pub sign_ins: Vec<String>,
    /// Login sessions.
    pub logins: Vec<EndedLogin>,
}

/// A login session that ends, with the codes that came through it and still wait.
#[derive(Clone, Debug)]
pub struct EndedLogin {
    /// Its key.
    pub hash: [u8; 32],
    /// Its id, by which codes and sign-ins name it.
    pub id: String,
    /// The sign-ins that came through it end too.
    pub with_sign_ins: bool,
}

/// Sign-ins, refresh tokens, and the marks of what may be used once.
#[async_trait]
pub trait SignIns: Send + Sync {
    /// Opens a sign-in with its first refresh token; clears the failures counted under `clears`. One act, which looks at the user again:
    /// Conflict, and nothing is stored, unless they are as the sign-in found them ([`User::admits`] the stamp). NotFound when they are gone.
    async fn open_sign_in(
        &self,
        now: Millis,
        sign_in: SignIn,
        stamp: String,
        refresh: Option<RefreshToken>,
        clears: Option<String>,
    ) -> StoreResult<()>;
    /// NotFound when absent or expired; revoked ones are found.
    async fn sign_in(&self, now: Millis, origin_jti: String) -> StoreResult<SignIn>;
    /// The token and its sign-in. NotFound when absent or expired; replaced and revoked ones are found, the rows say so.
    async fn refresh_token(&self, now: Millis, hash: [u8; 32]) -> StoreResult<(RefreshToken, SignIn)>;
    /// Replaces `old` by `new` in one act, `grace` milliseconds of further use allowed. Of 32 at once with grace 0 exactly one gets `Yes`, and any other revokes the family.
    async fn rotate_refresh_token(
        &self,
        now: Millis,
        old: [u8; 32],
        new: RefreshToken,
        grace: Millis,
    ) -> StoreResult<Rotated>;
    /// Revokes one sign-in. Idempotent; unknown ones are fine.
    async fn revoke_sign_in(&self, now: Millis, origin_jti: String) -> StoreResult<()>;
    /// GlobalSignOut: revokes every sign-in of the user and sets `signed_out_at`, in one act. NotFound when the user is gone.
    async fn sign_out_user(&self, now: Millis, pool: PoolId, sub: String) -> StoreResult<()>;
    /// The live sign-ins of a user, newest first; `after` is an origin_jti.
    async fn list_sign_ins(&self, now: Millis, pool: PoolId, sub: String, page: Page) -> StoreResult<Vec<SignIn>>;
    /// Notes the last use of a sign-in. Idempotent; unknown ones are fine.
    async fn touch_sign_in(&self, now: Millis, origin_jti: String, active: Activity) -> StoreResult<()>;
    /// Revokes the user's live sign-ins but for the `most` that were used last.
    async fn keep_sign_ins(&self, now: Millis, pool: PoolId, sub: String, most: u32) -> StoreResult<()>;
    /// Ends sessions of a user in one act. Idempotent; what is not the user's stays.
    async fn end_sessions(&self, now: Millis, pool: PoolId, sub: String, ended: EndedSessions) -> StoreResult<()>;
    /// Marks something as used (a `Session`, a SECRET_BLOCK). True for the first caller only; the mark ends at `expires_at`.
    async fn spend(&self, now: Millis, id: [u8; 32], expires_at: Millis) -> StoreResult<bool>;
}

/// Remembered devices.
#[async_trait]
pub trait Devices: Send + Sync {
    /// Exists(Key) when the user has a device of that key, Conflict when `forgotten` is marked (see `delete_device`), NotFound when the user is
    /// gone.
    async fn insert_device(&self, now: Millis, device: Device, forgotten: [u8; 32]) -> StoreResult<()>;
    /// NotFound.
    async fn device(&self, pool: PoolId, sub: String, key: String) -> StoreResult<Device>;
    /// One change in one act. NotFound.
    async fn change_device(
        &self,
        now: Millis,
        pool: PoolId,
        sub: String,
        key: String,
        change: DeviceChange,
    ) -> StoreResult<()>;
    /// Removes the device and sets the mark until then, in one act. NotFound.
    async fn delete_device(&self, pool: PoolId, sub: String, key: String, mark: ([u8; 32], Millis)) -> StoreResult<()>;
    /// A user's devices by key; `after` is a key.
    async fn list_devices(&self, pool: PoolId, sub: String, page: Page) -> StoreResult<Vec<Device>>;
}

/// Passkeys.
#[async_trait]
pub trait Passkeys: Send + Sync {
    /// Exists(Key) when anybody in the pool has that credential, Full when the user has `most` of them, NotFound when the user is gone.
    async fn insert_passkey(&self, now: Millis, passkey: Passkey, most: usize) -> StoreResult<()>;
    /// All of a user, oldest first.
    async fn passkeys_of(&self, pool: PoolId, sub: String) -> StoreResult<Vec<Passkey>>;
    /// Notes a use: the stored credential gives way to this one if its counter is still the one that was read. Conflict, NotFound.
    async fn use_passkey(&self, now: Millis, passkey: Passkey, counter_read: u32) -> StoreResult<()>;
    /// NotFound.
    async fn delete_passkey(&self, pool: PoolId, sub: String, id: String) -> StoreResult<()>;
}

/// What waits for a single answer.
#[async_trait]
pub trait Pending: Send + Sync {
    /// Keeps something until it is taken or ends; an earlier one under the key gives way.
    async fn put_pending(&self, now: Millis, key: [u8; 32], kept: Vec<u8>, expires_at: Millis) -> StoreResult<()>;
    /// Takes it: of many at once exactly one gets it.
    async fn take_pending(&self, now: Millis, key: [u8; 32]) -> StoreResult<Option<Vec<u8>>>;
}

/// So many managed-login sessions a user may have: more than anybody's browsers need, few enough to look through.
pub const LOGIN_SESSIONS: usize = 500;

/// Managed-login sessions.
#[async_trait]
pub trait LoginSessions: Send + Sync {
    /// Stores a new one, if the user still [admits](User::admits) its stamp, else Conflict. NotFound when they are gone. Of more than
    /// [`LOGIN_SESSIONS`] the oldest end.
    async fn insert_login_session(&self, now: Millis, session: LoginSession) -> StoreResult<()>;
    /// NotFound when absent or expired.
    async fn login_session(&self, now: Millis, hash: [u8; 32]) -> StoreResult<LoginSession>;
    /// Those of a user that have not expired, newest first.
    async fn list_login_sessions(
        &self,
        now: Millis,
        pool: PoolId,
        sub: String,
        limit: usize,
    ) -> StoreResult<Vec<LoginSession>>;
    /// Idempotent.
    async fn end_login_session(&self, now: Millis, hash: [u8; 32]) -> StoreResult<()>;
    /// Ends all of a user (password change by an admin, disable, delete).
    async fn end_login_sessions_of(&self, now: Millis, pool: PoolId, sub: String) -> StoreResult<()>;
}

/// What redeeming an authorization code gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeRedeemed {
    /// The sign-in and the refresh token stand.
    Yes,
    /// It had been redeemed before: the family it opened was revoked in this same act.
    Reused,
    /// Unknown or expired.
    Absent,
}

/// Authorization codes.
#[async_trait]
pub trait AuthCodes: Send + Sync {
    /// Stores a new one, if the user still [admits](User::admits) its stamp, else Conflict. NotFound when they are gone.
    async fn insert_auth_code(&self, now: Millis, code: AuthCode) -> StoreResult<()>;
    /// Reads it without using it up, to check its bindings. NotFound when absent or expired; redeemed ones are found.
    async fn auth_code(&self, now: Millis, hash: [u8; 32]) -> StoreResult<AuthCode>;
    /// Redeems in one act: marks it used and opens the sign-in with its refresh token; a second redemption revokes that family instead.
    /// Conflict, and the code stays, when the user does not [admit](User::admits) its stamp any more.
    async fn redeem_auth_code(
        &self,
        now: Millis,
        hash: [u8; 32],
        sign_in: SignIn,
        refresh: Option<RefreshToken>,
    ) -> StoreResult<CodeRedeemed>;
}

/// The lockout curve of spec C.15, as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockoutPolicy {
    /// Failures that cost nothing.
    pub free: u32,
    /// The n-th failure beyond locks for `2^(n - free)` times this long.
    pub unit: Millis,
    /// The longest lock.
    pub cap: Millis,
    /// Without attempts for this long, the count starts anew.
    pub forget_after: Millis,
}

/// Whether an attempt may go ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Go ahead; the attempt is already counted (so parallel guesses cannot slip through) and is cleared by success.
    Allowed {
        /// Attempts counted, this one included.
        count: u32,
    },
    /// Refused until then; not counted, the lock is not extended.
    Locked {
        /// End of the lock.
        until: Millis,
    },
}

/// Guessing brakes.
#[async_trait]
pub trait Attempts: Send + Sync {
    /// Counts an attempt under `key` in one act, unless the key is locked.
    async fn begin_attempt(&self, now: Millis, key: String, policy: LockoutPolicy) -> StoreResult<Attempt>;
    /// Forgets the attempts under `key`.
    async fn clear_attempts(&self, now: Millis, key: String) -> StoreResult<()>;
    /// Counts a use under `key` within a window that starts with the first use; returns the count including this one.
    async fn count_use(&self, now: Millis, key: String, window: Millis) -> StoreResult<u32>;
}

/// The bounded table of decisions.
#[async_trait]
pub trait Decisions: Send + Sync {
    /// Appends; the oldest beyond the bound go.
    async fn append_decisions(&self, now: Millis, decisions: Vec<Decision>) -> StoreResult<()>;
    /// The decisions of one request, oldest first.
    async fn decisions_of(&self, request_id: String) -> StoreResult<Vec<Decision>>;
    /// The newest decisions, newest first; only refusals when asked.
    async fn latest_decisions(&self, refused_only: bool, limit: usize) -> StoreResult<Vec<Decision>>;
}

/// What users of protected pools did.
#[async_trait]
pub trait AuthEvents: Send + Sync {
    /// Appends, or [continues](AuthEvent::followed_by) an event of that id; of each user the newest stay,
    /// failures and others each within their own bound. Events about nobody are dropped.
    /// Tells of each event in turn whether it was about somebody.
    async fn append_auth_events(&self, now: Millis, events: Vec<AuthEvent>) -> StoreResult<Vec<bool>>;
    /// A user's events, newest first; `after` is an id.
    async fn list_auth_events(&self, pool: PoolId, sub: String, page: Page) -> StoreResult<Vec<AuthEvent>>;
    /// NotFound.
    async fn set_auth_event_feedback(
        &self,
        now: Millis,
        pool: PoolId,
        sub: String,
        id: String,
        feedback: EventFeedback,
    ) -> StoreResult<()>;
}

/// Terms documents.
#[async_trait]
pub trait TermsDocuments: Send + Sync {
    /// Exists when the client has one of that name; NotFound when pool or client are gone.
    async fn insert_terms(&self, now: Millis, terms: Terms) -> StoreResult<()>;
    /// NotFound.
    async fn terms(&self, pool: PoolId, id: String) -> StoreResult<Terms>;
    /// All of a client: one of each name.
    async fn terms_of_client(&self, pool: PoolId, client: ClientId) -> StoreResult<Vec<Terms>>;
    /// As `replace_pool`; also Exists, when the client has another of the new name.
    async fn replace_terms(&self, now: Millis, terms: Terms) -> StoreResult<u64>;
    /// NotFound.
    async fn delete_terms(&self, now: Millis, pool: PoolId, id: String) -> StoreResult<()>;
    /// By id; `after` is an id.
    async fn list_terms(&self, pool: PoolId, page: Page) -> StoreResult<Vec<Terms>>;
}
