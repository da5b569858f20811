//! `cognate.toml`, for `cognate serve`. Unknown keys are errors; every message names the key and the rule.
use crate::mail::SmtpSettings;
use crate::server::Network;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Addresses of the AWS endpoint, issuer, login, gateway, such as `0.0.0.0:8080`.
    pub listen: Vec<SocketAddr>,
    /// Address of the admin listener (`/healthz`, `/readyz`, `/metrics`); keep it off the internet.
    pub admin_listen: Option<SocketAddr>,
    /// The data folder.
    pub data: PathBuf,
    /// Region of requests that name none.
    #[serde(default = "default_region")]
    pub region: String,
    /// Account of resources whose key pair names none.
    #[serde(default = "default_account")]
    pub account: String,
    /// What clients see.
    pub public: Public,
    /// SigV4 key pairs; at least one.
    #[serde(default)]
    pub credentials: Vec<Credential>,
    /// The way of mail; without it no message can be sent.
    pub smtp: Option<SmtpSettings>,
    /// Networks of reverse proxies whose `X-Forwarded-*` headers are believed.
    #[serde(default)]
    pub trusted_proxies: Vec<String>,
    /// `own` (default) or `aws`: the form of the issuer in tokens.
    pub issuer: Option<user_pools::pool::IssuerForm>,
    /// Threads of the data plane; the number of cores by default.
    pub workers: Option<usize>,
    /// Threads for password hashing; half the cores by default.
    pub hashing_threads: Option<usize>,
}

/// Public base URLs, without trailing slash.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Public {
    /// Issuer and AWS endpoint: `https://id.example.com`.
    pub base: String,
    /// Managed login; `{domain}` stands for the pool's domain prefix: `https://{domain}.auth.example.com`. The base by default.
    pub login: Option<String>,
    /// HTTP APIs; `{api}` stands for the API id: `https://{api}.api.example.com`. Paths below the base by default.
    pub api: Option<String>,
    /// Object bytes: `https://objects.example.com`. `<base>/_objects` by default.
    pub objects: Option<String>,
}

/// A SigV4 key pair.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: String,
    /// Account of what is made with it.
    pub account: Option<String>,
}

fn default_region() -> String {
    "us-east-1".to_owned()
}

fn default_account() -> String {
    "000000000000".to_owned()
}

impl Config {
    /// Reads and checks the file. The error is a sentence for the operator.
    pub fn load(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        Self::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        if self.listen.is_empty() {
            return Err("listen: at least one address is needed".to_owned());
        }
        if self.credentials.is_empty() {
            return Err("credentials: at least one [[credentials]] key pair is needed; without keys nobody could be told from anybody, so the server does not start".to_owned());
        }
        for credential in &self.credentials {
            credential.check()?;
        }
        let public = [
            ("base", Some(&self.public.base)),
            ("login", self.public.login.as_ref()),
            ("api", self.public.api.as_ref()),
            ("objects", self.public.objects.as_ref()),
        ];
        for (name, url) in public {
            url.map_or(Ok(()), |url| check_base(url).map_err(|why| format!("public.{name}: {why}")))?;
        }
        self.networks().map(|_| ())
    }

    /// `trusted_proxies`, read.
    pub fn networks(&self) -> Result<Vec<Network>, String> {
        self.trusted_proxies
            .iter()
            .map(|text| text.parse().map_err(|error| format!("trusted_proxies: {error}")))
            .collect()
    }
}

impl Credential {
    fn check(&self) -> Result<(), String> {
        if self.access_key_id.len() < 16 {
            return Err(format!(
                "credentials.access_key_id: {:?} must have at least 16 characters",
                self.access_key_id
            ));
        }
        if self.secret_access_key.len() < 32 {
            return Err(format!(
                "credentials.secret_access_key of {}: must have at least 32 characters",
                self.access_key_id
            ));
        }
        match self.account.as_deref() {
            Some(account) if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) => {
                Err(format!("credentials.account: {account:?} must be twelve digits"))
            }
            _ => Ok(()),
        }
    }
}

fn check_base(text: &str) -> Result<(), String> {
    let filled = text.replace("{domain}", "domain").replace("{api}", "api");
    let url = url::Url::parse(&filled).map_err(|error| format!("{text:?} is not a URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(format!("{text:?} must be an http or https URL with a host"));
    }
    if text.ends_with('/') { Err(format!("{text:?} must not end in a slash")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        listen = ["127.0.0.1:8080"]
        data = "/var/lib/cognate"
        [public]
        base = "https://id.example.com"
        login = "https://{domain}.auth.example.com"
        [[credentials]]
        access_key_id = "AKIAEXAMPLEEXAMPLE"
        secret_access_key = "0123456789012345678901234567890123456789"
    "#;

    fn error(text: &str) -> String {
        Config::parse(text).err().unwrap_or_default()
    }

    #[test]
    fn a_plain_configuration_is_read_with_its_defaults() {
        let config = Config::parse(GOOD).unwrap();
        assert_eq!((config.region.as_str(), config.account.as_str()), ("us-east-1", "000000000000"));
    }

    #[test]
    fn without_keys_the_server_does_not_start() {
        let text = GOOD.split("[[credentials]]").next().unwrap();
        assert!(error(text).contains("credentials: at least one"), "{}", error(text));
    }

    #[test]
    fn errors_name_the_key_and_the_rule() {
        assert!(error(&GOOD.replace("listen =", "listn =")).contains("listn"));
        assert!(error(&GOOD.replace("id.example.com\"", "id.example.com/\"")).contains("public.base"));
        assert!(error(&GOOD.replace("AKIAEXAMPLEEXAMPLE", "AK")).contains("at least 16 characters"));
        assert!(error(&format!("trusted_proxies = [\"10.0.0.0/99\"]\n{GOOD}")).contains("trusted_proxies"));
    }
}
