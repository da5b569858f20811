//! The hall: a request comes in, its door is found, the room behind it answers. The gateway answers on the listener's own thread; every other
//! room answers on the control runtime, so that hashing and signing never hold up the data plane.
use super::body::{Body, TooLarge, collect, full};
use super::context::{self, Client, Network};
use super::guard::own_origin;
use super::hosts::{self, Room, Wanted};
use super::listener::{Ends, Worker};
use super::names::Names;
use super::{own, path_form};
use crate::mail::Mailbox;
use crate::platform::Clock;
use crate::telemetry::{Metrics, Tally};
use aws::sts::CallerIdentity;
use aws::{ErrorForm, ServiceError};
use control_plane::apigatewayv2::ApiGatewayV2;
use control_plane::cognito_idp::CognitoIdp;
use control_plane::lambda::{self, Lambda};
use control_plane::{Caller, Signatures};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::{Body as _, Incoming};
use login::{Login, LoginRequest};
use objects::ObjectService;
use sigv4::{CredentialScope, RequestParts};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use user_pools::ports::StoreError;
use user_pools::{PoolId, RequestContext, UserPools};

/// Largest form of the query protocol.
const FORM: usize = 64 * 1024;
/// Largest body of the API Gateway control plane (an OpenAPI document).
const REST: usize = 6 * 1024 * 1024;

/// Bodies of the Lambda API (zips) that are read at a time: each may be 72 MB. A small one waits for nobody.
const LARGE_BODIES: usize = 3;
/// How long a large one waits for its turn; SDKs try again.
const TURN: Duration = Duration::from_secs(10);

/// All rooms behind the listeners.
pub struct Hall {
    /// Time.
    pub clock: Clock,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Host names.
    pub names: Names,
    /// Whose word about the client counts.
    pub trusted: Vec<Network>,
    /// Whether hosts that are none of ours are refused (`dev`: against DNS rebinding; `serve` does the same with its configured names).
    pub public_base: String,
    /// Runtime of everything but the gateway.
    pub control: Handle,
    /// The ground floor, for the pools' documents.
    pub pools: Arc<UserPools>,
    /// `cognito-idp`.
    pub cognito: CognitoIdp,
    /// `apigatewayv2`.
    pub apigateway: ApiGatewayV2,
    /// `lambda`.
    pub lambda: Lambda,
    /// One for each large body that may be read now.
    pub large: Semaphore,
    /// Who may sign.
    pub signatures: Arc<dyn Signatures>,
    /// Managed login, OAuth2, discovery.
    pub login: Login,
    /// Object bytes.
    pub objects: Arc<ObjectService>,
    /// `dev` only.
    pub mailbox: Option<Mailbox>,
    /// `POST /_cognate/clock` is allowed.
    pub test_clock: bool,
}

/// One listener thread's share: the gateway's worker.
pub struct HallWorker {
    hall: Arc<Hall>,
    gateway: http_apis::Worker,
    tally: Tally,
}

impl HallWorker {
    /// A worker for one thread.
    pub fn new(hall: Arc<Hall>, gateway: http_apis::Worker) -> Self {
        let tally = hall.metrics.tally();
        Self { hall, gateway, tally }
    }
}

impl Worker for HallWorker {
    async fn handle(self: Arc<Self>, ends: Ends, request: Request<Incoming>) -> Response<Body> {
        let started = Instant::now();
        let _in_flight = self.hall.metrics.began();
        let (name, answer) = self.lead(ends, request).await;
        self.tally.answered(name, answer.status().as_u16(), started.elapsed());
        answer
    }
}

impl HallWorker {
    async fn lead(&self, ends: Ends, mut request: Request<Incoming>) -> (&'static str, Response<Body>) {
        let hall = &self.hall;
        if !one_host(&mut request) {
            return (
                "none",
                plain(StatusCode::BAD_REQUEST, "the Host header names another host than the request's target"),
            );
        }
        let named = authority(&request).and_then(|authority| Some((authority, http_apis::host_name(authority)?)));
        let Some((authority, host)) = named else {
            return ("none", plain(StatusCode::BAD_REQUEST, "exactly one Host header is needed, host[:port]"));
        };
        let client = context::client(context::plain_ip(ends.peer), ends.tls, request.headers(), &hall.trusted);
        let wanted = Wanted {
            host: &host,
            method: request.method(),
            path: request.uri().path(),
            headers: request.headers(),
            query: request.uri().query(),
        };
        let room = match hosts::room(&wanted, &hall.names) {
            Ok(room) => room,
            Err(hosts::ForeignHost) => return ("none", foreign_host(&host)),
        };
        let name = label(&room);
        if room == Room::Gateway {
            let context = http_apis::RequestContext {
                client: client.ip,
                local: ends.local,
                tls: client.scheme == "https",
                now: hall.clock.now(),
            };
            return (name, self.through_the_gateway(request, context).await);
        }
        let authority = authority.to_owned();
        let task = hall.control.spawn(Arc::clone(hall).answer(room, authority, client, request));
        // A room that panicked has said so on standard error; its client gets an answer all the same.
        (name, task.await.unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong")))
    }
}

impl HallWorker {
    async fn through_the_gateway(
        &self,
        mut request: Request<Incoming>,
        context: http_apis::RequestContext,
    ) -> Response<Body> {
        let by_path = path_form::is(request.uri().path());
        if by_path {
            path_form::clean_request(request.headers_mut());
        }
        let mut answer = self.gateway.handle(request, context).await;
        if by_path {
            path_form::clean_answer(answer.headers_mut());
        }
        answer.map(Body::Gateway)
    }
}

impl Hall {
    /// The turns for large bodies.
    pub const fn turns() -> Semaphore {
        Semaphore::const_new(LARGE_BODIES)
    }

    async fn answer(
        self: Arc<Self>,
        room: Room,
        authority: String,
        client: Client,
        request: Request<Incoming>,
    ) -> Response<Body> {
        let cx = context::context(&self.clock, &client, request.headers());
        match room {
            Room::Cognito => self.cognito(cx, request).await,
            Room::ApiGateway => self.api_gateway(cx, request).await,
            Room::Lambda => self.lambda(cx, request).await,
            Room::Sts => self.sts(cx, request).await,
            Room::OtherAws => self.other_aws(&cx, request).await,
            Room::Issuer => self.well_known(&cx, &request).await,
            Room::Login(domain) => self.managed_login(cx, domain, &authority, &client, request).await,
            Room::Objects => self.objects.handle(request, cx.now).await.map(Body::stream),
            Room::Mailbox => self.guarded(&request).unwrap_or_else(|| own::mailbox(self.mailbox.as_ref(), &request)),
            Room::Own => match self.guarded(&request) {
                Some(refused) => refused,
                None => own::answer(&self, request).await,
            },
            Room::Home => own::home(&self),
            Room::Unknown | Room::Gateway => {
                plain(StatusCode::NOT_FOUND, "there is nothing here; see / for what there is")
            }
        }
    }

    /// Whether an origin is the server's own.
    pub(super) fn is_own_origin(&self, origin: &str) -> bool {
        is_own(origin, &self.public_base)
    }

    fn foreign_page(&self, headers: &HeaderMap) -> bool {
        own_origin(headers, |origin| self.is_own_origin(origin)).is_err()
    }

    fn guarded(&self, request: &Request<Incoming>) -> Option<Response<Body>> {
        self.foreign_page(request.headers())
            .then(|| plain(StatusCode::FORBIDDEN, "a page of another origin may not ask for this"))
    }

    async fn cognito(&self, cx: RequestContext, request: Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let signed = CognitoIdp::caller(&parts) == Some(Caller::SigV4);
        if signed && self.foreign_page(&parts.headers) {
            return aws_error(ErrorForm::Json11, &foreign_page_error(), &cx);
        }
        let said = body.size_hint().upper();
        match collect(body, self.cognito.room_for(cx.now, &parts)).await {
            Ok(body) => self.cognito.handle(cx, &parts, body).await.map(full),
            Err(TooLarge::Limit) => self.cognito.no_room(&cx, &parts, said).map(full),
            Err(TooLarge::Broken) => aws_error(ErrorForm::Json11, &broken(), &cx),
        }
    }

    async fn api_gateway(&self, cx: RequestContext, request: Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        if self.foreign_page(&parts.headers) {
            return aws_error(ErrorForm::RestJson, &foreign_page_error(), &cx);
        }
        // Nothing large is held for whom nothing will be done.
        let stranger = self.signatures.could_pass(cx.now, "apigateway", &parts).err();
        match collect(body, if stranger.is_some() { FORM } else { REST }).await {
            Ok(body) => self.apigateway.handle(cx, &parts, body).await.map(full),
            Err(TooLarge::Limit) => {
                let error = stranger.unwrap_or_else(aws::rest_json::too_large);
                aws_error(ErrorForm::RestJson, &error, &cx)
            }
            Err(TooLarge::Broken) => aws_error(ErrorForm::RestJson, &broken(), &cx),
        }
    }

    async fn lambda(&self, cx: RequestContext, request: Request<Incoming>) -> Response<Body> {
        let refused = |error, cx: &RequestContext| lambda::refused(error, &cx.request_id).map(full);
        let (parts, body) = request.into_parts();
        if self.foreign_page(&parts.headers) {
            return refused(foreign_page_error(), &cx);
        }
        let most = self.lambda.room_for(cx.now, &parts);
        let large = most > lambda::WITHOUT_CODE
            && body.size_hint().upper().is_none_or(|upper| upper > lambda::WITHOUT_CODE as u64);
        let turn = if large {
            let Ok(Ok(turn)) = tokio::time::timeout(TURN, self.large.acquire()).await else {
                return refused(lambda::too_many(), &cx);
            };
            Some(turn)
        } else {
            None
        };
        match collect(body, most).await {
            Ok(body) => {
                // A call of a function may take a quarter of an hour; what turned out small holds up no zip.
                let _turn = turn.filter(|_| body.len() > lambda::WITHOUT_CODE);
                self.lambda.handle(cx, &parts, body).await.map(full)
            }
            Err(TooLarge::Limit) => refused(self.lambda.no_room_for(cx.now, &parts), &cx),
            Err(TooLarge::Broken) => refused(broken(), &cx),
        }
    }

    async fn sts(&self, cx: RequestContext, request: Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        if self.foreign_page(&parts.headers) {
            return aws_error(ErrorForm::Query, &foreign_page_error(), &cx);
        }
        let body = match collect(body, FORM).await {
            Ok(body) => body,
            Err(TooLarge::Limit) => return aws_error(ErrorForm::Query, &aws::json11::too_large(), &cx),
            Err(TooLarge::Broken) => return aws_error(ErrorForm::Query, &broken(), &cx),
        };
        self.get_caller_identity(&cx, &parts, &body).unwrap_or_else(|error| aws_error(ErrorForm::Query, &error, &cx))
    }

    fn get_caller_identity(
        &self,
        cx: &RequestContext,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Response<Body>, ServiceError> {
        let signed = self.signatures.check(cx.now, aws::sts::SIGNING_NAME, parts, body)?;
        let asked = if body.is_empty() { parts.uri.query().unwrap_or_default().as_bytes() } else { body };
        aws::sts::read(asked)?;
        let account = signed.scope.account;
        let caller = CallerIdentity { arn: format!("arn:aws:iam::{account}:root"), user_id: account.clone(), account };
        Ok(aws::sts::answer(&caller, &cx.request_id).map(full))
    }

    async fn other_aws(&self, cx: &RequestContext, request: Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let body = collect(body, FORM).await.unwrap_or_default();
        let service = CredentialScope::peek(&RequestParts::from(&parts)).map(|scope| scope.service);
        let (form, error) = aws::elsewhere::refuse(service.as_deref(), &parts.headers, &body);
        aws_error(form, &error, cx)
    }

    /// `GET <base>/<pool id>/.well-known/…`, and `GET <base>/<pool id>` for those who open the issuer to see what it is.
    async fn well_known(&self, cx: &RequestContext, request: &Request<Incoming>) -> Response<Body> {
        if !reads(request.method()) {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "only GET");
        }
        let parts: Vec<&str> = request.uri().path().split('/').collect();
        let (pool, document) = match parts.as_slice() {
            ["", pool, ".well-known", document] => (pool, *document),
            ["", pool] | ["", pool, ""] => (pool, ""),
            _ => return plain(StatusCode::NOT_FOUND, "no such document"),
        };
        let pool = match self.pools.store.pool(PoolId((*pool).to_owned())).await {
            Ok(pool) => pool,
            Err(StoreError::NotFound) => return plain(StatusCode::NOT_FOUND, "no such user pool"),
            Err(error) => {
                tracing::error!(request_id = %cx.request_id, %error, "a pool could not be read");
                return plain(StatusCode::SERVICE_UNAVAILABLE, "the service is unavailable");
            }
        };
        match document {
            "" => own::issuer(&self.pools.issuer(&pool), &pool, request.headers()),
            "openid-configuration" => self.login.discovery(cx, &pool).await.map(full),
            "jwks.json" => self.login.jwks(cx, &pool).await.map(full),
            _ => plain(StatusCode::NOT_FOUND, "no such document"),
        }
    }

    async fn managed_login(
        &self,
        cx: RequestContext,
        domain: Option<String>,
        authority: &str,
        client: &Client,
        request: Request<Incoming>,
    ) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let https = client.scheme == "https";
        let body = match collect(body, login::MAX_FORM).await {
            Ok(body) => body,
            Err(TooLarge::Limit) => return self.login.too_large(&cx, parts.uri.path()).map(full),
            Err(TooLarge::Broken) => {
                return plain(StatusCode::REQUEST_TIMEOUT, "the form did not arrive in time, or broke off");
            }
        };
        let request = LoginRequest {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers: parts.headers.clone(),
            body,
            domain: domain.filter(|domain| !domain.is_empty()),
            https,
            origin: format!("{}://{authority}", client.scheme),
        };
        self.login.handle(cx, request).await.map(full)
    }
}

/// An origin is ours when it is the base; where the base is this machine, in any spelling of this machine.
fn is_own(origin: &str, base: &str) -> bool {
    const HERE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
    let parts = |url: &str| {
        let (scheme, authority) = url.split_once("://")?;
        let host = http_apis::host_name(authority)?;
        HERE.contains(&&*host).then(|| (scheme.to_owned(), authority[host.len()..].to_owned()))
    };
    origin == base || parts(base).is_some_and(|own| parts(origin) == Some(own))
}

/// Makes the Host header of a request whose target names its host (HTTP/2's `:authority`, the absolute form) the same: what a room, a mapping
/// or a signature reads there is what the room was chosen by. False where the client says two things.
fn one_host<B>(request: &mut Request<B>) -> bool {
    let Some(authority) = request.uri().authority() else { return true };
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => {}
        (Some(host), None) if host.as_bytes().eq_ignore_ascii_case(authority.as_str().as_bytes()) => {}
        _ => return false,
    }
    let Ok(host) = HeaderValue::from_str(authority.as_str()) else { return false };
    request.headers_mut().insert(header::HOST, host);
    true
}

/// Host and port the client asked for: `:authority` in HTTP/2, else the one Host header.
pub fn authority(request: &Request<Incoming>) -> Option<&str> {
    match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => only_host_header(request.headers()),
    }
}

/// Two Host headers are a trick, not a request.
fn only_host_header(headers: &HeaderMap) -> Option<&str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    hosts.next().is_none().then_some(host)
}

const fn label(room: &Room) -> &'static str {
    match room {
        Room::Cognito => "cognito-idp",
        Room::ApiGateway => "apigateway",
        Room::Lambda => "lambda",
        Room::Sts => "sts",
        Room::OtherAws => "other-aws",
        Room::Issuer => "issuer",
        Room::Login(_) => "login",
        Room::Gateway => "gateway",
        Room::Objects => "objects",
        Room::Mailbox => "mailbox",
        Room::Own => "own",
        Room::Home => "home",
        Room::Unknown => "none",
    }
}

/// A plain JSON answer of the hall itself.
pub fn plain(status: StatusCode, message: &str) -> Response<Body> {
    let mut answer = Response::new(full(serde_json::json!({ "message": message }).to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

fn foreign_host(host: &str) -> Response<Body> {
    let shown: String = host.chars().filter(char::is_ascii_graphic).take(100).collect();
    plain(
        StatusCode::FORBIDDEN,
        &format!(
            "this server does not answer for the host {shown:?}; use localhost, a name below .localhost, or an AWS host name of something that exists here"
        ),
    )
}

fn foreign_page_error() -> ServiceError {
    ServiceError::new("AccessDeniedException", "A web page of another origin may not call a signed operation.")
        .status(StatusCode::FORBIDDEN)
}

fn broken() -> ServiceError {
    ServiceError::new("RequestTimeoutException", "The request body did not arrive in time, or broke off.")
        .status(StatusCode::REQUEST_TIMEOUT)
}

fn aws_error(form: ErrorForm, error: &ServiceError, cx: &RequestContext) -> Response<Body> {
    form.response(error, &cx.request_id).map(full)
}

/// Whether a method only reads.
pub(super) fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_this_machine_is_our_own_origin_on_our_port_only() {
        let base = "http://localhost:4566";
        for own in ["http://localhost:4566", "http://127.0.0.1:4566", "http://[::1]:4566"] {
            assert!(is_own(own, base), "{own}");
        }
        for foreign in [
            "http://localhost:4567",
            "http://localhost",
            "https://localhost:4566",
            "http://localhost:4566.evil.example",
            "null",
            "",
        ] {
            assert!(!is_own(foreign, base), "{foreign}");
        }
    }

    #[test]
    fn a_target_with_a_host_leaves_no_other_in_the_header() {
        let asked = |target: &str, hosts: &[&str]| {
            let request = Request::get(target);
            let mut request =
                hosts.iter().fold(request, |request, host| request.header("host", *host)).body(()).unwrap();
            let known: Vec<_> =
                one_host(&mut request).then(|| request.headers().get_all("host")).into_iter().flatten().collect();
            known.iter().map(|host| host.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let target = "http://a.example:8443/x";
        assert_eq!(asked(target, &[]), ["a.example:8443"]);
        assert_eq!(asked(target, &["A.example:8443"]), ["a.example:8443"]);
        for lies in
            [&["admin.internal"][..], &["a.example"], &["a.example:8443", "a.example:8443"], &["a.example:8443", "b"]]
        {
            assert!(asked(target, lies).is_empty(), "{lies:?}");
        }
        assert_eq!(asked("/x", &["b.example"]), ["b.example"], "the header speaks alone");
    }

    #[test]
    fn over_https_a_plain_page_of_this_machine_is_foreign() {
        let base = "https://localhost:4566";
        assert!(is_own("https://127.0.0.1:4566", base));
        assert!(!is_own("http://127.0.0.1:4566", base) && !is_own("http://localhost:4566", base));
    }

    #[test]
    fn a_page_on_the_visitors_own_machine_is_foreign_to_a_public_server() {
        let base = "https://id.example.com";
        assert!(is_own(base, base));
        for foreign in ["http://localhost", "http://127.0.0.1", "http://id.example.com", "https://id.example.com:8443"]
        {
            assert!(!is_own(foreign, base), "{foreign}");
        }
    }
}
