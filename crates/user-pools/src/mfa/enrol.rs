//! Enrolling an authenticator app: AssociateSoftwareToken and VerifySoftwareToken. The new seed waits beside the one in use until a code has
//! proven it, so an enrolment that is begun and left never weakens what protects the user now.
use super::totp::{self, Verdict};
use super::{Choice, Factor, choose};
use crate::access::Access;
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::pool::UserPool;
use crate::service::UserPools;
use crate::sign_in::trail::Trail;
use crate::sign_in::{State, Step};
use crate::user::{Totp, User};
use crate::users::update::Aliases;

/// Who enrols.
pub enum Enroller<'a> {
    /// A signed-in user.
    Access(&'a Access),
    /// A sign-in that stands at MFA_SETUP.
    Session(&'a str),
}

/// What enrolling gave.
pub struct Enrolment {
    /// `SecretCode`: the seed in base32, for the user's app. Only AssociateSoftwareToken gives it.
    pub secret_code: Option<String>,
    /// The session to go on with, when one came in.
    pub session: Option<String>,
    /// The user, for the label in the app.
    pub username: String,
}

/// A resolved enroller.
struct Who {
    pool: UserPool,
    user: User,
    state: Option<State>,
}

impl UserPools {
    /// AssociateSoftwareToken: a seed that waits for its first code. The session goes on and may be used again until it ends.
    pub async fn associate_software_token(&self, cx: &RequestContext, enroller: Enroller<'_>) -> Result<Enrolment> {
        let who = self.enroller(cx, enroller).await?;
        let trail = Trail::of_user("AssociateSoftwareToken", &who.user, who.client());
        let result = self.associate(cx, &who).await;
        self.conclude(cx, &trail, result)
    }

    async fn associate(&self, cx: &RequestContext, who: &Who) -> Result<Enrolment> {
        check_pool(&who.pool)?;
        let (seed, secret_code) = totp::new_seed(&self.keys, &*self.random, &who.user);
        self.update_user(cx, &who.pool, &who.user.sub, Aliases::Respect, |user| {
            who.check_still_needed(user)?;
            user.credentials.totp_pending = Some(seed.clone());
            Ok(())
        })
        .await?;
        let session = who.state.as_ref().map(|state| self.seal_session(state));
        Ok(Enrolment { secret_code: Some(secret_code), session, username: who.user.username.clone() })
    }

    /// VerifySoftwareToken: the first code proves the seed. With a session this also switches the factor on; with an access token
    /// SetUserMFAPreference does (spec C.12). Wrong code: K 11, and session and seed stay; used before: K 10.
    pub async fn verify_software_token(
        &self,
        cx: &RequestContext,
        enroller: Enroller<'_>,
        code: &str,
        device_name: Option<&str>,
    ) -> Result<Enrolment> {
        let who = self.enroller(cx, enroller).await?;
        let mut trail = Trail::of_user("VerifySoftwareToken", &who.user, who.client());
        trail.at("mfa.totp");
        let result = self.verify(cx, &who, code, device_name).await;
        self.conclude(cx, &trail, result)
    }

    async fn verify(&self, cx: &RequestContext, who: &Who, code: &str, name: Option<&str>) -> Result<Enrolment> {
        check_pool(&who.pool)?;
        let user = self
            .update_user(cx, &who.pool, &who.user.sub, Aliases::Respect, |user| {
                who.check_still_needed(user)?;
                let (seed, waits) = seed_to_prove(user)?;
                let step = match totp::examine(&self.keys, user, &seed, code, cx.now)? {
                    Verdict::Right(step) => step,
                    Verdict::Used => return Err(messages::TOTP_ALREADY_USED),
                    Verdict::Wrong => return Err(messages::TOTP_ENROLMENT_MISMATCH),
                };
                let name = name.map(str::to_owned).or(seed.name);
                user.credentials.totp = Some(Totp { sealed: seed.sealed, verified: true, name, last_step: Some(step) });
                if waits {
                    user.credentials.totp_pending = None;
                }
                if who.state.is_some() {
                    switch_on(user, Factor::SoftwareToken);
                }
                Ok(())
            })
            .await?;
        let session = match &who.state {
            Some(state) => Some(self.finish_setup(cx, state).await?),
            None => None,
        };
        Ok(Enrolment { secret_code: None, session, username: user.username })
    }

    /// The session is spent only now; what a failure leaves behind is a proven factor, and the next sign-in asks for its code.
    async fn finish_setup(&self, cx: &RequestContext, state: &State) -> Result<String> {
        self.spend_session(cx, state).await?;
        Ok(self.seal_session(&state.with_factor_enrolled(self)))
    }

    async fn enroller(&self, cx: &RequestContext, enroller: Enroller<'_>) -> Result<Who> {
        let session = match enroller {
            Enroller::Access(access) => {
                return Ok(Who { pool: access.pool.clone(), user: access.user.clone(), state: None });
            }
            Enroller::Session(session) => session,
        };
        let state = self.open_session(cx.now, session)?;
        if state.step != Step::MfaSetup {
            return Err(messages::CHALLENGE_MISMATCH.because(format!("the session stands at {:?}", state.step)));
        }
        let user = self.session_user(cx, &state).await?;
        Ok(Who { pool: self.pool_by_id(&state.pool).await?, user, state: Some(state) })
    }
}

impl Who {
    /// A session that was begun before the user enrolled an app must not put another in its place: it knows the password, no factor.
    fn check_still_needed(&self, user: &User) -> Result<()> {
        match (&self.state, choose(&self.pool.settings, user)) {
            (None, _) => Ok(()),
            (Some(_), Choice::SetUp(factors)) if factors.contains(&Factor::SoftwareToken) => Ok(()),
            (Some(_), _) => Err(messages::CHALLENGE_MISMATCH.because("the user has enrolled a factor since")),
        }
    }

    fn client(&self) -> Option<&crate::ids::ClientId> {
        self.state.as_ref().map(|state| &state.client)
    }
}

fn check_pool(pool: &UserPool) -> Result<()> {
    if pool.settings.software_token_mfa == Some(true) { Ok(()) } else { Err(messages::TOTP_NOT_ENABLED_IN_POOL) }
}

/// The seed a code is about: the waiting one, else the one in use (a client may verify twice).
fn seed_to_prove(user: &User) -> Result<(Totp, bool)> {
    if let Some(pending) = &user.credentials.totp_pending {
        return Ok((pending.clone(), true));
    }
    let in_use = user.credentials.totp.clone().map(|totp| (totp, false));
    in_use.ok_or_else(|| messages::TOTP_ENROLMENT_MISMATCH.because("AssociateSoftwareToken has not been called"))
}

/// Switches a factor on.
pub(crate) fn switch_on(user: &mut User, factor: Factor) {
    let name = factor.as_str();
    if !user.credentials.mfa_enabled.iter().any(|enabled| enabled == name) {
        user.credentials.mfa_enabled.push(name.to_owned());
    }
}
