//! Every URL of the server, from a few bases.

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
    pub fn local(port: u16, page_port: u16) -> Self {
        Self {
            base: format!("http://localhost:{port}"),
            login: format!("http://{{domain}}.auth.localhost:{port}"),
            api: format!("http://{{apiId}}.execute-api.localhost:{port}"),
            objects: format!("http://objects.localhost:{port}"),
            pages: vec![format!("http://localhost:{page_port}"), format!("http://127.0.0.1:{page_port}")],
        }
    }

    /// The URLs of `cognate serve`.
    pub fn public(public: &crate::config::Public) -> Self {
        let base = public.base.clone();
        Self {
            login: public.login.clone().unwrap_or_else(|| base.clone()),
            api: public.api.as_ref().map_or_else(
                || format!("{base}/execute-api/{{apiId}}/$default"),
                |api| api.replace("{api}", "{apiId}"),
            ),
            objects: public.objects.clone().unwrap_or_else(|| format!("{base}/_objects")),
            base,
            pages: Vec::new(),
        }
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
