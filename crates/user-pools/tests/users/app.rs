//! A pool with its client, and what people do there, in one line each.
use testing::{Bench, PASSWORD};
use user_pools::access::Access;
use user_pools::attributes::Given;
use user_pools::client::{AppClient, ClientSettings};
use user_pools::pool::{AliasKind, Contact, PoolSettings, UserPool};
use user_pools::sign_in::{Door, Flow, SignedIn, Start};
use user_pools::templates::Delivery;
use user_pools::user::User;
use user_pools::users::{Asking, ConfirmForgotPassword, ConfirmSignUp, SignUp, SignedUp};
use user_pools::{Error, Result};

pub const HOUR: i64 = 60 * 60 * 1000;
pub const NEW_PASSWORD: &str = "N3w-Passw0rd!";

pub struct App {
    pub bench: Bench,
    pub pool: UserPool,
    pub client: AppClient,
}

/// A pool where people sign up by e-mail address, as the dashboard's.
pub fn by_email(pool: &mut PoolSettings) {
    pool.username_attributes = vec![AliasKind::Email];
    pool.auto_verified = vec![Contact::Email];
    pool.case_sensitive = Some(false);
}

/// A pool with usernames and the e-mail address as an alias.
pub fn with_alias(pool: &mut PoolSettings) {
    pool.alias_attributes = vec![AliasKind::Email, AliasKind::PreferredUsername];
    pool.auto_verified = vec![Contact::Email];
}

pub fn given(pairs: &[(&str, &str)]) -> Given {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The exception and the sentence of a refusal.
pub fn refusal<T>(result: Result<T>) -> String {
    let Err(Error { kind, message, .. }) = result else { panic!("it succeeded") };
    format!("{kind:?}: {message}")
}

impl App {
    pub async fn new(change: impl FnOnce(&mut PoolSettings)) -> Self {
        Self::with_client(change, |_| {}).await
    }

    /// An app that does not tell users apart.
    pub async fn hiding(change: impl FnOnce(&mut PoolSettings)) -> Self {
        Self::with_client(change, |client| client.prevent_user_existence_errors = Some("ENABLED".into())).await
    }

    pub async fn with_client(pool: impl FnOnce(&mut PoolSettings), client: impl FnOnce(&mut ClientSettings)) -> Self {
        let bench = Bench::new();
        let pool = bench.pool_with(pool).await;
        let client = bench.client_with(&pool, client).await;
        Self { bench, pool, client }
    }

    pub fn asking(&self, name: &str) -> Asking {
        Asking { client: self.client.id.clone(), secret_hash: None, username: name.to_owned() }
    }

    pub async fn sign_up(&self, name: &str, attributes: &[(&str, &str)]) -> Result<SignedUp> {
        let (password, attributes) = (Some(PASSWORD.to_owned()), given(attributes));
        let request = SignUp { asking: self.asking(name), password, attributes };
        self.bench.pools.sign_up(&self.bench.cx(), request).await
    }

    pub async fn confirm(&self, name: &str, code: &str) -> Result<()> {
        self.confirm_forcing(name, code, false).await
    }

    pub async fn confirm_forcing(&self, name: &str, code: &str, force_alias: bool) -> Result<()> {
        let request = ConfirmSignUp { asking: self.asking(name), code: code.to_owned(), force_alias };
        self.bench.pools.confirm_sign_up(&self.bench.cx(), request).await
    }

    pub async fn resend(&self, name: &str) -> Result<Delivery> {
        self.bench.pools.resend_confirmation_code(&self.bench.cx(), self.asking(name)).await
    }

    pub async fn forgot(&self, name: &str) -> Result<Delivery> {
        self.bench.pools.forgot_password(&self.bench.cx(), self.asking(name)).await
    }

    pub async fn confirm_forgot(&self, name: &str, code: &str, password: &str) -> Result<()> {
        let (code, password) = (code.to_owned(), password.to_owned());
        let request = ConfirmForgotPassword { asking: self.asking(name), code, password };
        self.bench.pools.confirm_forgot_password(&self.bench.cx(), request).await
    }

    pub async fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn> {
        let parameters = [("USERNAME", name), ("PASSWORD", password)].into_iter().collect();
        let (door, client) = (Door::Api, self.client.id.clone());
        let request = Start { door, client, flow: Flow::UserPassword, parameters, session: None };
        self.bench.pools.initiate_auth(&self.bench.cx(), &request).await
    }

    /// Signs in and goes through the access token, as a self-service operation does.
    pub async fn access(&self, name: &str, password: &str) -> Access {
        let SignedIn::Tokens(tokens) = self.sign_in(name, password).await.unwrap() else { panic!("a challenge came") };
        self.bench.pools.access(self.bench.now(), &tokens.access).await.unwrap()
    }

    pub async fn user(&self, name: &str) -> User {
        self.bench.pools.admin_get_user(&self.pool, name).await.unwrap()
    }

    pub fn code(&self, address: &str) -> String {
        self.bench.mail.code_to(address)
    }
}

/// Six digits that are another code.
pub fn other(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}
