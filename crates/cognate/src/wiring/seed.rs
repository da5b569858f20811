//! The demo content of `cognate dev`: the lesson's pool, client, domain, API and users. Each part is found or made, so a start that was
//! cut short is finished by the next one, and nothing is there twice. What names this server's own URLs follows them: another start may have another
//! port, or https.
use super::functions;
use super::urls::Urls;
use crate::data::{Demo, Login};
use crate::platform::SystemRandom;
use http_apis::model::{
    ApiPatch, AuthorizationType, AuthorizerPatch, Cors, JwtConfiguration, JwtConfigurationPatch, NewApi, NewAuthorizer,
    NewIntegration, NewRoute, NewStage,
};
use http_apis::{Act, Api, ApiError, ApiStore, Gateway};
use user_pools::client::{AppClient, ClientSettings};
use user_pools::clients::NewSecret;
use user_pools::domain::Domain;
use user_pools::groups::GroupSettings;
use user_pools::pool::{AliasKind, Contact, MfaRequirement, PoolSettings, UserPool};
use user_pools::ports::Page;
use user_pools::users::admin::{AdminCreateUser, MessageAction};
use user_pools::{RequestContext, Scope, UserPools};

/// Name of the pool, the API, the domain and the function.
pub const NAME: &str = "dashboard";
const ROUTES: [&str; 4] = ["GET /metadata", "GET /metadata/list", "POST /upload-url", "DELETE /metadata"];
const FEW: Page = Page { after: None, limit: 1_000 };

/// What seeding works with.
pub struct Seed<'a> {
    /// The ground floor.
    pub pools: &'a UserPools,
    /// APIs.
    pub apis: &'a dyn ApiStore,
    /// To be told of the API.
    pub gateway: &'a Gateway,
    /// Every URL.
    pub urls: &'a Urls,
    /// Where all of it lives.
    pub scope: Scope,
    /// Time and the like.
    pub cx: RequestContext,
}

/// Why the demo content could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The user pools refused.
    #[error("the demo pool: {0}")]
    Pools(#[from] user_pools::Error),
    /// The API's rules refused.
    #[error("the demo API: {0}")]
    Api(#[from] ApiError),
    /// API storage refused.
    #[error("the demo API: {0}")]
    Store(#[from] http_apis::StoreError),
}

impl Seed<'_> {
    /// Finds or makes everything. `known` is what an earlier start kept; without it the demo users get new passwords.
    pub async fn run(&self, known: Option<Demo>) -> Result<Demo, SeedError> {
        let pool = self.pool().await?;
        let client = self.client(&pool).await?;
        self.domain(&pool).await?;
        self.group(&pool).await?;
        let api = self.api(&pool, &client).await?;
        self.gateway.refresh().await?;
        let known = known.filter(|demo| demo.user_pool_id == pool.id.0);
        let (user, admin) = known.map_or((None, None), |demo| (Some(demo.user), Some(demo.admin)));
        let user = self.user(&pool, "demo@example.com", user).await?;
        let admin = self.user(&pool, "admin@example.com", admin).await?;
        let member = self.pools.admin_get_user(&pool, &admin.username).await?;
        self.pools.add_to_group(self.cx.now, &member, "admins".to_owned()).await?;
        Ok(Demo { user_pool_id: pool.id.0, client_id: client.id.0, api_id: api.api_id, user, admin })
    }

    /// E-mail sign-in, self sign-up, optional TOTP.
    async fn pool(&self) -> Result<UserPool, SeedError> {
        let pools = self.pools.pools(self.scope.clone(), FEW).await?;
        if let Some(pool) = pools.into_iter().find(|pool| pool.settings.name == NAME) {
            return Ok(pool);
        }
        let mut settings = PoolSettings::named(NAME);
        settings.username_attributes = vec![AliasKind::Email];
        settings.auto_verified = vec![Contact::Email];
        settings.case_sensitive = Some(false);
        settings.mfa = MfaRequirement::Optional;
        settings.software_token_mfa = Some(true);
        Ok(self.pools.create_pool(self.cx.now, self.scope.clone(), settings).await?)
    }

    /// Public, code with PKCE, both spellings of this machine's name.
    async fn client(&self, pool: &UserPool) -> Result<AppClient, SeedError> {
        let clients = self.pools.clients(pool.id.clone(), FEW).await?;
        if let Some(client) = clients.into_iter().find(|client| client.settings.name == NAME) {
            return self.moved_client(pool, client).await;
        }
        let owned = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        let settings = ClientSettings {
            name: NAME.to_owned(),
            auth_flows: Some(owned(&[
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
            ])),
            identity_providers: Some(owned(&["COGNITO"])),
            callback_urls: self.callbacks(),
            logout_urls: self.logouts(),
            oauth_enabled: true,
            oauth_flows: owned(&["code"]),
            oauth_scopes: owned(&["openid", "email", "profile", "aws.cognito.signin.user.admin"]),
            prevent_user_existence_errors: Some("ENABLED".to_owned()),
            ..Default::default()
        };
        Ok(self.pools.create_client(self.cx.now, pool, settings, NewSecret::None).await?)
    }

    fn callbacks(&self) -> Vec<String> {
        self.urls.pages.iter().map(|page| format!("{page}/callback")).collect()
    }

    fn logouts(&self) -> Vec<String> {
        self.urls.pages.iter().map(|page| format!("{page}/")).collect()
    }

    /// A client of an earlier start whose page was elsewhere gets the page's URLs of now, beside those it has.
    async fn moved_client(&self, pool: &UserPool, client: AppClient) -> Result<AppClient, SeedError> {
        let callbacks = self.callbacks();
        if client.settings.callback_urls.iter().any(|known| callbacks.contains(known)) {
            return Ok(client);
        }
        let mut settings = client.settings.clone();
        // AWS takes a hundred; the oldest go.
        settings.callback_urls = callbacks.into_iter().chain(settings.callback_urls).take(100).collect();
        settings.logout_urls = self.logouts().into_iter().chain(settings.logout_urls).take(100).collect();
        Ok(self.pools.update_client(self.cx.now, pool, &client.id, settings).await?)
    }

    async fn domain(&self, pool: &UserPool) -> Result<(), SeedError> {
        if self.pools.domains_of(pool.id.clone()).await?.is_empty() {
            let domain = Domain {
                scope: self.scope.clone(),
                name: NAME.to_owned(),
                pool: pool.id.clone(),
                version: 1,
                managed_login_version: 2,
                custom: None,
                routing: None,
                created: self.cx.now,
            };
            self.pools.create_domain(self.cx.now, domain).await?;
        }
        Ok(())
    }

    async fn group(&self, pool: &UserPool) -> Result<(), SeedError> {
        let groups = self.pools.groups(pool.id.clone(), FEW).await?;
        if !groups.iter().any(|group| group.name == "admins") {
            let settings =
                GroupSettings { description: Some("See everybody's files".to_owned()), ..Default::default() };
            self.pools.create_group(self.cx.now, pool.id.clone(), "admins".to_owned(), settings).await?;
        }
        Ok(())
    }

    /// The API as one row, made whole: four routes behind one JWT authorizer, one function, CORS for the page, `$default` with auto-deploy.
    async fn api(&self, pool: &UserPool, client: &AppClient) -> Result<Api, SeedError> {
        let scope = http_apis::Scope { account: self.scope.account.clone(), region: self.scope.region.clone() };
        let apis = self.apis.list_apis(scope.clone(), None, 1_000).await?;
        let act = Act { now: self.cx.now, random: &SystemRandom };
        if let Some(mut api) = apis.into_iter().find(|api| api.name == NAME) {
            if self.move_api(&mut api, pool, &act)? {
                self.apis.replace_api(api.clone(), self.cx.now).await?;
            }
            return Ok(api);
        }
        let owned = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        let cors = Cors {
            allow_headers: owned(&["content-type", "authorization"]),
            allow_methods: owned(&["GET", "POST", "DELETE"]),
            allow_origins: self.urls.pages.clone(),
            expose_headers: owned(&["www-authenticate", "apigw-requestid"]),
            max_age: Some(300),
            ..Default::default()
        };
        let new = NewApi {
            name: NAME.to_owned(),
            protocol_type: "HTTP".to_owned(),
            cors_configuration: Some(cors),
            ..Default::default()
        };
        let mut api = Api::new(scope, new, &act)?;
        api.create_stage(
            NewStage { stage_name: "$default".to_owned(), auto_deploy: Some(true), ..Default::default() },
            &act,
        )?;
        let authorizer = NewAuthorizer {
            name: "cognito".to_owned(),
            authorizer_type: "JWT".to_owned(),
            identity_source: owned(&["$request.header.Authorization"]),
            jwt_configuration: Some(JwtConfiguration {
                issuer: Some(self.pools.issuer(pool)),
                audience: vec![client.id.0.clone()],
            }),
            ..Default::default()
        };
        let authorizer = api.create_authorizer(authorizer, &act)?.authorizer_id;
        let integration = NewIntegration {
            integration_type: "AWS_PROXY".to_owned(),
            integration_uri: Some(functions::arn(&self.scope.region, &self.scope.account, NAME)),
            integration_method: Some("POST".to_owned()),
            payload_format_version: Some("2.0".to_owned()),
            ..Default::default()
        };
        let target = format!("integrations/{}", api.create_integration(integration, &act)?.integration_id);
        for key in ROUTES {
            let route = NewRoute {
                route_key: key.to_owned(),
                target: Some(target.clone()),
                authorization_type: Some(AuthorizationType::Jwt),
                authorizer_id: Some(authorizer.clone()),
                ..Default::default()
            };
            api.create_route(route, &act)?;
        }
        self.apis.insert_api(api.clone(), self.cx.now).await?;
        Ok(api)
    }

    /// The API of an earlier start trusts the pool under the issuer of now and lets the page of now in; whether it had to change.
    fn move_api(&self, api: &mut Api, pool: &UserPool, act: &Act<'_>) -> Result<bool, ApiError> {
        let (issuer, ours) = (self.pools.issuer(pool), format!("/{}", pool.id));
        let mut moved = false;
        for authorizer in api.definition.authorizers.clone() {
            let named = authorizer.jwt_configuration.and_then(|jwt| jwt.issuer);
            if named.is_some_and(|named| named.ends_with(&ours) && named != issuer) {
                let jwt = JwtConfigurationPatch { issuer: Some(issuer.clone()), ..Default::default() };
                let patch = AuthorizerPatch { jwt_configuration: Some(jwt), ..Default::default() };
                api.update_authorizer(&authorizer.authorizer_id, patch, act)?;
                moved = true;
            }
        }
        let Some(mut cors) = api.definition.cors.clone() else { return Ok(moved) };
        let open = |origin: &String| origin.contains('*') || self.urls.pages.contains(origin);
        if !cors.allow_origins.iter().any(open) {
            cors.allow_origins = self.urls.pages.iter().cloned().chain(cors.allow_origins).take(100).collect();
            api.update(ApiPatch { cors_configuration: Some(cors), ..Default::default() }, act)?;
            moved = true;
        }
        Ok(moved)
    }

    /// A confirmed user. One whose password nobody knows any more gets a new one.
    async fn user(&self, pool: &UserPool, email: &str, known: Option<Login>) -> Result<Login, SeedError> {
        let found = self.pools.find_user(pool, email).await?;
        if let (Some(_), Some(login)) = (&found, known) {
            return Ok(login);
        }
        let password = fresh_password();
        if found.is_none() {
            let request = AdminCreateUser {
                username: email.to_owned(),
                attributes: vec![
                    ("email".to_owned(), email.to_owned()),
                    ("email_verified".to_owned(), "true".to_owned()),
                ],
                temporary_password: None,
                action: Some(MessageAction::Suppress),
                mediums: Vec::new(),
                force_alias: false,
            };
            self.pools.admin_create_user(&self.cx, pool, request).await?;
        }
        self.pools.admin_set_user_password(&self.cx, pool, email, &password, true).await?;
        Ok(Login { username: email.to_owned(), password })
    }
}

/// Sixteen characters a person can type, of every class a policy may ask for: about 80 bits.
fn fresh_password() -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut random = [0; 64];
    SystemRandom::fill(&mut random);
    let fair = 256 - 256 % LETTERS.len();
    let picked = random.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair).take(14);
    let text: String = picked.map(|byte| char::from(LETTERS[byte % LETTERS.len()])).collect();
    // One of each class whatever the dice said.
    format!("{text}-a7K")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demo_passwords_satisfy_the_default_policy_and_differ() {
        let policy = user_pools::pool::PasswordPolicy::default();
        let (one, two) = (fresh_password(), fresh_password());
        assert!(user_pools::passwords::check_policy(&policy, &one).is_ok(), "{one}");
        assert_ne!(one, two);
    }
}
