//! An app with its client: what a test says in one line.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bignum::Modulus;
use serde_json::Value;
use testing::Bench;
use user_pools::client::AppClient;
use user_pools::pool::{MfaRequirement, PoolSettings, UserPool};
use user_pools::sign_in::{Answer, Challenge, ChallengeName, Door, Flow, SignedIn, Start};
use user_pools::srp::{G, N_HEX, from_hex, pad, to_hex};
use user_pools::token::Tokens;
use user_pools::{Error, Result};

/// A pool, a client and somebody who uses them.
pub struct App<'a> {
    pub bench: &'a Bench,
    pub pool: UserPool,
    pub client: AppClient,
    pub door: Door,
}

impl<'a> App<'a> {
    /// A public client of a fresh pool.
    pub async fn new(bench: &'a Bench) -> Self {
        Self::with(bench, |_| {}).await
    }

    /// As [`App::new`], the pool changed.
    pub async fn with(bench: &'a Bench, change: impl FnOnce(&mut PoolSettings)) -> Self {
        let pool = bench.pool_with(change).await;
        let client = bench.client(&pool).await;
        Self { bench, pool, client, door: Door::Api }
    }

    /// A pool that asks for authenticator apps.
    pub async fn with_mfa(bench: &'a Bench, requirement: MfaRequirement) -> Self {
        Self::with(bench, |pool| {
            pool.mfa = requirement;
            pool.software_token_mfa = Some(true);
        })
        .await
    }

    /// Starts any flow with these parameters.
    pub async fn start(&self, flow: Flow, parameters: &[(&str, &str)]) -> Result<SignedIn> {
        let parameters = parameters.iter().copied().collect();
        let request =
            Start { door: self.door.clone(), client: self.client.id.clone(), flow, parameters, session: None };
        self.bench.pools.initiate_auth(&self.bench.cx(), &request).await
    }

    /// USER_PASSWORD_AUTH (or the operators' own).
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn> {
        let flow = if self.door == Door::Api { Flow::UserPassword } else { Flow::AdminUserPassword };
        self.start(flow, &[("USERNAME", name), ("PASSWORD", password)]).await
    }

    /// Signs in and expects tokens.
    pub async fn tokens(&self, name: &str, password: &str) -> Tokens {
        tokens(self.sign_in(name, password).await)
    }

    /// Answers a challenge.
    pub async fn answer(
        &self,
        challenge: ChallengeName,
        session: Option<&str>,
        responses: &[(&str, &str)],
    ) -> Result<SignedIn> {
        let request = Answer {
            door: self.door.clone(),
            client: self.client.id.clone(),
            challenge,
            session: session.map(str::to_owned),
            responses: responses.iter().copied().collect(),
        };
        self.bench.pools.respond_to_auth_challenge(&self.bench.cx(), &request).await
    }

    /// REFRESH_TOKEN_AUTH.
    pub async fn refresh(&self, token: &str) -> Result<SignedIn> {
        self.start(Flow::RefreshToken, &[("REFRESH_TOKEN", token)]).await
    }

    /// The first half of USER_SRP_AUTH.
    pub async fn srp_start(&self, name: &str, srp: &Srp) -> Result<SignedIn> {
        self.start(Flow::UserSrp, &[("USERNAME", name), ("SRP_A", &srp.public())]).await
    }

    /// The second half, as pycognito sends it: without `Session`.
    pub async fn srp_claim(&self, challenge: &Challenge, srp: &Srp, password: &str) -> Result<SignedIn> {
        let claim = srp.claim(&self.pool, challenge, password, &self.timestamp());
        self.answer(ChallengeName::PasswordVerifier, None, &claim.pairs()).await
    }

    /// The bench's now, as clients write it.
    pub fn timestamp(&self) -> String {
        let now = jiff::Timestamp::from_millisecond(self.bench.now()).unwrap();
        now.to_zoned(jiff::tz::TimeZone::UTC).strftime("%a %b %-d %H:%M:%S UTC %Y").to_string()
    }
}

/// The tokens of a finished sign-in.
pub fn tokens(result: Result<SignedIn>) -> Tokens {
    match result.unwrap() {
        SignedIn::Tokens(tokens) => tokens,
        SignedIn::Challenge(challenge) => panic!("a challenge instead of tokens: {}", challenge.name.as_str()),
    }
}

/// The challenge of an unfinished one.
pub fn challenge(result: Result<SignedIn>) -> Challenge {
    match result.unwrap() {
        SignedIn::Challenge(challenge) => challenge,
        SignedIn::Tokens(_) => panic!("tokens instead of a challenge"),
    }
}

/// The refusal.
pub fn refusal<T>(result: Result<T>) -> Error {
    result.err().expect("a refusal")
}

/// The refusal's sentence.
pub fn says<T>(result: Result<T>) -> String {
    refusal(result).message.into_owned()
}

/// The claims of a token, unverified.
pub fn claims(token: &str) -> Value {
    serde_json::from_slice(&jose::base64url_decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// The client's side of SRP, written as the JavaScript library computes it.
pub struct Srp {
    a: Vec<u8>,
}

/// What the second request carries.
pub struct ClaimAnswer {
    user: String,
    block: String,
    signature: String,
    timestamp: String,
}

impl ClaimAnswer {
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        vec![
            ("USERNAME", &self.user),
            ("PASSWORD_CLAIM_SECRET_BLOCK", &self.block),
            ("PASSWORD_CLAIM_SIGNATURE", &self.signature),
            ("TIMESTAMP", &self.timestamp),
        ]
    }
}

impl Srp {
    pub fn new(seed: u8) -> Self {
        Self { a: vec![seed; 32] }
    }

    pub fn modulus() -> Modulus {
        Modulus::new(&from_hex(N_HEX).unwrap()).unwrap()
    }

    pub fn public(&self) -> String {
        to_hex(&Self::modulus().pow(G, &self.a).unwrap())
    }

    /// The private number of a password: `identity` is pool name, user and password as they are hashed.
    pub fn x(salt: &[u8], identity: &str) -> [u8; 32] {
        sha256(&[&pad(salt), &sha256(&[identity.as_bytes()])])
    }

    pub fn claim(&self, pool: &UserPool, challenge: &Challenge, password: &str, timestamp: &str) -> ClaimAnswer {
        self.sign(pool.id.short_name(), &challenge.parameters["USER_ID_FOR_SRP"], challenge, password, timestamp)
    }

    /// A claim as user `user` of a pool of that name; a device is the user of its group.
    pub fn sign(&self, name: &str, user: &str, challenge: &Challenge, password: &str, timestamp: &str) -> ClaimAnswer {
        let (n, get) = (Self::modulus(), |name: &str| challenge.parameters[name].clone());
        let (user, block) = (user.to_owned(), get("SECRET_BLOCK"));
        let (salt, b) = (from_hex(&get("SALT")).unwrap(), from_hex(&get("SRP_B")).unwrap());
        let k = sha256(&[&pad(&from_hex(N_HEX).unwrap()), &pad(G)]);
        let u = sha256(&[&pad(&from_hex(&self.public()).unwrap()), &pad(&b)]);
        let x = Self::x(&salt, &[name, &user, ":", password].concat());
        let base = n.sub(&b, &n.mul(&k, &n.pow(G, &x).unwrap()).unwrap()).unwrap();
        let s = n.mul(&n.pow(&base, &self.a).unwrap(), &n.pow(&n.pow(&base, &x).unwrap(), &u).unwrap()).unwrap();
        let prk = hmac(&pad(&u), &pad(&s));
        let key = &hmac(&prk, b"Caldera Derived Key\x01")[..16];
        let message =
            [name.as_bytes(), user.as_bytes(), &STANDARD.decode(&block).unwrap(), timestamp.as_bytes()].concat();
        let signature = STANDARD.encode(hmac(key, &message));
        ClaimAnswer { user, block, signature, timestamp: timestamp.to_owned() }
    }
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &parts.concat());
    digest.as_ref().try_into().unwrap()
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key);
    aws_lc_rs::hmac::sign(&key, message).as_ref().to_vec()
}

/// An authenticator app that holds a seed in base32.
pub struct Authenticator(Vec<u8>);

impl Authenticator {
    pub fn new(secret_code: &str) -> Self {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let (mut bits, mut count, mut seed) = (0_u32, 0, Vec::new());
        for letter in secret_code.chars() {
            bits = bits << 5 | u32::try_from(alphabet.find(letter).unwrap()).unwrap();
            count += 5;
            if count >= 8 {
                count -= 8;
                seed.push(u8::try_from(bits >> count & 0xff).unwrap());
            }
        }
        Self(seed)
    }

    pub fn code(&self, now: user_pools::Millis) -> String {
        let app = totp_rs::Builder::new()
            .with_algorithm(totp_rs::Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(30)
            .with_secret(self.0.clone())
            .build_noncompliant();
        app.generate(u64::try_from(now / 1000).unwrap()).to_string()
    }
}
