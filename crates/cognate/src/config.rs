//! `cognate.toml`, for `cognate serve`. Unknown keys are errors; every message names the key and the rule.
use crate::function_config::FunctionConfig;
use crate::mail::{SmsSettings, SmtpSettings};
use crate::server::{Network, is_region};
use crate::tls::TlsSettings;
use serde::Deserialize;
use std::collections::BTreeMap;
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
    /// https by the server itself; without it `listen` speaks plain HTTP, for a proxy in front.
    pub tls: Option<TlsSettings>,
    /// SigV4 key pairs; at least one.
    #[serde(default)]
    pub credentials: Vec<Credential>,
    /// The way of mail; without it none can be sent.
    pub smtp: Option<SmtpSettings>,
    /// The way of SMS; without it none can be sent.
    pub sms: Option<SmsSettings>,
    /// Whoever holds a key pair may upload functions through the Lambda API: they run as the server's user.
    #[serde(default)]
    pub function_uploads: bool,
    /// Functions, by name.
    #[serde(default)]
    pub functions: BTreeMap<String, FunctionConfig>,
    /// Networks of reverse proxies whose `X-Forwarded-*` headers are believed.
    #[serde(default)]
    pub trusted_proxies: Vec<String>,
    /// `own` (default) or `aws`: the form of the issuer in tokens.
    pub issuer: Option<user_pools::pool::IssuerForm>,
    /// Whether HTTP APIs also answer at `<base>/execute-api/<api>/<stage>`. By default only where `public.api` gives them no addresses of
    /// their own: by path they share an origin with the login pages.
    pub path_apis: Option<bool>,
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
    /// HTTP APIs; `{api}` stands for the API id: `https://{api}.api.example.com`. By default paths below the base
    /// (`<base>/execute-api/<api>/<stage>`); with `path_apis = false` AWS's own host names, for clients whose resolver leads those here.
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

    /// The same from text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| place(text, &error))?;
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
        for (index, credential) in self.credentials.iter().enumerate() {
            credential.check()?;
            if self.credentials[..index].iter().any(|other| other.access_key_id == credential.access_key_id) {
                return Err(format!("credentials.access_key_id: {:?} stands there twice", credential.access_key_id));
            }
        }
        if !is_account(&self.account) {
            return Err(format!("account: {:?} must be twelve digits", self.account));
        }
        if !is_region(&self.region) {
            return Err(format!("region: {:?} must be the name of a region, such as us-east-1", self.region));
        }
        for (name, threads) in [("workers", self.workers), ("hashing_threads", self.hashing_threads)] {
            if threads.is_some_and(|threads| !(1..=1024).contains(&threads)) {
                return Err(format!("{name}: must be from 1 to 1024"));
            }
        }
        self.check_addresses()?;
        self.public.check()?;
        if self.tls.is_some() {
            self.public.check_https()?;
        }
        self.networks().map(|_| ())
    }

    /// The listeners share ports among their threads, so the system would not say that two of them were given the same.
    fn check_addresses(&self) -> Result<(), String> {
        let mut taken: Vec<SocketAddr> = Vec::new();
        let all = self.listen.iter().map(|address| ("listen", address));
        for (name, address) in all.chain(self.admin_listen.iter().map(|address| ("admin_listen", address))) {
            let clash = |other: &&SocketAddr| {
                let wide = other.ip().is_unspecified() || address.ip().is_unspecified();
                address.port() != 0
                    && other.port() == address.port()
                    && (other.ip() == address.ip() || wide && other.is_ipv4() == address.is_ipv4())
            };
            if let Some(other) = taken.iter().find(clash) {
                return Err(format!("{name}: {address} is taken by {other} of the same file"));
            }
            taken.push(*address);
        }
        Ok(())
    }

    /// Whether HTTP APIs answer by path, said or by default.
    pub fn has_path_apis(&self) -> bool {
        self.path_apis.unwrap_or(self.public.api.is_none())
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
        let wordlike = self.access_key_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !(16..=128).contains(&self.access_key_id.len()) || !wordlike {
            return Err(format!(
                "credentials.access_key_id: {:?} must have at least 16 characters (and at most 128), each a letter, a digit or _",
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
            Some(account) if !is_account(account) => {
                Err(format!("credentials.account: {account:?} must be twelve digits"))
            }
            _ => Ok(()),
        }
    }
}

impl Public {
    fn check(&self) -> Result<(), String> {
        let named = |name: &str, done: Result<String, String>| done.map_err(|why| format!("public.{name}: {why}"));
        let base = named("base", origin(&self.base, None))?;
        let login = self.login.as_deref().map(|url| named("login", origin(url, Some("{domain}")))).transpose()?;
        let api = self.api.as_deref().map(|url| named("api", origin(url, Some("{api}")))).transpose()?;
        if let Some(url) = self.api.as_deref().filter(|url| !url.contains("{api}")) {
            return Err(format!("public.api: {url:?} must have {{api}} in its host, where the API's id stands"));
        }
        if api.is_some() && api == login {
            return Err(
                "public.api and public.login must not be the same host: nobody could tell them apart".to_owned()
            );
        }
        let Some(objects) = &self.objects else { return Ok(()) };
        if *objects == format!("{}/_objects", self.base) {
            return Ok(());
        }
        if named("objects", origin(objects, None))? == base {
            return Err(format!("public.objects: {objects:?} must be <base>/_objects or a host of its own"));
        }
        Ok(())
    }
}

impl Public {
    /// Cookies, the issuer and every link go by these URLs: they must say what is spoken.
    fn check_https(&self) -> Result<(), String> {
        let named = [
            ("base", Some(&self.base)),
            ("login", self.login.as_ref()),
            ("api", self.api.as_ref()),
            ("objects", self.objects.as_ref()),
        ];
        match named.into_iter().find(|(_, url)| url.is_some_and(|url| !url.starts_with("https://"))) {
            Some((name, _)) => Err(format!("public.{name}: must begin with https://, for [tls] lets nothing else in")),
            None => Ok(()),
        }
    }
}

/// Checks an origin without a path, such as `https://id.example.com`; its host with what stands in the hole made equal for all.
fn origin(text: &str, hole: Option<&str>) -> Result<String, String> {
    let filled = hole.map_or_else(|| text.to_owned(), |hole| text.replacen(hole, "0", 1));
    if filled.contains(['{', '}']) {
        let may = hole.map_or_else(String::new, |hole| format!("; only {hole} may stand there, once"));
        return Err(format!("{text:?} has a placeholder that is not known here{may}"));
    }
    let url = url::Url::parse(&filled).map_err(|error| format!("{text:?} is not a URL: {error}"))?;
    let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else {
        return Err(format!("{text:?} must be an http or https URL with a host"));
    };
    if text.ends_with('/') {
        return Err(format!("{text:?} must not end in a slash"));
    }
    if url.origin().ascii_serialization() != filled {
        return Err(format!(
            "{text:?} must be scheme and host only, in lower case, without path, user or default port (like {})",
            url.origin().ascii_serialization()
        ));
    }
    Ok(host.to_owned())
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Where the file is wrong, without quoting the line: it may hold a secret.
fn place(text: &str, error: &toml::de::Error) -> String {
    let Some(line) = error.span().map(|span| text[..span.start.min(text.len())].lines().count().max(1)) else {
        return error.message().to_owned();
    };
    let told = text.lines().nth(line - 1).unwrap_or_default();
    let key = told.split_once('=').map(|(key, _)| key.trim());
    // Anywhere in the line: in a table within it the first key is another.
    let private = |word: &str| told.contains(word);
    match key {
        Some(key) if private("secret") || private("password") => {
            format!("line {line}: {key}: secrets and passwords must be strings in quotes")
        }
        Some(key) if !error.message().contains(key) => format!("line {line}: {key}: {}", error.message()),
        _ => format!("line {line}: {}", error.message()),
    }
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
        assert!(error(&GOOD.replace("data =", "workers = 0\ndata =")).contains("workers"));
        assert!(error(&GOOD.replace("data =", "region = \"mars\"\ndata =")).contains("region"));
        assert!(error(&GOOD.replace("data =", "account = \"12\"\ndata =")).contains("account"));
        let missing = error(&GOOD.replace("base =", "login2 ="));
        assert!(missing.contains("line 5") && missing.contains("login2"), "{missing}");
    }

    #[test]
    fn an_error_never_quotes_a_secret() {
        let said = error(&GOOD.replace("\"0123456789012345678901234567890123456789\"", "12345678901234"));
        assert!(said.contains("secret_access_key") && !said.contains("1234567890"), "{said}");
        let said = error(&GOOD.replace("456789\"\n", "456789\n"));
        assert!(said.contains("secret_access_key") && !said.contains("0123456789"), "{said}");
        let table = GOOD.split("[[credentials]]").next().unwrap().replace(
            "[public]",
            "credentials = [{ access_key_id = \"AKIAEXAMPLEEXAMPLE\", secret_access_key = 12345678901234 }]\n[public]",
        );
        let said = error(&table);
        assert!(said.contains("secrets") && !said.contains("1234567890"), "{said}");
    }

    #[test]
    fn a_key_id_stands_there_once() {
        let pair = format!("[[credentials]]{}", GOOD.split("[[credentials]]").nth(1).unwrap());
        assert!(error(&format!("{GOOD}\n{pair}")).contains("twice"));
    }

    #[test]
    fn the_admin_listener_has_an_address_of_its_own() {
        let with = |admin: &str| error(&GOOD.replace("data =", &format!("admin_listen = \"{admin}\"\ndata =")));
        assert!(with("127.0.0.1:8080").contains("admin_listen"));
        assert!(with("0.0.0.0:8080").contains("admin_listen"));
        assert_eq!(with("127.0.0.1:8081"), "");
        assert_eq!(with("[::1]:8080"), "");
    }

    #[test]
    fn with_certificates_every_public_url_is_https() {
        let tls = "[tls]\ncertificate = \"a.pem\"\nkey = \"a.key\"\n[[tls.others]]\ncertificate = \"b.pem\"\nkey = \"b.key\"\n";
        let text = GOOD.replace("[public]", &format!("{tls}[public]"));
        let files = Config::parse(&text).unwrap().tls.unwrap().files(Path::new("/etc/cognate"));
        assert_eq!(files[1].key, Path::new("/etc/cognate/b.key"));
        let plain = text.replace("https://{domain}", "http://{domain}");
        assert!(error(&plain).contains("public.login: must begin with https://"), "{}", error(&plain));
        assert!(error(&text.replace("key = \"a.key\"\n", "")).contains("key"));
    }

    #[test]
    fn public_urls_are_origins_with_the_hole_in_its_place() {
        let public = |name: &str, url: &str| {
            error(&GOOD.replace("[[credentials]]", &format!("{name} = \"{url}\"\n[[credentials]]")))
        };
        for (name, url) in [
            ("api", "https://api.example.com"),
            ("api", "https://{domain}.api.example.com"),
            ("api", "https://{api}.auth.example.com"),
            ("api", "https://{api}.api.example.com/v1"),
            ("objects", "https://id.example.com"),
            ("objects", "https://id.example.com/bytes"),
            ("objects", "ftp://objects.example.com"),
        ] {
            assert!(public(name, url).contains(&format!("public.{name}")), "{url}: {}", public(name, url));
        }
        for (name, url) in [
            ("api", "https://{api}.api.example.com"),
            ("objects", "https://id.example.com/_objects"),
            ("objects", "https://o.example.com:8443"),
        ] {
            assert_eq!(public(name, url), "", "{url}");
        }
        let base = |url: &str| error(&GOOD.replace("https://id.example.com", url));
        for url in [
            "https://id.example.com/path",
            "https://ID.example.com",
            "https://id.example.com:443",
            "https://u@id.example.com",
            "https://{domain}.example.com",
        ] {
            assert!(base(url).contains("public.base"), "{url}: {}", base(url));
        }
    }
}
