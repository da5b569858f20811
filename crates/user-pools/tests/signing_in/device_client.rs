//! The client's side of a remembered device, written as the JavaScript library computes it.
use crate::actor::{App, Srp, challenge, tokens};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use user_pools::Result;
use user_pools::access::Access;
use user_pools::devices::ConfirmDevice;
use user_pools::sign_in::ChallengeName::{DevicePasswordVerifier, DeviceSrpAuth};
use user_pools::sign_in::{Challenge, SignedIn};
use user_pools::srp::{G, pad};
use user_pools::token::Tokens;

/// A device with a secret of its own.
pub struct Phone {
    pub key: String,
    pub group: String,
    pub secret: String,
}

impl Phone {
    /// The one that came with these tokens.
    pub fn of(tokens: &Tokens) -> Self {
        let new = tokens.new_device.clone().expect("no device was offered");
        Self { key: new.key, group: new.group, secret: "a secret that never leaves the phone".to_owned() }
    }

    /// What ConfirmDevice carries.
    pub fn request(&self) -> ConfirmDevice {
        let salt = [0x9f, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
        let x = Srp::x(&salt, &format!("{}{}:{}", self.group, self.key, self.secret));
        let v = Srp::modulus().pow(G, &x).unwrap();
        ConfirmDevice {
            key: self.key.clone(),
            name: Some("phone".to_owned()),
            salt: STANDARD.encode(pad(&salt)),
            verifier: STANDARD.encode(pad(&v)),
        }
    }

    /// Confirms it with the tokens it came with.
    pub async fn confirm(&self, app: &App<'_>, access: &str) -> Result<bool> {
        let access: Access = app.bench.pools.access(app.bench.now(), access).await?;
        app.bench.pools.confirm_device(&app.bench.cx(), &access, self.request()).await
    }

    /// DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER. `with_session` as Amplify, without as pycognito.
    pub async fn prove(&self, app: &App<'_>, asked: &Challenge, name: &str, with_session: bool) -> Result<SignedIn> {
        let srp = Srp::new(9);
        let asked = challenge(self.begin(app, asked, name, &srp, with_session).await);
        assert_eq!(asked.name, DevicePasswordVerifier);
        self.finish(app, &asked, name, &srp, with_session).await
    }

    pub async fn begin(
        &self,
        app: &App<'_>,
        asked: &Challenge,
        name: &str,
        srp: &Srp,
        with_session: bool,
    ) -> Result<SignedIn> {
        let public = srp.public();
        let pairs = [("USERNAME", name), ("DEVICE_KEY", &*self.key), ("SRP_A", &*public)];
        app.answer(DeviceSrpAuth, with_session.then_some(&*asked.session), &pairs).await
    }

    pub async fn finish(
        &self,
        app: &App<'_>,
        asked: &Challenge,
        name: &str,
        srp: &Srp,
        with_session: bool,
    ) -> Result<SignedIn> {
        let claim = srp.sign(&self.group, &self.key, asked, &self.secret, &app.timestamp());
        let mut pairs = claim.pairs();
        pairs.retain(|(key, _)| *key != "USERNAME");
        pairs.extend([("USERNAME", name), ("DEVICE_KEY", &*self.key)]);
        app.answer(DevicePasswordVerifier, with_session.then_some(&*asked.session), &pairs).await
    }
}

/// Signs in, confirms the device that is offered, and gives it.
pub async fn confirmed(app: &App<'_>, name: &str) -> Phone {
    let first = tokens(app.sign_in(name, testing::PASSWORD).await);
    let phone = Phone::of(&first);
    phone.confirm(app, &first.access).await.unwrap();
    phone
}
