//! The invitation of AdminCreateUser: the temporary password by mail or SMS, and once more with `RESEND`.
use super::create::{AdminCreateUser, invitable};
use crate::attributes::CONTACTS;
use crate::context::RequestContext;
use crate::error::Result;
use crate::pool::{Contact, UserPool};
use crate::service::UserPools;
use crate::templates::{Letter, Occasion};
use crate::user::User;
use crate::users::update::Aliases;

impl UserPools {
    /// Sends the invitation by each medium wanted that the user has an address for. A user without any is not told; the operator knows the
    /// password or sets another.
    pub(super) async fn invite(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        user: &User,
        mediums: &[Contact],
        password: &str,
    ) -> Result<()> {
        for (contact, address) in addressed(user, mediums) {
            let occasion = Occasion::AdminCreateUser;
            let letter = Letter { pool, user, occasion, contact, address, client: None, waits: true };
            self.send_invitation(cx, &letter, password).await?;
        }
        Ok(())
    }

    /// `RESEND`: a new temporary password whose life starts now.
    pub(super) async fn resend_invitation(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        request: &AdminCreateUser,
    ) -> Result<User> {
        let policy = &pool.settings.password_policy;
        let user = self.admin_get_user(pool, &request.username).await?;
        invitable(&user)?;
        let plain = self.temporary_password(pool, request)?;
        let password = self.protect(pool, &user.sub, &user.username, &plain).await?.temporary(policy, cx.now);
        let change = |user: &mut User| {
            invitable(user)?;
            user.credentials.set_password(policy, password.clone());
            Ok(())
        };
        let user = self.update_user(cx, pool, &user.sub, Aliases::Respect, change).await?;
        self.invite(cx, pool, &user, &request.mediums, &plain).await?;
        Ok(user)
    }
}

/// The addresses to write to: of the mediums wanted, or, when none was named, the first the user has.
fn addressed<'a>(user: &'a User, mediums: &[Contact]) -> Vec<(Contact, &'a str)> {
    let has = |contact: Contact| user.attributes.get(contact.attribute()).map(|address| (contact, address.as_str()));
    if mediums.is_empty() {
        CONTACTS.into_iter().find_map(has).into_iter().collect()
    } else {
        CONTACTS.into_iter().filter(|contact| mediums.contains(contact)).filter_map(has).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures::user;

    #[test]
    fn an_invitation_goes_by_the_mediums_wanted_else_by_the_first_there_is() {
        let mut user = user();
        user.attributes.insert("email".into(), "a@b.example".into());
        assert_eq!(addressed(&user, &[]), [(Contact::Email, "a@b.example")]);
        assert_eq!(addressed(&user, &[Contact::Phone]), []);
        user.attributes.insert("phone_number".into(), "+12065550100".into());
        assert_eq!(addressed(&user, &[]), [(Contact::Phone, "+12065550100")]);
        assert_eq!(addressed(&user, &[Contact::Email, Contact::Phone]).len(), 2);
    }
}
