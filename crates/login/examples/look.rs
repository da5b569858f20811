//! Serves managed login over a throw-away store, to look at the pages: `cargo run -p login --example look -- 4600`.
//! `/` lists what to open; `/_mail` shows the messages. Pools: `plain` (user `ann`), `mfa` (e-mail sign-up, MFA on).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a tool for looking, not part of the server"
)]
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use login::{Login, LoginRequest, Urls};
use std::convert::Infallible;
use std::sync::Arc;
use testing::Bench;
use user_pools::client::AppClient;
use user_pools::pool::{AliasKind, Contact, MfaRequirement};
use user_pools::user::UserStatus;

struct Looking {
    bench: Bench,
    login: Login,
    origin: String,
    index: String,
}

#[tokio::main]
async fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(4600);
    let origin = format!("http://localhost:{port}");
    let bench = Bench::new();
    let index = prepare(&bench, &origin).await;
    let urls = Urls { base: origin.clone(), login: origin.clone(), plain_login: true };
    let login = Login::new(bench.pools.clone(), urls);
    let looking = Arc::new(Looking { bench, login, origin, index });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    println!("{}", looking.origin);
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let looking = Arc::clone(&looking);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(Arc::clone(&looking), request));
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn prepare(bench: &Bench, origin: &str) -> String {
    let plain = bench.pool().await;
    let mfa = bench
        .pool_with(|settings| {
            settings.username_attributes = vec![AliasKind::Email];
            settings.auto_verified = vec![Contact::Email];
            settings.mfa = MfaRequirement::On;
            settings.software_token_mfa = Some(true);
            for attribute in &mut settings.schema {
                attribute.required |= attribute.name == "name";
            }
        })
        .await;
    let mut index = String::new();
    for (name, pool) in [("plain", &plain), ("mfa", &mfa)] {
        let client = bench
            .client_with(pool, |settings| {
                "File dashboard".clone_into(&mut settings.name);
                settings.callback_urls = vec![format!("{origin}/callback")];
            })
            .await;
        index.push_str(&line(name, origin, &client));
    }
    bench.user(&plain, "ann").await;
    bench.user_with(&plain, "tim", |user| user.status = UserStatus::ForceChangePassword).await;
    index
}

fn line(name: &str, origin: &str, client: &AppClient) -> String {
    format!("{name} /login?client_id={}&response_type=code&redirect_uri={origin}/callback\n", client.id)
}

async fn answer(looking: Arc<Looking>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let text = |text: String| Ok(Response::new(Full::new(Bytes::from(text))));
    match parts.uri.path() {
        "/" => return text(looking.index.clone()),
        "/callback" => return text("back at the app".to_owned()),
        "/_mail" => {
            let codes: Vec<_> = looking
                .bench
                .mail
                .all()
                .iter()
                .map(|m| format!("{} {}", m.to, m.code.clone().unwrap_or_default()))
                .collect();
            return text(codes.join("\n"));
        }
        _ => {}
    }
    let request = LoginRequest {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body: body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default(),
        domain: None,
        https: false,
        origin: looking.origin.clone(),
    };
    Ok(looking.login.handle(looking.bench.cx(), request).await.map(Full::new))
}
