//! ConfirmSignUp: the code of the sign-up mail makes an account usable and its address verified (spec C.17).
use super::update::{Aliases, Redemption};
use super::visit::{Asking, Visit};
use crate::codes::Limit;
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::ports::CodePurpose;
use crate::service::UserPools;
use crate::sign_in::code_is_a_first_factor;
use crate::triggers::Confirmed;
use crate::user::{User, UserStatus};

/// The request.
#[derive(Clone, Debug)]
pub struct ConfirmSignUp {
    /// Client, secret hash and user.
    pub asking: Asking,
    /// `ConfirmationCode`.
    pub code: String,
    /// `ForceAliasCreation`: an alias that somebody else holds moves here.
    pub force_alias: bool,
}

impl UserPools {
    /// ConfirmSignUp. Errors: CodeMismatch, ExpiredCode, NotAuthorized when the user does not wait for it, AliasExists, LimitExceeded,
    /// and those of PostConfirmation (the user is confirmed then).
    pub async fn confirm_sign_up(&self, cx: &RequestContext, request: ConfirmSignUp) -> Result<()> {
        self.confirm_sign_up_within(cx, request, None).await.map(drop)
    }

    /// The same with the `Session` that SignUp gave, if it comes along; a forged or foreign one is refused. Gives the `Session` with which
    /// a first USER_AUTH sign-in may begin, where the client has that flow: for a live session of SignUp, which proves that whoever brings the
    /// code has chosen the password, and for the code alone (Amplify brings nothing else) where such a code may be the first factor of this
    /// user. Elsewhere the code, read in somebody's mailbox, confirms and signs nobody in.
    pub async fn confirm_sign_up_within(
        &self,
        cx: &RequestContext,
        request: ConfirmSignUp,
        session: Option<&str>,
    ) -> Result<Option<String>> {
        let visit = self.visit(cx, "ConfirmSignUp", &request.asking).await?;
        let result = self.confirm_visited(cx, &visit, &request, session).await;
        self.decided(cx, visit.about(), result)
    }

    async fn confirm_visited(
        &self,
        cx: &RequestContext,
        visit: &Visit,
        request: &ConfirmSignUp,
        session: Option<&str>,
    ) -> Result<Option<String>> {
        self.count_against(cx, Limit::ConfirmSignUp, &visit.pool.id, &visit.who).await?;
        let user = match &visit.user {
            // AWS itself tells the status of a confirmed user (K 43), but nothing of a disabled one.
            Some(user) if user.enabled || user.status != UserStatus::Unconfirmed || !visit.hides_users() => user,
            _ if visit.hides_users() => {
                return Err(
                    messages::CODE_MISMATCH.because("no such user, or disabled; the client prevents existence errors")
                );
            }
            _ => return Err(messages::USERNAME_CLIENT_NOT_FOUND),
        };
        waits(user)?;
        let signed_up = match session {
            Some(session) => self.is_signed_up_session(cx, &visit.client, user, session)?,
            None => false,
        };
        let aliases = if request.force_alias { Aliases::Take } else { Aliases::Respect };
        let redemption = Redemption { purpose: CodePurpose::SignUp, code: &request.code, aliases };
        let mut sent_to = None;
        let redeemed = self.redeem(cx, &visit.pool, &user.sub, redemption, |user, contact| {
            waits(user)?;
            sent_to = Some(contact);
            user.status = UserStatus::Confirmed;
            user.attributes.insert(contact.verified_attribute().to_owned(), "true".to_owned());
            Ok(())
        });
        let user = redeemed.await?;
        self.post_confirmation(cx, &visit.pool, Some(&visit.client.id), &user, Confirmed::SignUp).await?;
        let enough =
            signed_up || sent_to.is_some_and(|contact| code_is_a_first_factor(&visit.pool.settings, &user, contact));
        Ok(enough.then(|| self.confirmed_session(cx, &visit.pool, &visit.client, &user)).flatten())
    }
}

/// Only an unconfirmed, enabled user can be confirmed.
pub(super) fn waits(user: &User) -> Result<()> {
    if user.status != UserStatus::Unconfirmed {
        return Err(messages::cannot_be_confirmed(user.status.as_str()));
    }
    if !user.enabled {
        return Err(messages::USER_DISABLED);
    }
    Ok(())
}
