//! The seven steps. A step that needs an earlier one is not run when that one is red.
use super::client::Answer;
use super::forge;
use super::report::{Outcome, Report, red};
use super::target::Target;
use super::user::{Throwaway, Tokens};
use crate::platform::Clock;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

/// The lesson's four routes.
const ROUTES: [&str; 4] = ["GET /metadata", "GET /metadata/list", "POST /upload-url", "DELETE /metadata"];

/// Runs every step that can be run.
pub async fn all(target: &Target) -> Report {
    let mut report = Report::default();
    let (outcome, flows) = pool(target).await;
    report.note(1, "the pool exists with its app client", outcome);
    let outcome = after(&report, &[1], login(target)).await;
    report.note(2, "the login page answers", outcome);
    let mut authorizer = None;
    let outcome = after(&report, &[1], async {
        let (outcome, found) = find_authorizer(target).await;
        authorizer = found;
        outcome
    })
    .await;
    report.note(3, "an authorizer has the pool's issuer and the client as audience", outcome);
    let outcome = after(&report, &[3], routes(target, authorizer.as_deref())).await;
    report.note(4, "the four routes carry it", outcome);
    let outcome = preflight(target).await;
    report.note(5, "CORS lets Authorization through", outcome);
    tokens(target, &flows, &mut report).await;
    report
}

async fn after(report: &Report, needed: &[u8], step: impl Future<Output = Outcome>) -> Outcome {
    match report.missing(needed) {
        Some(red) => Outcome::NotRun(red),
        None => step.await,
    }
}

/// 1. Also gives the client's auth flows.
async fn pool(target: &Target) -> (Outcome, Vec<String>) {
    let pool = match target.http.cognito(&target.cognito, "DescribeUserPool", &json!({"UserPoolId": target.pool})).await
    {
        Ok(pool) => pool,
        Err(why) => {
            return (
                red(
                    why,
                    format!("create the user pool, or name the right one with --pool (asked for {})", target.pool),
                ),
                Vec::new(),
            );
        }
    };
    let input = json!({"UserPoolId": target.pool, "ClientId": target.client});
    let client = match target.http.cognito(&target.cognito, "DescribeUserPoolClient", &input).await {
        Ok(client) => client,
        Err(why) => {
            return (red(why, "create an app client in the pool, or name the right one with --client"), Vec::new());
        }
    };
    let text = |value: &Value, at: &str| value.pointer(at).and_then(Value::as_str).unwrap_or("?").to_owned();
    let flows =
        client.pointer("/UserPoolClient/ExplicitAuthFlows").and_then(Value::as_array).cloned().unwrap_or_default();
    let flows = flows.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let seen = format!(
        "pool {} ({}), client {} ({})",
        target.pool,
        text(&pool, "/UserPool/Name"),
        target.client,
        text(&client, "/UserPoolClient/ClientName")
    );
    (Outcome::Green(seen), flows)
}

/// 2.
async fn login(target: &Target) -> Outcome {
    let redirect: String = form_urlencoded::byte_serialize(format!("{}/callback", target.page).as_bytes()).collect();
    let url = format!(
        "{}/login?client_id={}&response_type=code&scope=openid+email&redirect_uri={redirect}",
        target.login, target.client
    );
    let fix = "give the pool a domain (CreateUserPoolDomain) and the client a callback URL and the code flow";
    match target.http.send(Method::GET, &url, HeaderMap::new(), "").await {
        Err(why) => red(why, fix),
        Ok(answer) if answer.status == StatusCode::OK && answer.short_contains("password") => {
            Outcome::Green(format!("{} answers {} with a sign-in form", target.login, answer.status))
        }
        Ok(answer) => red(format!("{} answers {}{}", target.login, answer.status, location(&answer)), fix),
    }
}

fn location(answer: &Answer) -> String {
    answer.header("location").map(|to| format!(", location {to}")).unwrap_or_default()
}

impl Answer {
    fn short_contains(&self, word: &str) -> bool {
        String::from_utf8_lossy(&self.body).contains(word)
    }
}

/// 3. Also gives the authorizer's id.
async fn find_authorizer(target: &Target) -> (Outcome, Option<String>) {
    let items = match target.http.api_items(&target.apigateway, &format!("/v2/apis/{}/authorizers", target.api)).await {
        Ok(items) => items,
        Err(why) => return (red(why, "create the HTTP API, or name the right one with --api"), None),
    };
    let mut causes = Vec::new();
    for item in items.iter().filter(|item| item.get("authorizerType").and_then(Value::as_str) == Some("JWT")) {
        match authorizer_fault(target, item) {
            None => {
                return (
                    Outcome::Green(format!("issuer {}, audience {}", target.issuer, target.client)),
                    item.get("authorizerId").and_then(Value::as_str).map(str::to_owned),
                );
            }
            Some(fault) => causes.push(fault),
        }
    }
    if causes.is_empty() {
        return (
            red(
                "the API has no JWT authorizer",
                "create one (CreateAuthorizer, type JWT) with the pool's issuer and the client id as audience",
            ),
            None,
        );
    }
    let cause = causes.join("; ");
    let fix = format!(
        "set the authorizer's issuer to exactly {} and its audience to {} (UpdateAuthorizer)",
        target.issuer, target.client
    );
    (red(cause, fix), None)
}

fn authorizer_fault(target: &Target, item: &Value) -> Option<String> {
    let issuer = item.pointer("/jwtConfiguration/issuer").and_then(Value::as_str).unwrap_or_default();
    if issuer != target.issuer {
        let slash = if issuer.trim_end_matches('/') == target.issuer {
            " (the slash at the end makes it another issuer)"
        } else {
            ""
        };
        return Some(format!("the authorizer's issuer is {issuer}, the pool's is {}{slash}", target.issuer));
    }
    let audience = item.pointer("/jwtConfiguration/audience").and_then(Value::as_array).cloned().unwrap_or_default();
    let listed = audience.iter().any(|entry| entry.as_str() == Some(target.client.as_str()));
    (!listed).then(|| {
        format!("the authorizer's audience is {}, the client {} is not in it", Value::Array(audience), target.client)
    })
}

/// 4.
async fn routes(target: &Target, authorizer: Option<&str>) -> Outcome {
    let items = match target.http.api_items(&target.apigateway, &format!("/v2/apis/{}/routes", target.api)).await {
        Ok(items) => items,
        Err(why) => return red(why, "name the right API with --api"),
    };
    let text = |item: &Value, name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    for key in ROUTES {
        let Some(route) = items.iter().find(|item| text(item, "routeKey") == key) else {
            return red(
                format!("there is no route {key}"),
                format!(
                    "create it (CreateRoute --route-key '{key}') with the integration as target and the JWT authorizer"
                ),
            );
        };
        if text(route, "authorizationType") != "JWT" || Some(text(route, "authorizerId").as_str()) != authorizer {
            return red(
                format!(
                    "the route {key} has authorization {} and authorizer {:?}",
                    text(route, "authorizationType"),
                    text(route, "authorizerId")
                ),
                format!("set AuthorizationType JWT and AuthorizerId {} on it (UpdateRoute)", authorizer.unwrap_or("?")),
            );
        }
    }
    Outcome::Green(format!("{} all have authorizer {}", ROUTES.join(", "), authorizer.unwrap_or("?")))
}

/// 5. A real preflight, as the page's browser would send it.
async fn preflight(target: &Target) -> Outcome {
    let fix = format!(
        "CorsConfiguration of the API: AllowOrigins {}, AllowHeaders authorization and content-type, AllowMethods GET, POST, DELETE",
        target.page
    );
    let answer = match ask_preflight(target, Some("authorization")).await {
        Ok(answer) => answer,
        Err(why) => return red(why, fix),
    };
    if let Some(fault) = preflight_fault(target, &answer) {
        // A gateway may leave out every CORS header when one point is not allowed: without the header asked for we see which.
        let without = ask_preflight(target, None).await;
        let only_the_header = without.is_ok_and(|plain| !answer.allows_origin(target) && plain.allows_origin(target));
        let cause = if only_the_header {
            "the preflight passes without Authorization and fails with it: Authorization is not in AllowHeaders"
                .to_owned()
        } else {
            fault
        };
        return red(cause, fix);
    }
    let headers = answer.header("access-control-allow-headers").unwrap_or("?");
    Outcome::Green(format!("{} for {}, headers {headers}", answer.status, target.page))
}

async fn ask_preflight(target: &Target, wanted: Option<&'static str>) -> Result<Answer, String> {
    let mut headers = HeaderMap::new();
    let origin = HeaderValue::from_str(&target.page);
    headers
        .insert(header::ORIGIN, origin.map_err(|_| "the page's origin is no header value: give --page as an origin")?);
    headers.insert(header::ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("GET"));
    headers.extend(wanted.map(|name| (header::ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue::from_static(name))));
    target.http.send(Method::OPTIONS, &format!("{}/metadata/list", target.api_url), headers, "").await
}

fn preflight_fault(target: &Target, answer: &Answer) -> Option<String> {
    let shown = |name: &str| answer.header(name).unwrap_or("absent").to_owned();
    if !answer.allows_origin(target) {
        let allowed = shown("access-control-allow-origin");
        return Some(format!(
            "the preflight from {} is answered {} with allow-origin {allowed}",
            target.page, answer.status
        ));
    }
    for (name, short, wanted) in [
        ("access-control-allow-headers", "allow-headers", "Authorization"),
        ("access-control-allow-methods", "allow-methods", "GET"),
    ] {
        if !answer.lists(name, wanted) {
            return Some(format!("{short} is {}: {wanted} is not in it", shown(name)));
        }
    }
    None
}

impl Answer {
    fn lists(&self, name: &str, wanted: &str) -> bool {
        let named = |item: &str| item.trim() == "*" || item.trim().eq_ignore_ascii_case(wanted);
        self.header(name).is_some_and(|value| value.split(',').any(named))
    }

    fn allows_origin(&self, target: &Target) -> bool {
        self.header("access-control-allow-origin").is_some_and(|allowed| allowed == "*" || allowed == target.page)
    }
}

const SIX: &str = "401 without a token, 200 with a valid one";
const SEVEN: &str = "forged tokens are refused";

/// 6 and 7, with a throw-away user that is removed however they end.
async fn tokens(target: &Target, flows: &[String], report: &mut Report) {
    if let Some(red) = report.missing(&[1, 3, 4]) {
        report.note(6, SIX, Outcome::NotRun(red));
        report.note(7, SEVEN, Outcome::NotRun(red));
        return;
    }
    let fix = "let the client use ALLOW_USER_PASSWORD_AUTH or ALLOW_ADMIN_USER_PASSWORD_AUTH, with a key pair that may administer the pool";
    let user = match Throwaway::make(target).await {
        Ok(user) => user,
        Err(why) => {
            report.note(6, SIX, red(why, fix));
            report.note(7, SEVEN, Outcome::NotRun(6));
            return;
        }
    };
    match user.sign_in(target, flows).await {
        Err(why) => report.note(6, SIX, red(why, fix)),
        Ok(tokens) => {
            report.note(6, SIX, doors(target, &tokens).await);
            if report.missing(&[6]).is_none() {
                report.note(7, SEVEN, forgeries(target, &tokens).await);
            }
        }
    }
    if let Some(red) = report.missing(&[6]) {
        report.note(7, SEVEN, Outcome::NotRun(red));
    }
    if let Err(why) = user.remove(target).await {
        tracing::warn!(why, "the throw-away user could not be removed");
    }
}

async fn call(target: &Target, token: Option<&str>) -> Result<Answer, String> {
    let url = format!("{}/metadata/list", target.api_url);
    match token {
        Some(token) => target.http.get(&url, header::AUTHORIZATION, &format!("Bearer {token}")).await,
        None => target.http.send(Method::GET, &url, HeaderMap::new(), "").await,
    }
}

async fn doors(target: &Target, tokens: &Tokens) -> Outcome {
    let without = match call(target, None).await {
        Ok(answer) if answer.status == StatusCode::UNAUTHORIZED => answer,
        Ok(answer) => {
            return red(
                format!("without a token the API answers {}", answer.status),
                "put the JWT authorizer on the route and deploy the stage",
            );
        }
        Err(why) => return red(why, "see that the API's stage is deployed and reachable"),
    };
    for (kind, token) in [("access", &tokens.access), ("ID", &tokens.id)] {
        match call(target, Some(token)).await {
            Ok(answer) if answer.status == StatusCode::OK => {}
            Ok(answer) => return refused(target, kind, token, &answer).await,
            Err(why) => return red(why, "see that the API's stage is deployed and reachable"),
        }
    }
    Outcome::Green(format!(
        "{} without (www-authenticate: {}), 200 with an access token and with an ID token",
        without.status,
        without.header("www-authenticate").unwrap_or("absent")
    ))
}

/// Why a valid token did not get through.
async fn refused(target: &Target, kind: &str, token: &str, answer: &Answer) -> Outcome {
    let kid = forge::part(token, 0)
        .ok()
        .and_then(|header| header.get("kid").and_then(Value::as_str).map(str::to_owned))
        .unwrap_or_default();
    let published = jwks(target).await.map(|keys| keys.iter().any(|key| key.kid == kid));
    if published == Ok(false) {
        return red(
            format!("a fresh {kind} token is answered {}: its key {kid} is not in the pool's JWKS", answer.status),
            "publish the key again, or rotate the pool's signing keys (cognate keys rotate --signing)",
        );
    }
    if answer.status.is_server_error() {
        return red(
            format!(
                "a valid {kind} token passes the authorizer, but the integration answers {} {}",
                answer.status,
                answer.short()
            ),
            "see that the route's integration points at a function that exists and answers",
        );
    }
    let said = answer.header("www-authenticate").unwrap_or("nothing");
    red(
        format!("a valid {kind} token is answered {}: {said}", answer.status),
        "compare the authorizer's issuer and audience with the token's iss, aud and client_id",
    )
}

async fn jwks(target: &Target) -> Result<Vec<jose::Jwk>, String> {
    let url = format!("{}/{}/.well-known/jwks.json", target.cognito, target.pool);
    let answer = target.http.send(Method::GET, &url, HeaderMap::new(), "").await?;
    jose::JwkSet::read(&answer.body).map(|set| set.keys).map_err(|error| format!("{url}: {error}"))
}

/// 7.
async fn forgeries(target: &Target, tokens: &Tokens) -> Outcome {
    let keys = match jwks(target).await {
        Ok(keys) => keys,
        Err(why) => return red(why, "the JWKS must be reachable"),
    };
    let Some(public) = keys.first() else { return red("the JWKS holds no key", "rotate the pool's signing keys") };
    let forged = match forge::all(&tokens.access, public, Clock::default().now() / 1000) {
        Ok(forged) => forged,
        Err(why) => return red(why, "the access token must be a JWT"),
    };
    for forgery in &forged {
        match call(target, Some(&forgery.token)).await {
            Ok(answer) if answer.status == StatusCode::UNAUTHORIZED => {}
            Ok(answer) => {
                return red(
                    format!("a forged token ({}) is answered {}", forgery.name, answer.status),
                    "do not trust this gateway: it must verify signature, issuer, audience and expiry",
                );
            }
            Err(why) => return red(why, "see that the API is reachable"),
        }
    }
    Outcome::Green(format!(
        "401 for each: {}",
        forged.iter().map(|forgery| forgery.name).collect::<Vec<_>>().join(", ")
    ))
}
