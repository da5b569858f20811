//! Every URL of the server, from a few bases.

/// Host and port as a browser writes them in `Host` and `Origin`: the scheme's default port is left out.
pub fn with_port(host: &str, port: u16, tls: bool) -> String {
    if port == if tls { 443 } else { 80 } { host.to_owned() } else { format!("{host}:{port}") }
}

/// Public URLs, none with a trailing slash.
#[derive(Clone, Debug)]
pub struct Urls {
    /// AWS endpoint and issuer base.
    pub base: String,
    /// Managed login; `{domain}` stands for the pool's domain prefix.
    pub login: String,
    /// HTTP APIs; `{apiId}` stands for the API id.
    pub api: String,
    /// Object bytes.
    pub objects: String,
    /// Origins of the dashboard's page, the canonical one first; empty without a page.
    pub pages: Vec<String>,
}

impl Urls {
    /// The URLs of `cognate dev`.
    pub fn local(port: u16, page_port: u16, tls: bool) -> Self {
        let scheme = if tls { "https" } else { "http" };
        let url = |host: &str, port| format!("{scheme}://{}", with_port(host, port, tls));
        Self {
            base: url("localhost", port),
            login: url("{domain}.auth.localhost", port),
            api: url("{apiId}.execute-api.localhost", port),
            objects: url("objects.localhost", port),
            pages: vec![url("localhost", page_port), url("127.0.0.1", page_port)],
        }
    }

    /// The URLs of `cognate serve`.
    pub fn public(config: &crate::config::Config) -> Self {
        let public = &config.public;
        let base = public.base.clone();
        let api = match &public.api {
            Some(api) => api.replace("{api}", "{apiId}"),
            None if config.has_path_apis() => format!("{base}/execute-api/{{apiId}}/$default"),
            None => format!("https://{{apiId}}.execute-api.{}.amazonaws.com", config.region),
        };
        Self {
            login: public.login.clone().unwrap_or_else(|| base.clone()),
            api,
            objects: public.objects.clone().unwrap_or_else(|| format!("{base}/_objects")),
            base,
            pages: Vec::new(),
        }
    }

    /// The host of HTTP APIs with `{api}` in it, where they have hosts of their own.
    pub fn api_host(&self) -> Option<Box<str>> {
        let host = crate::server::host_of(&self.api)?.replace("{apiid}", "{api}");
        host.contains("{api}").then(|| host.into())
    }

    /// Managed login of a domain prefix.
    pub fn login_of(&self, domain: &str) -> String {
        self.login.replace("{domain}", domain)
    }

    /// Where an API answers.
    pub fn api_of(&self, api: &str) -> String {
        self.api.replace("{apiId}", api)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apis_without_addresses_of_their_own_answer_below_the_base() {
        let api = |more: &str| {
            let text = format!(
                "listen = [\"127.0.0.1:1\"]\ndata = \"x\"\nregion = \"eu-west-1\"\n{more}\n[[credentials]]\naccess_key_id = \"AKIAEXAMPLEEXAMPLE\"\nsecret_access_key = \"{}\"",
                "0".repeat(32)
            );
            Urls::public(&crate::config::Config::parse(&text).unwrap()).api
        };
        let base = "[public]\nbase = \"https://id.example.com\"";
        assert_eq!(api(base), "https://id.example.com/execute-api/{apiId}/$default");
        let elsewhere = api(&format!("path_apis = false\n{base}"));
        assert_eq!(elsewhere, "https://{apiId}.execute-api.eu-west-1.amazonaws.com");
        assert_eq!(api(&format!("{base}\napi = \"https://{{api}}.a.example\"")), "https://{apiId}.a.example");
    }

    #[test]
    fn urls_are_spelt_as_browsers_spell_origins() {
        let urls = Urls::local(80, 4567, false);
        assert_eq!((urls.base.as_str(), urls.pages[0].as_str()), ("http://localhost", "http://localhost:4567"));
        assert_eq!(Urls::local(4566, 4567, false).login_of("x"), "http://x.auth.localhost:4566");
        let urls = Urls::local(443, 80, true);
        assert_eq!((urls.base.as_str(), urls.pages[0].as_str()), ("https://localhost", "https://localhost:80"));
    }
}
