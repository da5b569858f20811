//! What users of a protected pool do, kept for their operators: sign-ins, sign-ups, changes of passwords, requests for codes. A sign-in is one
//! event, however many requests it takes. Events leave by the sink of decisions, off the serving threads; they are bounded for each user and by
//! age, and go with the user. Nothing is judged: the only risk ever told is a blocked address.
use super::{Mode, Source, mode};
use crate::context::RequestContext;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{ClientId, Millis, PoolId};
use crate::log_delivery::{LogConfiguration, LogSource, configured};
use crate::messages;
use crate::pool::UserPool;
use crate::ports::{Page, StoreError};
use crate::service::UserPools;
use crate::sessions::device_name;
use crate::user::User;
use serde::{Deserialize, Serialize};

/// Events kept for one user besides failures: the newest.
pub const KEPT: u32 = 500;
/// Failures kept for one user: the newest. Anybody makes them, so they have room of their own and push out nothing but each other.
pub const FAILURES_KEPT: u32 = 200;
/// How long AWS keeps them.
pub const LIFE: Millis = 2 * 365 * 24 * 60 * 60 * 1000;

/// `EventType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are AWS's")]
pub enum EventKind {
    SignIn,
    SignUp,
    ForgotPassword,
    PasswordChange,
    ResendCode,
}

/// `EventResponse`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are AWS's")]
pub enum EventResponse {
    Pass,
    Fail,
    InProgress,
}

/// `ChallengeName` of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are AWS's")]
pub enum Asked {
    Password,
    Mfa,
}

/// `AuthEventType`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthEvent {
    /// `EventId`, unique for the user.
    pub id: String,
    /// The pool.
    pub pool: PoolId,
    /// Whose.
    pub sub: String,
    /// Through which client.
    pub client: ClientId,
    /// What.
    pub kind: EventKind,
    /// When it began.
    pub at: Millis,
    /// How it ended.
    pub response: EventResponse,
    /// The address was blocked.
    pub blocked: bool,
    /// What was asked, and whether the answer was right.
    pub answers: Vec<(Asked, bool)>,
    /// From which address.
    pub ip: String,
    /// From what, for people.
    pub device: String,
    /// The request that began it.
    pub request_id: String,
    /// What somebody said of it later.
    pub feedback: Option<EventFeedback>,
}

impl AuthEvent {
    /// `RiskDecision`.
    pub const fn risk_decision(&self) -> &'static str {
        if self.blocked { "Block" } else { "NoRisk" }
    }

    /// The event after another of its requests. What has passed stays passed: nobody makes it look otherwise by sending an old session again.
    #[must_use]
    pub fn followed_by(self, next: Self) -> Self {
        if self.response == EventResponse::Pass {
            return self;
        }
        let answers = self.answers.into_iter().chain(next.answers).take(20).collect();
        Self { answers, response: next.response, blocked: next.blocked, ip: next.ip, device: next.device, ..self }
    }
}

/// `EventFeedbackType`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFeedback {
    /// `FeedbackValue` is Valid.
    pub valid: bool,
    /// `Provider`.
    pub provider: String,
    /// `FeedbackDate`.
    pub at: Millis,
}

/// An event on its way to the store, and into the pool's exported log.
#[derive(Clone, Debug)]
pub struct Happened {
    /// The event.
    pub event: AuthEvent,
    /// Where its record goes.
    pub export: Option<LogConfiguration>,
}

/// What an event is made of where it happens.
pub(crate) struct Witness {
    pool: PoolId,
    client: ClientId,
    source: Source,
    export: Option<LogConfiguration>,
}

impl Witness {
    /// Somebody to see what happens in the pool; nobody where it is not protected.
    pub fn at(pool: &UserPool, client: &ClientId, source: Source) -> Option<Self> {
        (mode(&pool.settings) != Mode::Off).then(|| Self {
            pool: pool.id.clone(),
            client: client.clone(),
            source,
            export: configured(&pool.settings, LogSource::AuthEvents),
        })
    }
}

impl UserPools {
    /// Notes an event. `id`: that of the sign-in it belongs to.
    pub(crate) fn happened(
        &self,
        cx: &RequestContext,
        witness: Witness,
        (sub, id): (&str, Option<String>),
        (kind, response): (EventKind, EventResponse),
        (answers, blocked): (Vec<(Asked, bool)>, bool),
    ) {
        let event = AuthEvent {
            id: id.unwrap_or_else(|| self.fresh_uuid()),
            pool: witness.pool,
            sub: sub.to_owned(),
            client: witness.client,
            kind,
            at: cx.now,
            response,
            blocked,
            answers,
            ip: witness.source.ip.to_string(),
            device: device_name(witness.source.user_agent.as_deref()),
            request_id: cx.request_id.clone(),
            feedback: None,
        };
        self.decisions.happened(Box::new(Happened { event, export: witness.export }));
    }

    /// An act of a user outside signing in; `None`: nobody is to see it, or there is no such user.
    pub(crate) fn saw<T>(
        &self,
        cx: &RequestContext,
        witness: Option<Witness>,
        sub: Option<&str>,
        (kind, result): (EventKind, &Result<T>),
    ) {
        let response = match result {
            Ok(_) => EventResponse::Pass,
            Err(error) if is_failure(error) => EventResponse::Fail,
            Err(_) => return,
        };
        if let (Some(sub), Some(witness)) = (sub, witness) {
            self.happened(cx, witness, (sub, None), (kind, response), (Vec::new(), false));
        }
    }

    /// AdminListUserAuthEvents: newest first; `after` is an event's id.
    pub async fn auth_events(&self, pool: &UserPool, user: &User, page: Page) -> Result<Vec<AuthEvent>> {
        check_protected(pool)?;
        Ok(self.store.list_auth_events(pool.id.clone(), user.sub.clone(), page).await?)
    }

    /// AdminUpdateAuthEventFeedback. ResourceNotFound.
    pub async fn admin_event_feedback(
        &self,
        now: Millis,
        pool: &UserPool,
        user: &User,
        (id, valid): (String, bool),
    ) -> Result<()> {
        check_protected(pool)?;
        let feedback = EventFeedback { valid, provider: "Admin".to_owned(), at: now };
        let noted = self.store.set_auth_event_feedback(now, pool.id.clone(), user.sub.clone(), id, feedback).await;
        noted.map_err(|error| match error {
            StoreError::NotFound => messages::AUTH_EVENT_NOT_FOUND,
            other => other.into(),
        })
    }
}

fn check_protected(pool: &UserPool) -> Result<()> {
    if mode(&pool.settings) == Mode::Off { Err(messages::ADD_ON_NOT_ENABLED) } else { Ok(()) }
}

/// Whether an error is a failure of the user's: not a mistake of the app's, and no trouble of ours. What a lock refuses unlooked at is none: the
/// failures that led to the lock are told already.
pub(crate) fn is_failure(error: &Error) -> bool {
    let locked = error.message == messages::PASSWORD_ATTEMPTS_EXCEEDED.message;
    let failure = matches!(
        error.kind,
        ErrorKind::NotAuthorized
            | ErrorKind::CodeMismatch
            | ErrorKind::ExpiredCode
            | ErrorKind::PasswordResetRequired
            | ErrorKind::UserNotConfirmed
            | ErrorKind::UserLambdaValidation
    );
    failure && !locked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(response: EventResponse, answers: &[(Asked, bool)]) -> AuthEvent {
        AuthEvent {
            id: "id".into(),
            pool: PoolId("p".into()),
            sub: "s".into(),
            client: ClientId("c".into()),
            kind: EventKind::SignIn,
            at: 1,
            response,
            blocked: false,
            answers: answers.to_vec(),
            ip: "::1".into(),
            device: "app".into(),
            request_id: "r".into(),
            feedback: None,
        }
    }

    #[test]
    fn the_requests_of_a_sign_in_are_one_event() {
        let begun = event(EventResponse::InProgress, &[(Asked::Password, true)]);
        let wrong = begun.followed_by(event(EventResponse::Fail, &[(Asked::Mfa, false)]));
        let right = wrong.followed_by(event(EventResponse::Pass, &[(Asked::Mfa, true)]));
        let answers = [(Asked::Password, true), (Asked::Mfa, false), (Asked::Mfa, true)];
        assert_eq!(right, event(EventResponse::Pass, &answers));
    }

    #[test]
    fn what_has_passed_stays_passed() {
        let passed = event(EventResponse::Pass, &[(Asked::Password, true)]);
        assert_eq!(passed.clone().followed_by(event(EventResponse::Fail, &[])), passed);
    }
}
