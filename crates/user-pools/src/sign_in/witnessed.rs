//! What of a request of a sign-in is an event of its user: a proof given or refused, and the end. A request that only asks is none.
use super::trail::Trail;
use super::{ChallengeName, Door, Flow, Outcome, Place, Start};
use crate::context::RequestContext;
use crate::error::{ErrorKind, Result};
use crate::messages;
use crate::service::UserPools;
use crate::threat::{Asked, EventKind, EventResponse, Source, Witness, check_address, is_failure};

/// What the request tried to prove.
pub(super) fn asked_by_start(start: &Start) -> Option<Asked> {
    let in_plain = start.flow == Flow::UserAuth && start.parameters.get("PASSWORD").is_some();
    (in_plain || matches!(start.flow, Flow::UserPassword | Flow::AdminUserPassword)).then_some(Asked::Password)
}

/// The same of an answer.
pub(super) fn asked_by_challenge(challenge: ChallengeName) -> Option<Asked> {
    match challenge {
        ChallengeName::PasswordVerifier | ChallengeName::Password => Some(Asked::Password),
        ChallengeName::SoftwareTokenMfa | ChallengeName::SmsMfa | ChallengeName::EmailOtp | ChallengeName::SmsOtp => {
            Some(Asked::Mfa)
        }
        _ => None,
    }
}

/// Looks at where the request comes from; from here on somebody sees what the user does, where the pool is protected.
pub(super) fn watch(cx: &RequestContext, door: &Door, place: &Place, trail: &mut Trail) -> Result<()> {
    trail.at("threat.address");
    let source = Source::of(cx, door, &place.client)?;
    trail.witness = Witness::at(&place.pool, &place.client.id, source.clone());
    check_address(&source, &place.pool, &place.client)
}

impl UserPools {
    /// Notes what the request came to, where the pool is protected and the user known.
    pub(super) fn witnessed(
        &self,
        cx: &RequestContext,
        trail: &mut Trail,
        asked: Option<Asked>,
        result: &Result<Outcome>,
    ) {
        let Some(witness) = trail.witness.take() else { return };
        let Some(sub) = trail.user().map(str::to_owned) else { return };
        let (response, right) = match result {
            Ok(Outcome::Authenticated(_)) => (EventResponse::Pass, Some(true)),
            Ok(Outcome::Challenge(_)) => (EventResponse::InProgress, Some(true)),
            Err(error) if !is_failure(error) => return,
            Err(error) => {
                let wrong = error.message == messages::INCORRECT_CREDENTIALS.message
                    || matches!(error.kind, ErrorKind::CodeMismatch | ErrorKind::ExpiredCode);
                (EventResponse::Fail, wrong.then_some(false))
            }
        };
        let answers: Vec<_> = asked.zip(right).into_iter().collect();
        if response == EventResponse::InProgress && answers.is_empty() {
            return;
        }
        let blocked = result.as_ref().is_err_and(|error| error.message == messages::UNSAFE_SIGN_IN.message);
        let whose = (sub.as_str(), trail.sign_in.take());
        self.happened(cx, witness, whose, (EventKind::SignIn, response), (answers, blocked));
    }
}
