//! Which room does a request want? Decided from Host, method, path and the AWS target alone, before any body is read.
use control_plane::lambda::Lambda;
use http::{HeaderMap, Method, header};
use std::net::IpAddr;

/// The door a request goes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Room {
    /// `cognito-idp`'s JSON API.
    Cognito,
    /// `apigatewayv2`'s REST API.
    ApiGateway,
    /// `lambda`'s REST API.
    Lambda,
    /// `sts:GetCallerIdentity`.
    Sts,
    /// An AWS service we do not have.
    OtherAws,
    /// `<base>/<pool id>/.well-known/…`, and the bare `<base>/<pool id>`, the issuer itself.
    Issuer,
    /// Managed login and OAuth2 on a login domain (`Some`: prefix or custom host) or on the plain base.
    Login(Option<String>),
    /// An HTTP API's data plane.
    Gateway,
    /// Object bytes.
    Objects,
    /// The dev mailbox.
    Mailbox,
    /// `/_cognate/…`: the server's own paths.
    Own,
    /// `/` on the base, asked by a person.
    Home,
    /// Nothing of ours.
    Unknown,
}

/// Host names this server has beside the built-in ones, and what exists here.
pub trait Known: Send + Sync {
    /// A login domain bound to this host name (custom domains), if any.
    fn login_domain(&self, host: &str) -> Option<String>;
    /// Whether the host is one of the configured public base hosts.
    fn is_base(&self, host: &str) -> bool;
    /// Whether the gateway serves this host and path.
    fn gateway(&self, host: &str, path: &str) -> bool;
    /// Whether the host is the configured public host of object bytes.
    fn is_objects(&self, host: &str) -> bool;
}

/// The host is none we answer for: a page of somebody else's may have pointed its name at us (DNS rebinding).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForeignHost;

/// The facts the choice is made from.
pub struct Wanted<'a> {
    /// The host's name, as [`http_apis::host_name`] reads it.
    pub host: &'a str,
    /// Request method.
    pub method: &'a Method,
    /// Raw path.
    pub path: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// Query string.
    pub query: Option<&'a str>,
}

/// What a host name alone says.
#[derive(Debug, PartialEq, Eq)]
enum HostForm {
    Base,
    Login(String),
    Objects,
    Execute,
    Service(String),
}

/// Chooses the room.
pub fn room(wanted: &Wanted<'_>, known: &dyn Known) -> Result<Room, ForeignHost> {
    match host_form(wanted.host, known).ok_or(ForeignHost)? {
        HostForm::Login(domain) => Ok(if is_own(wanted.path) { Room::Own } else { Room::Login(Some(domain)) }),
        HostForm::Objects => Ok(Room::Objects),
        HostForm::Execute => Ok(Room::Gateway),
        HostForm::Service(service) => Ok(service_room(&service, wanted)),
        HostForm::Base => Ok(base_room(wanted, known)),
    }
}

/// Whether a label is a region's name, such as `us-east-1` or `us-gov-west-1`.
pub fn is_region(label: &str) -> bool {
    let mut parts = label.split('-');
    let letters =
        |part: Option<&str>| part.is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase()));
    let first = parts.next();
    let area = parts.next();
    let third = parts.next();
    let digit = if third.is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit())) { third } else { parts.next() };
    letters(first)
        && first.is_some_and(|part| part.len() == 2)
        && letters(area)
        && digit.is_some_and(|part| part.len() == 1 && part.bytes().all(|b| b.is_ascii_digit()))
        && parts.next().is_none()
}

fn host_form(host: &str, known: &dyn Known) -> Option<HostForm> {
    // The server's own names come first: no custom domain, and no name a pattern covers too, may take them away.
    if known.is_base(host) || is_loopback(host) {
        return Some(HostForm::Base);
    }
    if known.is_objects(host) {
        return Some(HostForm::Objects);
    }
    if let Some(domain) = known.login_domain(host) {
        return Some(HostForm::Login(domain));
    }
    if known.gateway(host, "/") {
        return Some(HostForm::Execute);
    }
    localhost_form(host).or_else(|| aws_form(host))
}

fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    // No name of ours ends like an address; this spares most requests the attempt.
    host == "localhost"
        || host.ends_with(|last: char| last.is_ascii_digit() || last == ']')
            && bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// `dashboard.auth.localhost`, `objects.localhost`, `abc.execute-api.localhost`; any other `*.localhost` is the base.
fn localhost_form(host: &str) -> Option<HostForm> {
    let labels: Vec<&str> = host.strip_suffix(".localhost")?.split('.').collect();
    Some(match labels.as_slice() {
        ["objects"] => HostForm::Objects,
        [prefix, "auth"] => HostForm::Login((*prefix).to_owned()),
        [prefix, "auth", region] if is_region(region) => HostForm::Login((*prefix).to_owned()),
        [_, "execute-api"] => HostForm::Execute,
        [_, "execute-api", region] if is_region(region) => HostForm::Execute,
        [service] | [service, _] if is_service(service) => HostForm::Service((*service).to_owned()),
        _ => HostForm::Base,
    })
}

/// AWS's own names, as a Host header only: a client whose resolver was pointed at us.
fn aws_form(host: &str) -> Option<HostForm> {
    if let Some(rest) = host.strip_suffix(".amazoncognito.com") {
        let (prefix, rest) = rest.split_once(".auth.")?;
        return is_region(rest).then(|| HostForm::Login(prefix.to_owned()));
    }
    let rest = host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".api.aws"))?;
    let labels: Vec<&str> = rest.split('.').collect();
    Some(match labels.as_slice() {
        [_, "execute-api", region] if is_region(region) => HostForm::Execute,
        [service, ..] => HostForm::Service((*service).to_owned()),
        [] => return None,
    })
}

fn is_service(label: &str) -> bool {
    matches!(service_name(label), "cognito-idp" | "apigateway" | "lambda" | "sts")
}

fn service_name(label: &str) -> &str {
    let label = label.strip_prefix("issuer-").unwrap_or(label);
    label.strip_suffix("-fips").unwrap_or(label)
}

fn service_room(service: &str, wanted: &Wanted<'_>) -> Room {
    match service_name(service) {
        "cognito-idp" if is_well_known(wanted.path) => Room::Issuer,
        "cognito-idp" => Room::Cognito,
        "apigateway" => Room::ApiGateway,
        "lambda" => Room::Lambda,
        "sts" => Room::Sts,
        _ => Room::OtherAws,
    }
}

fn base_room(wanted: &Wanted<'_>, known: &dyn Known) -> Room {
    let path = wanted.path;
    if is_own(path) {
        return Room::Own;
    }
    if path == "/mailbox" || path.starts_with("/mailbox/") {
        return Room::Mailbox;
    }
    if path == "/_objects" || path.starts_with("/_objects/") {
        return Room::Objects;
    }
    if known.gateway(wanted.host, path) {
        return Room::Gateway;
    }
    if is_well_known(path) || is_bare_issuer(wanted) {
        return Room::Issuer;
    }
    if is_login_path(path) {
        return Room::Login(None);
    }
    aws_on_base(wanted)
}

/// AWS requests on the plain base: told apart by target, by the scope that was signed for, by their query action.
fn aws_on_base(wanted: &Wanted<'_>) -> Room {
    let scope = signed_service(wanted);
    if let Some(target) = wanted.headers.get("x-amz-target") {
        let ours = target.as_bytes().starts_with(b"AWSCognitoIdentityProviderService.");
        return if ours { Room::Cognito } else { other_or(scope.as_deref(), Room::Cognito) };
    }
    match scope.as_deref() {
        Some("apigateway") => Room::ApiGateway,
        Some("lambda") => Room::Lambda,
        Some("sts") => Room::Sts,
        Some("cognito-idp") => Room::Cognito,
        Some(_) => Room::OtherAws,
        None if wanted.path == "/v2" || wanted.path.starts_with("/v2/") => Room::ApiGateway,
        None if Lambda::claims(wanted.path) => Room::Lambda,
        // The query protocol names its operation in the form; STS is the one such service here.
        None if wanted.path == "/" && wanted.method == Method::POST && is_form(wanted.headers) => Room::Sts,
        // A POST to the root of the endpoint is an AWS call without a target: the JSON door says what is missing.
        None if wanted.path == "/" && wanted.method == Method::POST => Room::Cognito,
        None if wanted.path == "/" && wanted.method == Method::OPTIONS => Room::Cognito,
        None if wanted.path == "/" => Room::Home,
        None => Room::Unknown,
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"))
}

fn other_or(scope: Option<&str>, otherwise: Room) -> Room {
    match scope {
        Some("cognito-idp") | None => otherwise,
        Some(_) => Room::OtherAws,
    }
}

/// The service named by the SigV4 credential scope, in the header or the query.
fn signed_service(wanted: &Wanted<'_>) -> Option<String> {
    credential_scope(wanted).and_then(|scope| scope.rsplit('/').nth(1).map(str::to_owned))
}

/// `<date>/<region>/<service>/aws4_request`, with the key id in front.
fn credential_scope(wanted: &Wanted<'_>) -> Option<String> {
    let header = wanted.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(credential) =
        header.filter(|value| value.starts_with("AWS4-")).and_then(|value| value.split("Credential=").nth(1))
    {
        return credential.split([',', ' ']).next().map(str::to_owned);
    }
    form_urlencoded::parse(wanted.query?.as_bytes())
        .find(|(name, _)| name == "X-Amz-Credential")
        .map(|(_, value)| value.into_owned())
}

fn is_own(path: &str) -> bool {
    path == "/_cognate" || path.starts_with("/_cognate/")
}

/// `/<pool id>/.well-known/…`, and the bare `/.well-known/…` that a login domain also answers.
fn is_well_known(path: &str) -> bool {
    path.split('/').nth(2) == Some(".well-known")
}

/// `/<pool id>`, opened by a person because it is printed.
fn is_bare_issuer(wanted: &Wanted<'_>) -> bool {
    let pool = wanted.path.trim_start_matches('/').trim_end_matches('/');
    let is_pool = |(region, name): (&str, &str)| is_region(region) && name.bytes().all(|b| b.is_ascii_alphanumeric());
    matches!(*wanted.method, Method::GET | Method::HEAD) && pool.split_once('_').is_some_and(is_pool)
}

fn is_login_path(path: &str) -> bool {
    const PAGES: [&str; 12] = [
        "/oauth2",
        "/login",
        "/signup",
        "/confirm",
        "/confirmUser",
        "/forgotPassword",
        "/confirmForgotPassword",
        "/logout",
        "/error",
        "/mfa",
        "/assets",
        "/resendcode",
    ];
    let first = path.get(1..).and_then(|rest| rest.find('/')).map_or(path, |end| &path[..=end]);
    PAGES.contains(&first) || login::owns(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    struct Nothing;
    impl Known for Nothing {
        fn login_domain(&self, host: &str) -> Option<String> {
            matches!(host, "auth.example.test" | "id.example.test" | "localhost").then(|| host.to_owned())
        }
        fn is_base(&self, host: &str) -> bool {
            host == "id.example.test"
        }
        fn gateway(&self, _: &str, path: &str) -> bool {
            path.starts_with("/execute-api/known/")
        }
        fn is_objects(&self, _: &str) -> bool {
            false
        }
    }

    fn go(host: &str, method: &Method, path: &str, headers: &[(&'static str, &str)]) -> Result<Room, ForeignHost> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        room(&Wanted { host, method, path, headers: &map, query: None }, &Nothing)
    }

    #[test]
    fn every_door_is_found_by_host_or_path() {
        let (get, post) = (Method::GET, Method::POST);
        let table = [
            ("localhost", &get, "/", Room::Home),
            ("127.0.0.1", &get, "/mailbox", Room::Mailbox),
            ("[::1]", &post, "/", Room::Cognito),
            ("localhost", &get, "/us-east-1_AbCdEf123/.well-known/jwks.json", Room::Issuer),
            ("localhost", &get, "/us-east-1_AbCdEf123", Room::Issuer),
            ("localhost", &get, "/us-east-1_AbCdEf123/", Room::Issuer),
            ("localhost", &post, "/us-east-1_AbCdEf123", Room::Unknown),
            ("localhost", &get, "/us-east-1_AbCdEf123/more", Room::Unknown),
            ("localhost", &get, "/no-region_AbCdEf123", Room::Unknown),
            ("localhost", &get, "/oauth2/authorize", Room::Login(None)),
            ("localhost", &get, "/_objects/a", Room::Objects),
            ("localhost", &get, "/execute-api/known/dev/x", Room::Gateway),
            ("localhost", &get, "/execute-api/off/dev/x", Room::Unknown),
            ("localhost", &get, "/v2/apis", Room::ApiGateway),
            ("localhost", &get, "/2015-03-31/functions/", Room::Lambda),
            ("lambda.us-east-1.amazonaws.com", &get, "/2015-03-31/functions", Room::Lambda),
            ("lambda.localhost", &get, "/2015-03-31/functions", Room::Lambda),
            ("localhost", &get, "/nothing", Room::Unknown),
            ("dashboard.auth.localhost", &get, "/login", Room::Login(Some("dashboard".into()))),
            ("dashboard.auth.eu-west-1.amazoncognito.com", &get, "/login", Room::Login(Some("dashboard".into()))),
            ("auth.example.test", &get, "/login", Room::Login(Some("auth.example.test".into()))),
            ("id.example.test", &get, "/", Room::Home),
            ("objects.localhost", &get, "/uploads/x", Room::Objects),
            ("abcdefghij.execute-api.localhost", &get, "/login", Room::Gateway),
            ("abcdefghij.execute-api.us-east-1.amazonaws.com", &get, "/", Room::Gateway),
            ("cognito-idp.us-east-1.amazonaws.com", &post, "/", Room::Cognito),
            ("cognito-idp.us-east-1.amazonaws.com", &get, "/us-east-1_x/.well-known/jwks.json", Room::Issuer),
            ("apigateway.us-east-1.amazonaws.com", &get, "/v2/apis", Room::ApiGateway),
            ("sts.amazonaws.com", &post, "/", Room::Sts),
            ("dynamodb.us-east-1.amazonaws.com", &post, "/", Room::OtherAws),
        ];
        for (host, method, path, expected) in table {
            assert_eq!(go(host, method, path, &[]), Ok(expected), "{host} {path}");
        }
    }

    #[test]
    fn a_host_that_is_not_ours_is_refused() {
        for host in [
            "evil.example",
            "localhost.evil.example",
            "10.0.0.1",
            "[::1]evil.example",
            "::1]",
            "amazonaws.com.evil.example",
            "",
        ] {
            assert_eq!(go(host, &Method::GET, "/", &[]), Err(ForeignHost), "{host}");
        }
    }

    #[test]
    fn a_login_domain_cannot_take_the_servers_own_names() {
        for host in ["id.example.test", "localhost", "127.0.0.1"] {
            assert_eq!(go(host, &Method::GET, "/", &[]), Ok(Room::Home), "{host}");
        }
    }

    #[test]
    fn the_signed_scope_tells_services_apart_on_the_base() {
        let signed = |service: &str| {
            format!(
                "AWS4-HMAC-SHA256 Credential=AK/20261125/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
            )
        };
        for (service, expected) in [
            ("sts", Room::Sts),
            ("apigateway", Room::ApiGateway),
            ("lambda", Room::Lambda),
            ("cognito-idp", Room::Cognito),
            ("s3", Room::OtherAws),
        ] {
            assert_eq!(go("localhost", &Method::POST, "/", &[("authorization", &signed(service))]), Ok(expected));
        }
    }

    #[test]
    fn an_unsigned_query_call_is_told_so_by_the_one_query_service() {
        let form = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        assert_eq!(go("localhost", &Method::POST, "/", &form), Ok(Room::Sts));
        let json = [("content-type", "application/x-amz-json-1.1")];
        assert_eq!(go("localhost", &Method::POST, "/", &json), Ok(Room::Cognito));
    }

    #[test]
    fn regions_are_told_from_other_labels() {
        for (label, yes) in [
            ("us-east-1", true),
            ("us-gov-west-1", true),
            ("execute-api", false),
            ("eu-west", false),
            ("useast-1-1", false),
        ] {
            assert_eq!(is_region(label), yes, "{label}");
        }
    }
}
