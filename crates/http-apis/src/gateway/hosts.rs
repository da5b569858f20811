//! Which API and stage a request wants: by host (`{apiId}.execute-api[.{region}].{domain}`, or AWS's own name for it),
//! or by path (`/execute-api/{apiId}/{stage}/...`, also below `/_aws`). An API's host owns all its paths.

use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::GatewayOptions;
use crate::snapshot::{ServedApi, ServedStage, Snapshot};

const PATH_FORMS: [&str; 2] = ["/execute-api/", "/_aws/execute-api/"];
const AWS: &str = "amazonaws.com";

/// A stage, and where in the paths its own part begins.
pub(super) struct Place {
    pub(super) stage: Arc<ServedStage>,
    /// What functions see starts here in the decoded path.
    pub(super) shown: usize,
    /// What routes match starts here in the decoded path.
    pub(super) routed: usize,
    /// The same place in the path as sent; none when an encoded slash hides it.
    pub(super) routed_raw: Option<usize>,
    /// Whether the path named the API, and not the host.
    pub(super) by_path: bool,
}

/// Why there is no place: for `explain`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Nowhere {
    pub(super) rule: &'static str,
    pub(super) expected: String,
    pub(super) got: String,
    pub(super) fix: &'static str,
}

/// An API host taken apart.
struct ApiHost<'h> {
    id: &'h str,
    region: Option<&'h str>,
    aws: bool,
}

/// Whether the gateway answers for this host and path. AWS's host names only for APIs that are here; local names and path
/// forms always, so that a wrong id is told as 404 by the gateway.
pub(super) fn claims(snapshot: &Snapshot, options: &GatewayOptions, host: &str, path: &str) -> bool {
    match split_host(host, &options.domains) {
        Some(named) if named.aws => find(snapshot, &named).is_some(),
        Some(_) => true,
        None => path_form(options, path).is_some(),
    }
}

/// The beginning of a path by which APIs are served on any host, where that is on.
fn path_form(options: &GatewayOptions, path: &str) -> Option<&'static str> {
    PATH_FORMS.into_iter().find(|prefix| options.path_forms && path.starts_with(prefix))
}

/// Finds the place. `path` is decoded, `raw` as sent.
pub(super) fn resolve(
    snapshot: &Snapshot,
    options: &GatewayOptions,
    host: &str,
    path: &str,
    raw: &str,
) -> Result<Place, Nowhere> {
    if let Some(named) = split_host(host, &options.domains) {
        let api = find(snapshot, &named).ok_or_else(|| no_api(named.id))?;
        return by_host(api, path, raw);
    }
    let prefix = path_form(options, path).ok_or_else(|| no_api(host))?;
    by_path(snapshot, prefix, path, raw)
}

fn by_host(api: &ServedApi, path: &str, raw: &str) -> Result<Place, Nowhere> {
    let first = path.strip_prefix('/').map(|rest| rest.split('/').next().unwrap_or_default()).unwrap_or_default();
    let named = api.stage(first).filter(|stage| !stage.is_default());
    let (stage, routed) = match named {
        Some(stage) => (stage, 1 + first.len()),
        None => (api.stage("$default").ok_or_else(|| no_stage(api, first))?, 0),
    };
    place(stage, 0, routed, false, path, raw)
}

fn by_path(snapshot: &Snapshot, prefix: &str, path: &str, raw: &str) -> Result<Place, Nowhere> {
    let rest = &path[prefix.len()..];
    let (id, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let api = snapshot.apis.get(id).ok_or_else(|| no_api(id))?;
    let name = rest.split('/').next().unwrap_or_default();
    let stage = api.stage(name).ok_or_else(|| no_stage(api, name))?;
    let stage_at = prefix.len() + id.len();
    let routed = stage_at + 1 + name.len();
    let shown = if stage.is_default() { routed } else { stage_at };
    place(stage, shown, routed, true, path, raw)
}

fn place(
    stage: &Arc<ServedStage>,
    shown: usize,
    routed: usize,
    by_path: bool,
    path: &str,
    raw: &str,
) -> Result<Place, Nowhere> {
    if stage.disabled_endpoint {
        return Err(Nowhere {
            rule: "api.endpoint",
            expected: "an API whose execute-api endpoint is enabled".to_owned(),
            got: "disableExecuteApiEndpoint is true".to_owned(),
            fix: "set disableExecuteApiEndpoint to false",
        });
    }
    let routed_raw = raw_offset(&path[..routed], raw);
    Ok(Place { stage: Arc::clone(stage), shown, routed, routed_raw, by_path })
}

/// Where the part behind `prefix` (decoded) begins in the path as sent.
fn raw_offset(prefix: &str, raw: &str) -> Option<usize> {
    if prefix.is_empty() {
        return Some(0);
    }
    let slashes = prefix.bytes().filter(|byte| *byte == b'/').count();
    let next = raw.bytes().enumerate().filter(|(_, byte)| *byte == b'/').map(|(at, _)| at).nth(slashes);
    let offset = if slashes == 0 { 0 } else { next.unwrap_or(raw.len()) };
    let same = percent_decode_str(&raw[..offset]).decode_utf8().is_ok_and(|decoded| decoded == prefix);
    same.then_some(offset)
}

fn find<'s>(snapshot: &'s Snapshot, host: &ApiHost<'_>) -> Option<&'s Arc<ServedApi>> {
    let api = snapshot.apis.get(host.id)?;
    host.region.is_none_or(|region| region == api.scope.region).then_some(api)
}

fn split_host<'h>(host: &'h str, domains: &[Box<str>]) -> Option<ApiHost<'h>> {
    if let Some(id) = domains.iter().find_map(|domain| label_in(domain, host)) {
        return Some(ApiHost { id, region: None, aws: false });
    }
    let (id, rest) = host.split_once(".execute-api.")?;
    if id.contains('.') {
        return None;
    }
    if let Some(region) = rest.strip_suffix(AWS).and_then(|rest| rest.strip_suffix('.')) {
        return (!region.contains('.')).then_some(ApiHost { id, region: Some(region), aws: true });
    }
    if domains.iter().any(|domain| **domain == *rest) {
        return Some(ApiHost { id, region: None, aws: false });
    }
    let (region, rest) = rest.split_once('.')?;
    domains.iter().any(|domain| **domain == *rest).then_some(ApiHost { id, region: Some(region), aws: false })
}

/// What stands for `{api}` in a host of the form `pattern`; one label, or a part of one.
fn label_in<'h>(pattern: &str, host: &'h str) -> Option<&'h str> {
    let (before, after) = pattern.split_once("{api}")?;
    let id = host.strip_prefix(before)?.strip_suffix(after)?;
    (!id.is_empty() && !id.contains('.')).then_some(id)
}

fn no_api(id: &str) -> Nowhere {
    Nowhere {
        rule: "api",
        expected: "the id of an API that exists here".to_owned(),
        got: super::shown(id),
        fix: "check the API id in the host or path (and the region, where the host names one)",
    }
}

fn no_stage(api: &ServedApi, name: &str) -> Nowhere {
    Nowhere {
        rule: "stage",
        expected: format!("a deployed stage of API {}", api.id),
        got: super::shown(name),
        fix: "create a $default stage with autoDeploy, or deploy to the stage named in the path",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domains() -> Vec<Box<str>> {
        vec!["localhost".into()]
    }

    fn split(host: &str) -> Option<(String, Option<String>, bool)> {
        let domains = domains();
        split_host(host, &domains).map(|host| (host.id.to_owned(), host.region.map(str::to_owned), host.aws))
    }

    #[test]
    fn api_hosts_are_local_or_awss_and_nothing_else() {
        assert_eq!(split("abc.execute-api.localhost"), Some(("abc".into(), None, false)));
        assert_eq!(split("abc.execute-api.us-east-1.localhost"), Some(("abc".into(), Some("us-east-1".into()), false)));
        assert_eq!(
            split("abc.execute-api.eu-west-1.amazonaws.com"),
            Some(("abc".into(), Some("eu-west-1".into()), true))
        );
        for other in [
            "localhost",
            "x.abc.execute-api.localhost",
            "abc.execute-api.evil.example",
            "execute-api.localhost",
            "abc.execute-api.a.b.amazonaws.com",
            "abc.execute-api.notamazonaws.com",
        ] {
            assert_eq!(split(other), None, "{other}");
        }
    }

    #[test]
    fn a_domain_of_the_operators_own_form_names_the_api_by_its_hole() {
        let domains = vec!["localhost".into(), "{api}.api.example.com".into()];
        let id = |host| split_host(host, &domains).map(|found| found.id);
        assert_eq!(id("abc.api.example.com"), Some("abc"));
        assert_eq!(id("abc.execute-api.localhost"), Some("abc"));
        for other in ["api.example.com", ".api.example.com", "a.b.api.example.com", "abc.api.example.com.evil.example"]
        {
            assert_eq!(id(other), None, "{other}");
        }
    }

    #[test]
    fn the_raw_offset_skips_the_stage_even_when_it_is_encoded() {
        assert_eq!(raw_offset("/dev", "/dev/pets"), Some(4));
        assert_eq!(raw_offset("/execute-api/a/$default", "/execute-api/a/%24default/x%2Fy"), Some(25));
        assert_eq!(raw_offset("/dev", "/dev"), Some(4));
        assert_eq!(raw_offset("/dev", "/dev%2Fpets"), None);
        assert_eq!(raw_offset("", "/a"), Some(0));
    }
}
