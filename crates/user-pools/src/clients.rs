//! What operators do with app clients: the rules of CreateUserPoolClient and UpdateUserPoolClient (spec B.2), secrets, validity.
use crate::client::{AppClient, ClientSecret, ClientSettings};
use crate::error::{Error, ErrorKind, Result};
use crate::federation::OWN_USERS;
use crate::ids::{ClientId, Millis, PoolId, fresh_secret};
use crate::messages;
use crate::pool::{UserPool, keep};
use crate::ports::{Page, StoreError, Taken};
use crate::service::UserPools;
use zeroize::Zeroizing;

/// The scopes every pool knows.
pub const STANDARD_SCOPES: [&str; 5] = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];

/// Names that came before the `ALLOW_` ones; the two kinds do not mix.
const LEGACY_FLOWS: [&str; 3] = ["ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"];
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl ClientSettings {
    /// Life of access tokens, in seconds.
    pub fn access_token_seconds(&self) -> u64 {
        let unit = self.validity_units.as_ref().and_then(|units| units.access_token.as_deref());
        self.access_token_validity
            .filter(|count| *count > 0)
            .map_or(HOUR, |count| seconds(count, unit.unwrap_or("hours")))
    }

    /// Life of ID tokens, in seconds.
    pub fn id_token_seconds(&self) -> u64 {
        let unit = self.validity_units.as_ref().and_then(|units| units.id_token.as_deref());
        self.id_token_validity.filter(|count| *count > 0).map_or(HOUR, |count| seconds(count, unit.unwrap_or("hours")))
    }

    /// Life of refresh tokens, in seconds; 0 and unset are 30 days.
    pub fn refresh_token_seconds(&self) -> u64 {
        let unit = self.validity_units.as_ref().and_then(|units| units.refresh_token.as_deref());
        self.refresh_token_validity
            .filter(|count| *count > 0)
            .map_or(30 * DAY, |count| seconds(count, unit.unwrap_or("days")))
    }

    /// Life of a `Session` string, in seconds.
    pub fn auth_session_seconds(&self) -> u64 {
        u64::from(self.auth_session_minutes.unwrap_or(3)) * MINUTE
    }

    /// Whether `PreventUserExistenceErrors` is ENABLED.
    pub fn hides_users(&self) -> bool {
        self.prevent_user_existence_errors.as_deref() == Some("ENABLED")
    }

    /// Whether refresh tokens rotate.
    pub fn rotates(&self) -> bool {
        self.rotation.is_some_and(|rotation| rotation.enabled)
    }
}

fn seconds(count: u32, unit: &str) -> u64 {
    let unit = match unit {
        "seconds" => 1,
        "minutes" => MINUTE,
        "hours" => HOUR,
        _ => DAY,
    };
    u64::from(count) * unit
}

/// The secret a new client gets.
#[derive(Clone, Debug, Default)]
pub enum NewSecret {
    /// None: a public client.
    #[default]
    None,
    /// A generated one.
    Generate,
    /// The operator's own.
    Given(Zeroizing<String>),
}

impl UserPools {
    /// CreateUserPoolClient. InvalidParameter, InvalidOAuthFlow, ScopeDoesNotExist.
    pub async fn create_client(
        &self,
        now: Millis,
        pool: &UserPool,
        settings: ClientSettings,
        secret: NewSecret,
    ) -> Result<AppClient> {
        self.check_client(pool, &settings, !matches!(secret, NewSecret::None)).await?;
        loop {
            let mut client = AppClient {
                pool: pool.id.clone(),
                id: ClientId::fresh(&*self.random),
                version: 1,
                created: now,
                modified: now,
                secrets: Vec::new(),
                settings: settings.clone(),
            };
            client.secrets = self.new_secrets(now, &client, &secret);
            match self.store.insert_client(now, client.clone()).await {
                Ok(()) => return Ok(client),
                Err(StoreError::Exists(Taken::Key)) => {}
                Err(StoreError::NotFound) => return Err(messages::pool_does_not_exist(&pool.id)),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn new_secrets(&self, now: Millis, client: &AppClient, secret: &NewSecret) -> Vec<ClientSecret> {
        let text = match secret {
            NewSecret::None => return Vec::new(),
            NewSecret::Generate => fresh_secret(&*self.random),
            NewSecret::Given(text) => text.clone(),
        };
        vec![self.seal_client_secret(now, client, &text)]
    }

    /// The client of a pool. ResourceNotFound, also when it is another pool's.
    pub async fn client_of(&self, pool: &PoolId, id: &ClientId) -> Result<AppClient> {
        let client = self.client(id).await?;
        if client.pool == *pool {
            Ok(client)
        } else {
            Err(messages::client_does_not_exist(id).because("it belongs to another pool"))
        }
    }

    /// The client by id alone. ResourceNotFound.
    pub async fn client(&self, id: &ClientId) -> Result<AppClient> {
        self.store.client(id.clone()).await.map_err(|error| missing_client(error, id))
    }

    /// UpdateUserPoolClient: replaces every setting (spec B 1); secrets stay, and so does what operations of their own govern.
    pub async fn update_client(
        &self,
        now: Millis,
        pool: &UserPool,
        id: &ClientId,
        settings: ClientSettings,
    ) -> Result<AppClient> {
        loop {
            let stored = self.client_of(&pool.id, id).await?;
            self.check_client(pool, &settings, !stored.secrets.is_empty()).await?;
            let mut settings = settings.clone();
            keep(&stored.settings.documents, &mut settings.documents, &crate::client::GOVERNED_ELSEWHERE);
            if let Some(client) = self.try_replace_client(now, AppClient { settings, ..stored }).await? {
                return Ok(client);
            }
        }
    }

    /// What another operation governs: read, change, replace; again when somebody else was quicker.
    pub(crate) async fn change_client(
        &self,
        now: Millis,
        pool: &UserPool,
        id: &ClientId,
        change: impl Fn(&mut ClientSettings) -> Result<()> + Send + Sync,
    ) -> Result<AppClient> {
        loop {
            let mut stored = self.client_of(&pool.id, id).await?;
            change(&mut stored.settings)?;
            if let Some(client) = self.try_replace_client(now, stored).await? {
                return Ok(client);
            }
        }
    }

    /// `None`: somebody else was quicker.
    async fn try_replace_client(&self, now: Millis, client: AppClient) -> Result<Option<AppClient>> {
        let next = AppClient { modified: now, ..client };
        match self.store.replace_client(now, next.clone()).await {
            Ok(version) => Ok(Some(AppClient { version, ..next })),
            Err(StoreError::Conflict) => Ok(None),
            Err(error) => Err(missing_client(error, &next.id)),
        }
    }

    /// DeleteUserPoolClient. ResourceNotFound.
    pub async fn delete_client(&self, now: Millis, pool: &PoolId, id: &ClientId) -> Result<()> {
        self.client_of(pool, id).await?;
        self.store.delete_client(now, pool.clone(), id.clone()).await.map_err(|error| missing_client(error, id))
    }

    /// ListUserPoolClients.
    pub async fn clients(&self, pool: PoolId, page: Page) -> Result<Vec<AppClient>> {
        Ok(self.store.list_clients(pool, page).await?)
    }

    async fn check_client(&self, pool: &UserPool, settings: &ClientSettings, has_secret: bool) -> Result<()> {
        check_flows(settings)?;
        check_validity(settings)?;
        check_oauth(settings, has_secret)?;
        check_urls(settings)?;
        check_attributes(pool, settings)?;
        self.check_providers(pool, settings).await?;
        self.check_scopes(pool, settings).await
    }

    /// Every provider of the client is the pool's own users or exists.
    async fn check_providers(&self, pool: &UserPool, settings: &ClientSettings) -> Result<()> {
        for name in settings.identity_providers.iter().flatten().filter(|name| *name != OWN_USERS) {
            match self.store.identity_provider(pool.id.clone(), name.clone()).await {
                Ok(_) => {}
                Err(StoreError::NotFound) => {
                    return Err(Error::invalid(format!(
                        "The provider {name} does not exist for User Pool {}.",
                        pool.id
                    )));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Every scope of the client is a standard one or stands in a resource server.
    async fn check_scopes(&self, pool: &UserPool, settings: &ClientSettings) -> Result<()> {
        for scope in settings.oauth_scopes.iter().filter(|scope| !STANDARD_SCOPES.contains(&scope.as_str())) {
            let known = match scope.rsplit_once('/') {
                None => false,
                Some((server, name)) => match self.store.resource_server(pool.id.clone(), server.to_owned()).await {
                    Ok(server) => server.scopes.iter().any(|(known, _)| known == name),
                    Err(StoreError::NotFound) => false,
                    Err(error) => return Err(error.into()),
                },
            };
            if !known {
                return Err(Error::new(ErrorKind::ScopeDoesNotExist, format!("Invalid scope requested: {scope}")));
            }
        }
        Ok(())
    }
}

pub(crate) fn missing_client(error: StoreError, id: &ClientId) -> Error {
    if error == StoreError::NotFound { messages::client_does_not_exist(id) } else { error.into() }
}

fn check_flows(settings: &ClientSettings) -> Result<()> {
    let Some(flows) = &settings.auth_flows else { return Ok(()) };
    let legacy = flows.iter().filter(|flow| LEGACY_FLOWS.contains(&flow.as_str())).count();
    if legacy > 0 && legacy < flows.len() {
        return Err(Error::invalid(
            "Invalid parameter: ExplicitAuthFlows. The legacy values cannot be combined with values that begin with ALLOW_.",
        ));
    }
    if settings.rotates() && flows.iter().any(|flow| flow == "ALLOW_REFRESH_TOKEN_AUTH") {
        return Err(Error::invalid(
            "Refresh token rotation cannot be enabled together with the auth flow ALLOW_REFRESH_TOKEN_AUTH.",
        ));
    }
    Ok(())
}

fn check_validity(settings: &ClientSettings) -> Result<()> {
    let (access, id, refresh) =
        (settings.access_token_seconds(), settings.id_token_seconds(), settings.refresh_token_seconds());
    let short = 5 * MINUTE..=DAY;
    let long = HOUR..=3_650 * DAY;
    if !short.contains(&access) || !short.contains(&id) || !long.contains(&refresh) || refresh < access || refresh < id
    {
        return Err(messages::INVALID_TOKEN_VALIDITY);
    }
    if settings.rotation.is_some_and(|rotation| rotation.grace_seconds > 60) {
        return Err(Error::invalid("RetryGracePeriodSeconds must be between 0 and 60."));
    }
    match settings.auth_session_minutes {
        Some(minutes) if !(3..=15).contains(&minutes) => {
            Err(Error::invalid("AuthSessionValidity must be between 3 and 15."))
        }
        _ => Ok(()),
    }
}

fn check_oauth(settings: &ClientSettings, has_secret: bool) -> Result<()> {
    let flow = |name: &str| settings.oauth_flows.iter().any(|flow| flow == name);
    let refuse = |why: &'static str| Err(Error::new(ErrorKind::InvalidOAuthFlow, why));
    if flow("client_credentials") && (flow("code") || flow("implicit")) {
        return refuse("client_credentials flow can not be selected along with code flow or implicit flow");
    }
    if flow("client_credentials") && !has_secret {
        return refuse("client_credentials flow can not be selected if client does not have a client secret.");
    }
    if flow("client_credentials") && settings.oauth_scopes.iter().any(|scope| STANDARD_SCOPES.contains(&scope.as_str()))
    {
        return refuse("client_credentials flow can be selected only with custom scopes.");
    }
    if settings.oauth_enabled && settings.oauth_flows.is_empty() {
        return Err(Error::invalid(
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
        ));
    }
    if !settings.oauth_flows.is_empty() && settings.oauth_scopes.is_empty() {
        return Err(Error::invalid(
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
        ));
    }
    if settings.oauth_enabled && (flow("code") || flow("implicit")) && settings.callback_urls.is_empty() {
        return refuse("Please provide callback urls since code or implicit flow is selected.");
    }
    Ok(())
}

fn check_urls(settings: &ClientSettings) -> Result<()> {
    for url in settings.callback_urls.iter().chain(&settings.logout_urls) {
        check_url(url)?;
    }
    match &settings.default_redirect_uri {
        Some(uri) if !settings.callback_urls.contains(uri) => {
            Err(Error::invalid("DefaultRedirectURI is not in the CallbackURLs list."))
        }
        _ => Ok(()),
    }
}

/// https, http for this machine only, or an app's own scheme; never a fragment, never a scheme that runs script.
fn check_url(url: &str) -> Result<()> {
    let refuse = || {
        Err(Error::invalid(format!(
            "{url} is not an allowed redirect URL: https, http for localhost, or an app's own scheme, without fragment."
        )))
    };
    let Some((scheme, rest)) = url.split_once(':') else { return refuse() };
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let dangerous =
        ["javascript", "data", "vbscript", "file", "blob", "about"].contains(&scheme.to_ascii_lowercase().as_str());
    if !named || dangerous || url.contains('#') || url.bytes().any(|b| b <= b' ' || b == 0x7f) || rest.is_empty() {
        return refuse();
    }
    match scheme.to_ascii_lowercase().as_str() {
        "https" if rest.len() > 2 && rest.starts_with("//") => Ok(()),
        "http" if is_this_machine(rest) => Ok(()),
        "https" | "http" => refuse(),
        _ => Ok(()),
    }
}

/// `rest` is what follows the scheme's colon.
pub(crate) fn is_this_machine(rest: &str) -> bool {
    let host = rest.strip_prefix("//").unwrap_or("").split(['/', '?']).next().unwrap_or("");
    // `localhost:1@elsewhere` is a user's name and password at another machine.
    if host.contains('@') {
        return false;
    }
    let name =
        if host.starts_with('[') { host.split_inclusive(']').next() } else { host.split(':').next() }.unwrap_or("");
    matches!(name, "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost")
}

/// Read and write lists name attributes the pool has; attributes required at sign-up must be writable.
fn check_attributes(pool: &UserPool, settings: &ClientSettings) -> Result<()> {
    let known = |name: &String| pool.settings.schema.iter().any(|attribute| attribute.name == *name);
    let lists = settings.read_attributes.iter().chain(&settings.write_attributes).flatten();
    if let Some(unknown) = lists.into_iter().find(|name| !known(name)) {
        return Err(Error::invalid(format!(
            "Invalid read attributes specified while creating a client: {unknown} is not in the schema of the user pool."
        )));
    }
    let Some(writable) = &settings.write_attributes else { return Ok(()) };
    if let Some(fixed) = writable
        .iter()
        .find(|name| matches!(name.as_str(), "sub" | "email_verified" | "phone_number_verified" | "identities"))
    {
        return Err(Error::invalid(format!(
            "Invalid write attributes specified while creating a client: {fixed} cannot be written by a client."
        )));
    }
    let required = pool.settings.schema.iter().filter(|attribute| attribute.required && attribute.name != "sub");
    match required.into_iter().find(|attribute| !writable.contains(&attribute.name)) {
        Some(attribute) => Err(Error::invalid(format!(
            "Invalid write attributes specified while creating a client: the required attribute {} must be writable.",
            attribute.name
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Rotation, ValidityUnits};

    fn oauth(flows: &[&str], scopes: &[&str]) -> ClientSettings {
        let owned = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect();
        ClientSettings {
            oauth_enabled: true,
            oauth_flows: owned(flows),
            oauth_scopes: owned(scopes),
            callback_urls: vec!["https://app.example/cb".into()],
            ..Default::default()
        }
    }

    #[test]
    fn lives_follow_their_units_and_have_bounds() {
        let mut settings = ClientSettings::default();
        assert_eq!((settings.access_token_seconds(), settings.refresh_token_seconds()), (HOUR, 30 * DAY));
        settings.access_token_validity = Some(10);
        settings.validity_units = Some(ValidityUnits { access_token: Some("minutes".into()), ..Default::default() });
        assert_eq!(settings.access_token_seconds(), 600);
        assert!(check_validity(&settings).is_ok());
        settings.access_token_validity = Some(4);
        assert_eq!(check_validity(&settings).unwrap_err().message, "Invalid range for token validity.");
    }

    #[test]
    fn client_credentials_stands_alone_and_needs_a_secret() {
        assert_eq!(
            check_oauth(&oauth(&["client_credentials", "code"], &["a/b"]), true).unwrap_err().kind,
            ErrorKind::InvalidOAuthFlow
        );
        assert!(check_oauth(&oauth(&["client_credentials"], &["a/b"]), false).is_err());
        assert!(check_oauth(&oauth(&["client_credentials"], &["openid"]), true).is_err());
        assert!(check_oauth(&oauth(&["client_credentials"], &["a/b"]), true).is_ok());
    }

    #[test]
    fn redirect_urls_are_https_or_local_or_an_apps_own() {
        for good in [
            "https://a.example/cb",
            "http://localhost:3000/cb",
            "http://127.0.0.1/",
            "http://[::1]:3/x",
            "myapp://cb",
            "com.example.app:/cb",
        ] {
            assert!(check_url(good).is_ok(), "{good}");
        }
        for bad in [
            "http://a.example/",
            "http://localhost.evil.example/",
            "http://localhost:1@evil.example/",
            "http://localhost\\@evil.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://a.example/#x",
            "/relative",
            "https:",
            "http://a b",
        ] {
            assert!(check_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn legacy_flows_do_not_mix_and_rotation_excludes_the_old_refresh() {
        let flows = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        let mixed =
            ClientSettings { auth_flows: flows(&["USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]), ..Default::default() };
        assert!(check_flows(&mixed).is_err());
        let rotating = ClientSettings {
            auth_flows: flows(&["ALLOW_REFRESH_TOKEN_AUTH"]),
            rotation: Some(Rotation { enabled: true, grace_seconds: 0 }),
            ..Default::default()
        };
        assert!(check_flows(&rotating).is_err());
    }
}
