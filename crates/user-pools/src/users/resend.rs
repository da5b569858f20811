//! ResendConfirmationCode: another code for a sign-up, in place of the earlier one (spec C.17).
use super::sign_up::sign_up_contact;
use super::visit::{Asking, Visit};
use crate::codes::Limit;
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::pool::Contact;
use crate::ports::CodePurpose;
use crate::service::UserPools;
use crate::templates::{Delivery, Letter, Occasion};
use crate::threat::EventKind;
use crate::user::{User, UserStatus};

impl UserPools {
    /// ResendConfirmationCode. Where the client prevents existence errors, whoever does not wait for a code gets a simulated answer, nobody
    /// waits for the delivery or hears of it. Errors: UserNotFound, InvalidParameter when there is nothing to confirm, LimitExceeded,
    /// CodeDeliveryFailure.
    pub async fn resend_confirmation_code(&self, cx: &RequestContext, asking: Asking) -> Result<Delivery> {
        let visit = self.visit(cx, "ResendConfirmationCode", &asking).await?;
        let result = self.resend_visited(cx, &visit).await;
        self.saw(cx, visit.witness(), visit.about().user, (EventKind::ResendCode, &result));
        self.decided(cx, visit.about(), result)
    }

    async fn resend_visited(&self, cx: &RequestContext, visit: &Visit) -> Result<Delivery> {
        self.count_against(cx, Limit::Resend, &visit.pool.id, &visit.who).await?;
        // The pool's own rule, the same for everybody.
        if visit.pool.settings.auto_verified.is_empty() && visit.hides_users() {
            return Err(messages::NOTHING_TO_RESEND);
        }
        match waiting(visit) {
            Ok((user, contact, address)) => {
                let (pool, client, waits) = (&visit.pool, Some(&visit.client.id), !visit.hides_users());
                let letter = Letter { pool, user, occasion: Occasion::ResendCode, contact, address, client, waits };
                self.send_code(cx, CodePurpose::SignUp, letter).await
            }
            Err(_) if visit.hides_users() => self.simulate(cx, visit, CodePurpose::SignUp, Occasion::ResendCode).await,
            Err(error) => Err(error),
        }
    }
}

/// The user, when they wait for a code, and where it goes.
fn waiting(visit: &Visit) -> Result<(&User, Contact, &str)> {
    let user = visit.user.as_ref().ok_or(messages::USERNAME_CLIENT_NOT_FOUND)?;
    if !user.enabled {
        return Err(messages::USER_DISABLED);
    }
    if user.status != UserStatus::Unconfirmed {
        return Err(messages::ALREADY_CONFIRMED);
    }
    let (contact, address) = sign_up_contact(&visit.pool, user).ok_or(messages::NOTHING_TO_RESEND)?;
    Ok((user, contact, address))
}
