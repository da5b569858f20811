//! ResendConfirmationCode: another code for a sign-up, in place of the earlier one (spec C.17).
use super::visit::{Asking, Visit};
use crate::codes::Limit;
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::service::UserPools;
use crate::templates::{Delivery, Occasion};
use crate::user::UserStatus;

impl UserPools {
    /// ResendConfirmationCode. An absent or disabled user gets a simulated answer where the client prevents existence errors. Errors:
    /// UserNotFound, InvalidParameter when there is nothing to confirm, LimitExceeded, CodeDeliveryFailure.
    pub async fn resend_confirmation_code(&self, cx: &RequestContext, asking: Asking) -> Result<Delivery> {
        let visit = self.visit(cx, "ResendConfirmationCode", &asking).await?;
        let result = self.resend_visited(cx, &visit).await;
        self.decided(cx, visit.about(), result)
    }

    async fn resend_visited(&self, cx: &RequestContext, visit: &Visit) -> Result<Delivery> {
        self.count_against(cx, Limit::Resend, &visit.pool.id, visit.counted()).await?;
        let user = match &visit.user {
            Some(user) if user.enabled => user,
            _ if visit.hides_users() => {
                self.mark_simulated(cx, "resend", visit).await?;
                return Ok(self.simulated_delivery(&visit.pool, &visit.folded));
            }
            Some(_) => return Err(messages::USER_DISABLED),
            None => return Err(messages::USERNAME_CLIENT_NOT_FOUND),
        };
        if user.status != UserStatus::Unconfirmed {
            return Err(messages::ALREADY_CONFIRMED);
        }
        let sent = self.send_sign_up_code(cx, visit, user, Occasion::ResendCode).await?;
        sent.ok_or(messages::NOTHING_TO_RESEND)
    }
}
