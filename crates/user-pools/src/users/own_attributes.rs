//! What a signed-in user does with their own attributes: read, change, delete, and prove that an address is theirs (spec C.17).
use super::update::{Aliases, Redemption};
use super::visit::About;
use crate::access::Access;
use crate::attributes::{self, CONTACTS, Given, Writer};
use crate::codes::{Limit, verifying};
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::ClientId;
use crate::messages;
use crate::names;
use crate::pool::{Contact, UserPool};
use crate::service::UserPools;
use crate::templates::{Delivery, Letter, Occasion};
use crate::user::User;

impl UserPools {
    /// GetUser's attributes: those the client may read, `sub` first.
    pub async fn own_attributes(&self, access: &Access) -> Result<Given> {
        let client = self.client_of(&access.pool.id, &access.client).await?;
        Ok(attributes::visible(&access.pool.settings, Some(&client.settings), &access.user))
    }

    /// UpdateUserAttributes. Returns where codes went. Errors: NotAuthorized for what the client may not write, InvalidParameter, AliasExists,
    /// CodeDeliveryFailure (the change stands then).
    pub async fn update_user_attributes(
        &self,
        cx: &RequestContext,
        access: &Access,
        given: &Given,
    ) -> Result<Vec<Delivery>> {
        let Access { pool, user, client, .. } = access;
        let settings = self.client_of(&pool.id, client).await?.settings;
        let named = names::preferred_alias(&pool.settings, given.iter().map(|(name, value)| (name, value)));
        let updated = match self.refuse_squatting(pool, named.into_iter()).await {
            Ok(()) => self.change_attributes(cx, pool, user, Writer::Client(&settings), given, Some(client)).await,
            Err(error) => Err(error),
        };
        self.decided(cx, about("UpdateUserAttributes", access), updated)
    }

    /// DeleteUserAttributes. Errors as for the update.
    pub async fn delete_user_attributes(&self, cx: &RequestContext, access: &Access, names: &[String]) -> Result<()> {
        let pool = &access.pool;
        let settings = self.client_of(&pool.id, &access.client).await?.settings;
        let change = |user: &mut User| attributes::delete(&pool.settings, Writer::Client(&settings), user, names);
        let deleted = self.update_user(cx, pool, &access.user.sub, Aliases::Respect, change).await;
        self.decided(cx, about("DeleteUserAttributes", access), deleted.map(drop))
    }

    /// GetUserAttributeVerificationCode: sends a code to the address that waits for one, else to the present one. Errors: InvalidParameter,
    /// LimitExceeded, CodeDeliveryFailure.
    pub async fn user_attribute_verification_code(
        &self,
        cx: &RequestContext,
        access: &Access,
        attribute: &str,
    ) -> Result<Delivery> {
        let sent = self.send_attribute_code(cx, access, attribute).await;
        self.decided(cx, about("GetUserAttributeVerificationCode", access), sent)
    }

    /// VerifyUserAttribute: the code makes the waiting address the present one, and it verified. Errors: CodeMismatch, ExpiredCode, AliasExists
    /// when somebody else signs in by that address, LimitExceeded.
    pub async fn verify_user_attribute(
        &self,
        cx: &RequestContext,
        access: &Access,
        attribute: &str,
        code: &str,
    ) -> Result<()> {
        let verified = self.verify_attribute(cx, access, attribute, code).await;
        self.decided(cx, about("VerifyUserAttribute", access), verified)
    }

    async fn send_attribute_code(&self, cx: &RequestContext, access: &Access, attribute: &str) -> Result<Delivery> {
        let Access { pool, user, client, .. } = access;
        let contact = contact(attribute)?;
        let address = waiting_or_present(user, contact).ok_or(messages::NOTHING_TO_VERIFY)?;
        self.count_against(cx, Limit::AttributeCode, &pool.id, &user.sub).await?;
        let occasion = Occasion::VerifyUserAttribute;
        let letter = Letter { pool, user, occasion, contact, address, client: Some(client), waits: true };
        self.send_code(cx, verifying(contact), letter).await
    }

    async fn verify_attribute(&self, cx: &RequestContext, access: &Access, attribute: &str, code: &str) -> Result<()> {
        let Access { pool, user, .. } = access;
        let contact = contact(attribute)?;
        self.count_against(cx, Limit::VerifyAttribute, &pool.id, &user.sub).await?;
        let redemption = Redemption { purpose: verifying(contact), code, aliases: Aliases::Respect };
        let redeemed = self.redeem(cx, pool, &user.sub, redemption, |user, contact| {
            if let Some(value) = user.pending_attributes.remove(contact.attribute()) {
                user.attributes.insert(contact.attribute().to_owned(), value);
            }
            user.attributes.insert(contact.verified_attribute().to_owned(), "true".to_owned());
            Ok(())
        });
        redeemed.await.map(drop)
    }

    /// Changes attributes and sends the codes that follow from it.
    pub(super) async fn change_attributes(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        user: &User,
        writer: Writer<'_>,
        given: &Given,
        client: Option<&ClientId>,
    ) -> Result<Vec<Delivery>> {
        let mut codes = Vec::new();
        let change = |user: &mut User| {
            codes = attributes::update(&pool.settings, writer, user, given)?;
            Ok(())
        };
        let user = self.update_user(cx, pool, &user.sub, Aliases::Respect, change).await?;
        let mut deliveries = Vec::new();
        for contact in codes {
            let Some(address) = waiting_or_present(&user, contact) else { continue };
            let occasion = Occasion::UpdateUserAttribute;
            let letter = Letter { pool, user: &user, occasion, contact, address, client, waits: true };
            deliveries.push(self.send_code(cx, verifying(contact), letter).await?);
        }
        Ok(deliveries)
    }
}

fn waiting_or_present(user: &User, contact: Contact) -> Option<&str> {
    let name = contact.attribute();
    user.pending_attributes.get(name).or_else(|| user.attributes.get(name)).map(String::as_str)
}

fn contact(attribute: &str) -> Result<Contact> {
    CONTACTS.into_iter().find(|contact| contact.attribute() == attribute).ok_or(messages::NOT_VERIFIABLE)
}

/// What a signed-in user's decision is about.
pub(super) fn about<'a>(action: &'static str, access: &'a Access) -> About<'a> {
    About { action, pool: Some(&access.pool.id), client: Some(&access.client), user: Some(&access.user.sub) }
}
