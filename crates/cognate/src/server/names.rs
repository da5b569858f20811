//! The host names of this server beside the built-in ones: public base URLs from the configuration, custom login domains from the pools.
use super::hosts::Known;
use http_apis::Gateway;
use std::borrow::Cow;
use std::sync::Arc;
use user_pools::memory::Memory;

/// A host name in which `{domain}` may stand for one label.
#[derive(Clone, Debug)]
struct Pattern {
    before: String,
    after: Option<String>,
}

impl Pattern {
    fn new(host: &str, hole: &str) -> Self {
        match host.split_once(hole) {
            Some((before, after)) => Self { before: before.to_owned(), after: Some(after.to_owned()) },
            None => Self { before: host.to_owned(), after: None },
        }
    }

    /// What stands in the hole; empty for a pattern without one that is the host itself.
    fn matches<'h>(&self, host: &'h str) -> Option<&'h str> {
        match &self.after {
            None => (host == self.before).then_some(""),
            Some(after) => host
                .strip_prefix(self.before.as_str())?
                .strip_suffix(after.as_str())
                .filter(|label| !label.is_empty() && !label.contains('.')),
        }
    }
}

/// Names this server answers to.
pub struct Names {
    bases: Vec<String>,
    login: Option<Pattern>,
    objects: Option<String>,
    pools: Arc<Memory>,
    gateway: Gateway,
}

/// The host of a URL, without port, lower case.
pub fn host_of(url: &str) -> Option<String> {
    let authority = url.split_once("://")?.1.split('/').next()?;
    // A name with a hole such as `{domain}` in it is a pattern, which only the configuration may write.
    let hole = authority.contains('{').then(|| authority.split(':').next().unwrap_or_default().to_ascii_lowercase());
    hole.or_else(|| http_apis::host_name(authority).map(Cow::into_owned))
}

impl Names {
    /// Names from the public URLs: base, login (may have `{domain}`), objects; and what the gateway and the pools add as they change.
    pub fn new(base: &str, login: Option<&str>, objects: Option<&str>, gateway: Gateway, pools: Arc<Memory>) -> Self {
        let base = host_of(base);
        let login = login.and_then(host_of).filter(|host| Some(host) != base.as_ref());
        Self {
            login: login.map(|host| Pattern::new(&host, "{domain}")),
            objects: objects.and_then(host_of).filter(|host| Some(host) != base.as_ref()),
            bases: base.into_iter().collect(),
            pools,
            gateway,
        }
    }
}

impl Known for Names {
    fn login_domain(&self, host: &str) -> Option<String> {
        if self.pools.custom_domains.contains(host) {
            return Some(host.to_owned());
        }
        self.login.as_ref()?.matches(host).map(str::to_owned)
    }

    fn is_base(&self, host: &str) -> bool {
        self.bases.iter().any(|base| base == host)
    }

    fn gateway(&self, host: &str, path: &str) -> bool {
        self.gateway.claims(host, path)
    }

    fn is_objects(&self, host: &str) -> bool {
        self.objects.as_deref() == Some(host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_gives_the_one_label_in_its_hole() {
        let pattern = Pattern::new("{domain}.auth.example.com", "{domain}");
        assert_eq!(pattern.matches("dash.auth.example.com"), Some("dash"));
        assert_eq!(pattern.matches("a.b.auth.example.com"), None);
        assert_eq!(pattern.matches(".auth.example.com"), None);
        assert_eq!(Pattern::new("auth.example.com", "{domain}").matches("auth.example.com"), Some(""));
    }

    #[test]
    fn hosts_are_read_from_urls() {
        assert_eq!(host_of("http://localhost:4566").as_deref(), Some("localhost"));
        assert_eq!(host_of("https://[::1]:8443/x").as_deref(), Some("[::1]"));
    }
}
