//! A browser without script: cookies, forms, redirects. And an app that speaks to the token endpoint.
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response};
use login::{Login, LoginRequest, Urls};
use serde_json::Value;
use std::collections::BTreeMap;
use testing::Bench;
use user_pools::client::AppClient;

pub const CALLBACK: &str = "https://app.example/callback";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

pub fn login(bench: &Bench) -> Login {
    let urls = Urls {
        base: "http://localhost:4566".to_owned(),
        login: "http://{domain}.auth.localhost:4566".to_owned(),
        plain_login: false,
    };
    Login::new(bench.pools.clone(), urls)
}

pub fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, VERIFIER.as_bytes()))
}

/// The query of an ordinary authorize request.
pub fn ask(client: &AppClient) -> String {
    ask_with(client, "")
}

pub fn ask_with(client: &AppClient, more: &str) -> String {
    format!(
        "client_id={}&response_type=code&scope=openid%20email&redirect_uri={}&state=st%20ate&nonce=n0nce&code_challenge={}&code_challenge_method=S256{more}",
        client.id,
        encode(CALLBACK),
        challenge()
    )
}

pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

pub fn form_body<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    pairs.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    fn of(response: Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        assert_eq!(self.status, 302, "{}", self.body);
        self.header("location")
    }

    /// A parameter of the location's query or fragment.
    pub fn sent(&self, name: &str) -> Option<String> {
        let location = self.location();
        let (_, parameters) = location.split_once(['?', '#'])?;
        form_urlencoded::parse(parameters.as_bytes()).find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap().to_owned()
    }

    /// The forms of the page.
    pub fn forms(&self) -> Vec<Form> {
        self.body.split("<form ").skip(1).map(|text| Form::read(text.split("</form>").next().unwrap())).collect()
    }

    pub fn form(&self) -> Form {
        self.forms().into_iter().next().unwrap_or_else(|| panic!("no form in {} {}", self.status, self.body))
    }

    pub fn form_to(&self, path: &str) -> Form {
        let forms = self.forms();
        forms
            .into_iter()
            .find(|form| form.action.starts_with(path))
            .unwrap_or_else(|| panic!("no {path} in {}", self.body))
    }

    /// The page's text, one space between words.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for c in self.body.chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                c if !inside => text.push(c),
                _ => {}
            }
        }
        unescape(&text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub fields: BTreeMap<String, String>,
}

impl Form {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once('>').unwrap();
        assert!(head.contains("method=\"post\""));
        let inputs = body.split("<input").skip(1).map(|input| input.split_once('>').unwrap().0);
        let fields =
            inputs.map(|input| (attribute(input, "name").unwrap(), attribute(input, "value").unwrap_or_default()));
        Self { action: attribute(head, "action").unwrap(), fields: fields.collect() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.insert(name.to_owned(), value.to_owned());
        self
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!("{name}=\""))? + name.len() + 2;
    Some(unescape(tag[start..].split('"').next().unwrap()))
}

fn unescape(text: &str) -> String {
    text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}

pub struct Browser<'a> {
    pub bench: &'a Bench,
    pub login: Login,
    pub domain: Option<String>,
    pub https: bool,
    pub origin: String,
    pub cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    pub fn new(bench: &'a Bench) -> Self {
        Self {
            bench,
            login: login(bench),
            domain: None,
            https: false,
            origin: "http://localhost:4566".to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    pub async fn get(&mut self, target: &str) -> Reply {
        self.send(Method::GET, target, HeaderMap::new(), String::new()).await
    }

    /// Sends a form as a browser does: with the cookies, the page's origin and the fetch metadata.
    pub async fn submit(&mut self, form: Form) -> Reply {
        let body = form_body(form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let origin = self.origin.clone();
        let headers = [("origin", origin.as_str()), ("sec-fetch-site", "same-origin")];
        self.post_with(&form.action, body, &headers).await
    }

    pub async fn post_with(&mut self, target: &str, body: String, headers: &[(&'static str, &str)]) -> Reply {
        let mut map = HeaderMap::new();
        map.insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        self.send(Method::POST, target, map, body).await
    }

    pub async fn send(&mut self, method: Method, target: &str, mut headers: HeaderMap, body: String) -> Reply {
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            headers.insert("cookie", HeaderValue::from_str(&pairs.join("; ")).unwrap());
        }
        let (path, query) =
            target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query.to_owned())));
        let request = LoginRequest {
            method,
            path: path.to_owned(),
            query,
            headers,
            body: Bytes::from(body),
            domain: self.domain.clone(),
            https: self.https,
            origin: self.origin.clone(),
        };
        let reply = Reply::of(self.login.handle(self.bench.cx(), request).await);
        self.keep_cookies(&reply);
        reply
    }

    fn keep_cookies(&mut self, reply: &Reply) {
        for cookie in reply.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Authorize, sign-in page, form: what comes after the password.
    pub async fn sign_in(&mut self, ask: &str, username: &str, password: &str) -> Reply {
        let page = self.sign_in_page(ask).await;
        self.submit(page.form().with("username", username).with("password", password)).await
    }

    pub async fn sign_in_page(&mut self, ask: &str) -> Reply {
        let to_login = self.get(&format!("/oauth2/authorize?{ask}")).await;
        let location = to_login.location().to_owned();
        assert!(location.starts_with("/login?"), "{location}");
        self.get(&location).await
    }

    /// A code for a user who signs in for it.
    pub async fn code(&mut self, client: &AppClient, username: &str) -> String {
        let reply = self.sign_in(&ask_with(client, "&prompt=login"), username, testing::PASSWORD).await;
        reply.sent("code").unwrap_or_else(|| panic!("no code in {}", reply.location()))
    }

    /// The token endpoint, as an app calls it.
    pub async fn token(&mut self, pairs: &[(&str, &str)]) -> Reply {
        self.token_with(pairs, &[]).await
    }

    pub async fn token_with(&mut self, pairs: &[(&str, &str)], headers: &[(&'static str, &str)]) -> Reply {
        let cookies = std::mem::take(&mut self.cookies);
        let reply = self.post_with("/oauth2/token", form_body(pairs.iter().copied()), headers).await;
        self.cookies = cookies;
        reply
    }

    pub async fn redeem(&mut self, client: &AppClient, code: &str) -> Reply {
        self.token(&redemption(&client.id.0, code)).await
    }
}

pub fn redemption<'a>(client: &'a str, code: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// The claims of a token, unverified.
pub fn claims(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}
