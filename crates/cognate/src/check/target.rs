//! What the checklist is run against: a running `cognate dev` by default, anything else by flags.
use super::client::Http;
use crate::admin::{Ask, ask};
use crate::cli;
use serde_json::Value;
use sigv4::Credentials;
use std::path::Path;

/// The system to check.
pub struct Target {
    /// Client with the key pair.
    pub http: Http,
    /// AWS endpoint of `cognito-idp`.
    pub cognito: String,
    /// AWS endpoint of API Gateway's control plane.
    pub apigateway: String,
    /// User pool id.
    pub pool: String,
    /// App client id.
    pub client: String,
    /// HTTP API id.
    pub api: String,
    /// Where the API answers.
    pub api_url: String,
    /// Origin of managed login.
    pub login: String,
    /// The issuer the authorizer should name; `None` takes the one of the pool's tokens as AWS forms it.
    pub issuer: String,
    /// The page's origin.
    pub page: String,
}

impl Target {
    /// From the flags, and from the running server for what they leave out.
    pub fn find(args: &cli::Check) -> Result<Self, String> {
        let running = if args.endpoint.is_some() { Value::Null } else { ask(&args.server.data, &Ask::Env)? };
        let known = |name: &str| running.get(name).and_then(Value::as_str).map(str::to_owned);
        let need = |flag: &Option<String>, name: &str, option: &str| {
            flag.clone().or_else(|| known(name)).ok_or_else(|| format!("with --endpoint, {option} must be given too"))
        };
        let pool = need(&args.pool, "userPoolId", "--pool")?;
        let region = pool.split('_').next().unwrap_or("us-east-1").to_owned();
        let endpoint = args.endpoint.clone().or_else(|| known("base"));
        let aws = |service: &str| format!("https://{service}.{region}.amazonaws.com");
        let at = |service: &str| endpoint.clone().filter(|endpoint| endpoint != "aws").unwrap_or_else(|| aws(service));
        let cognito = at("cognito-idp");
        // As the AWS tools do, for an endpoint whose certificate no public authority has signed.
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let trusted = known("caFile").or_else(|| variable("AWS_CA_BUNDLE")).or_else(|| variable("SSL_CERT_FILE"));
        Ok(Self {
            http: Http::new(credentials(&running)?, region.clone(), trusted.as_deref().map(Path::new))?,
            apigateway: at("apigateway"),
            client: need(&args.client, "clientId", "--client")?,
            api: need(&args.api, "apiId", "--api")?,
            api_url: need(&args.api_url, "apiUrl", "--api-url")?,
            login: need(&args.login_url, "loginDomain", "--login-url")?,
            page: need(&args.page, "dashboardUrl", "--page")?,
            issuer: known("issuer").unwrap_or_else(|| format!("{cognito}/{pool}")),
            cognito,
            pool,
        })
    }
}

/// The environment's key pair; a running `dev` takes any.
fn credentials(running: &Value) -> Result<Credentials, String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let known = |name: &str| running.get(name).and_then(Value::as_str).map(str::to_owned);
    let access_key_id = variable("AWS_ACCESS_KEY_ID").or_else(|| known("accessKeyId"));
    let secret = variable("AWS_SECRET_ACCESS_KEY").or_else(|| known("secretAccessKey"));
    match (access_key_id, secret) {
        (Some(access_key_id), Some(secret)) => {
            Ok(Credentials { access_key_id, secret, session_token: variable("AWS_SESSION_TOKEN") })
        }
        _ => Err("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set".to_owned()),
    }
}
