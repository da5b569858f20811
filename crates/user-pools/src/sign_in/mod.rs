//! Signing in: InitiateAuth and its challenges. One room decides; the JSON API and the login pages both come through here.
//! [`UserPools::start`] and [`UserPools::answer`] end in another challenge or in a [`Proof`] that only they can make; what a proof buys (tokens,
//! a login session) is the door's last step. Refuses to say anything that tells an unknown user from a known one where the client hides users.
mod absent;
mod after_sign_up;
mod answer;
mod custom;
mod custom_answer;
mod device;
mod device_claim;
mod door;
mod factors;
mod first_factor;
pub mod flow;
mod new_password;
mod next;
mod passkey;
mod password;
mod second_factor;
mod sent_code;
mod session;
mod sign_up_session;
mod srp_exchange;
mod start;
pub(crate) mod trail;
mod user_auth;
mod user_auth_answer;
mod witnessed;

pub(crate) use first_factor::code_is_a_first_factor;
pub use flow::Flow;
pub(crate) use session::{State, Step};

use crate::client::AppClient;
use crate::context::RequestContext;
use crate::error::{Error, Result};
use crate::ids::{ClientId, Millis, PoolId};
use crate::messages;
use crate::oauth::Site;
use crate::pool::UserPool;
use crate::token::Tokens;
use crate::triggers::TokenSource;
use crate::user::User;
use std::collections::BTreeMap;
use std::fmt;

/// Through which door somebody comes. It decides who authenticates the client and what a finished sign-in is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Door {
    /// InitiateAuth, RespondToAuthChallenge: anybody.
    Api,
    /// AdminInitiateAuth, AdminRespondToAuthChallenge: an operator, who names the pool.
    Admin(PoolId),
    /// The login pages: the client was checked by the authorize request; no secret, no flow list.
    ManagedLogin,
}

impl Door {
    /// Operators are always told that a user does not exist.
    pub(crate) const fn reveals_users(&self) -> bool {
        matches!(self, Self::Admin(_))
    }
}

/// `AuthParameters` or `ChallengeResponses`. `Debug` shows the names only: the values are secrets.
#[derive(Clone, Default)]
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// A value; an empty one counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A value that must be there: InvalidParameter "Missing required parameter NAME".
    pub fn require(&self, name: &str) -> Result<&str> {
        self.get(name).ok_or_else(|| messages::missing_parameter(name))
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Parameters {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(pairs: T) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The first request of a sign-in.
#[derive(Clone, Debug)]
pub struct Start {
    /// Through which door.
    pub door: Door,
    /// `ClientId`.
    pub client: ClientId,
    /// `AuthFlow`.
    pub flow: Flow,
    /// `AuthParameters`. The login pages send USERNAME and PASSWORD under the flow [`Flow::UserPassword`], or USERNAME alone under
    /// [`Flow::UserAuth`].
    pub parameters: Parameters,
    /// `Session`: what SignUp or ConfirmSignUp gave, for a first sign-in by [`Flow::UserAuth`].
    pub session: Option<String>,
}

/// An answer to a challenge.
#[derive(Clone)]
pub struct Answer {
    /// Through which door.
    pub door: Door,
    /// `ClientId`.
    pub client: ClientId,
    /// `ChallengeName`.
    pub challenge: ChallengeName,
    /// `Session`.
    pub session: Option<String>,
    /// `ChallengeResponses`.
    pub responses: Parameters,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("client", &self.client)
            .field("challenge", &self.challenge)
            .finish_non_exhaustive()
    }
}

/// `ChallengeNameType`. A name of the model that is not here is a step no session stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChallengeName {
    /// `PASSWORD_VERIFIER`.
    PasswordVerifier,
    /// `NEW_PASSWORD_REQUIRED`.
    NewPasswordRequired,
    /// `MFA_SETUP`.
    MfaSetup,
    /// `SOFTWARE_TOKEN_MFA`.
    SoftwareTokenMfa,
    /// `SELECT_MFA_TYPE`.
    SelectMfaType,
    /// `CUSTOM_CHALLENGE`.
    CustomChallenge,
    /// `SMS_MFA`.
    SmsMfa,
    /// `EMAIL_OTP`.
    EmailOtp,
    /// `SMS_OTP`.
    SmsOtp,
    /// `SELECT_CHALLENGE`.
    SelectChallenge,
    /// `PASSWORD`.
    Password,
    /// `PASSWORD_SRP`.
    PasswordSrp,
    /// `WEB_AUTHN`.
    WebAuthn,
    /// `DEVICE_SRP_AUTH`.
    DeviceSrpAuth,
    /// `DEVICE_PASSWORD_VERIFIER`.
    DevicePasswordVerifier,
    /// Any other name of the model.
    Other,
}

impl ChallengeName {
    const ALL: [Self; 15] = [
        Self::PasswordVerifier,
        Self::NewPasswordRequired,
        Self::MfaSetup,
        Self::SoftwareTokenMfa,
        Self::SelectMfaType,
        Self::CustomChallenge,
        Self::SmsMfa,
        Self::EmailOtp,
        Self::SmsOtp,
        Self::SelectChallenge,
        Self::Password,
        Self::PasswordSrp,
        Self::WebAuthn,
        Self::DeviceSrpAuth,
        Self::DevicePasswordVerifier,
    ];

    /// Reads AWS's name.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|known| known.as_str() == name).unwrap_or(Self::Other)
    }

    /// AWS's name. `Other` is never asked for.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordVerifier => "PASSWORD_VERIFIER",
            Self::NewPasswordRequired => "NEW_PASSWORD_REQUIRED",
            Self::MfaSetup => "MFA_SETUP",
            Self::SoftwareTokenMfa => "SOFTWARE_TOKEN_MFA",
            Self::SelectMfaType => "SELECT_MFA_TYPE",
            Self::CustomChallenge => "CUSTOM_CHALLENGE",
            Self::SmsMfa => "SMS_MFA",
            Self::EmailOtp => "EMAIL_OTP",
            Self::SmsOtp => "SMS_OTP",
            Self::SelectChallenge => "SELECT_CHALLENGE",
            Self::Password => "PASSWORD",
            Self::PasswordSrp => "PASSWORD_SRP",
            Self::WebAuthn => "WEB_AUTHN",
            Self::DeviceSrpAuth => "DEVICE_SRP_AUTH",
            Self::DevicePasswordVerifier => "DEVICE_PASSWORD_VERIFIER",
            Self::Other => "OTHER",
        }
    }
}

/// How far a request got.
pub enum Outcome {
    /// Something more has to be proven.
    Challenge(Challenge),
    /// Everything has been proven.
    Authenticated(Box<Proof>),
}

/// What the API door answers.
pub enum SignedIn {
    /// `ChallengeName`, `Session`, `ChallengeParameters`.
    Challenge(Challenge),
    /// `AuthenticationResult`.
    Tokens(Tokens),
}

/// A challenge for the client.
#[derive(Clone)]
pub struct Challenge {
    /// Its name.
    pub name: ChallengeName,
    /// The session to answer it with.
    pub session: String,
    /// `ChallengeParameters`.
    pub parameters: BTreeMap<&'static str, String>,
    /// More of them: what a function of the pool wants the client to see.
    pub custom: BTreeMap<String, String>,
    /// `AvailableChallenges`: the first factors among which the user may choose, in AWS's names.
    pub available: Vec<&'static str>,
}

impl Challenge {
    fn new(name: ChallengeName, session: String, parameters: BTreeMap<&'static str, String>) -> Self {
        Self { name, session, parameters, custom: BTreeMap::new(), available: Vec::new() }
    }
}

/// A finished authentication: the user has proven everything the pool asks for. Only this module makes one.
#[derive(Clone)]
#[non_exhaustive]
pub struct Proof {
    /// The pool.
    pub pool: UserPool,
    /// The client it was done for.
    pub client: AppClient,
    /// Who, as stored now.
    pub user: User,
    /// Proven methods in RFC 8176 words: `pwd`, `otp`, `mfa`.
    pub methods: Vec<String>,
    /// When it was finished.
    pub auth_time: Millis,
    /// [`User::stamp`] when the first credential was examined: whatever the proof opens, it opens under that.
    pub stamp: String,
    /// On what occasion its tokens are issued at the API.
    pub source: TokenSource,
    /// The pool tracks devices, and this one was not known.
    pub new_device: bool,
    /// The remembered device that has proven itself.
    pub device: Option<String>,
    /// The count of wrong guesses that success clears (pass it to `open_sign_in`).
    pub clears: Option<String>,
    /// The turn at the user's name, held until that count is cleared.
    _turn: Option<std::sync::Arc<crate::lockout::Counted>>,
}

impl Proof {
    /// A sign-in that a provider has vouched for. Second factors are the provider's business (spec C.12).
    pub(crate) fn federated(cx: &RequestContext, site: &Site, user: User) -> Self {
        let (pool, client) = (site.pool.clone(), site.client.clone());
        Self {
            pool,
            client,
            stamp: user.stamp(),
            user,
            methods: vec!["fed".to_owned()],
            auth_time: cx.now,
            source: TokenSource::HostedAuth,
            new_device: false,
            device: None,
            clears: None,
            _turn: None,
        }
    }
}

/// What every step works on: the client and the pool it belongs to.
pub(crate) struct Place {
    pub pool: UserPool,
    pub client: AppClient,
}

impl Place {
    /// Whether a name, compared as the pool compares names, is one of these.
    pub(crate) fn is_one_of(&self, name: &str, names: &[&str]) -> bool {
        let folded = |name: &str| crate::names::fold(&self.pool.settings, name);
        names.iter().any(|one| folded(one) == folded(name))
    }
}

/// A step this release does not know.
pub(crate) fn unsupported(what: &str) -> Error {
    Error::new(crate::error::ErrorKind::NotSupportedYet, format!("{what} is not supported yet."))
}
