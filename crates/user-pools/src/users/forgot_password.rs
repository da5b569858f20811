//! ForgotPassword: a code to a verified address, by which a new password can be set (spec C.16, C.17, H.5).
use super::visit::{Asking, Visit};
use crate::attributes::{CONTACTS, is_verified};
use crate::codes::Limit;
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::mfa::is_second_factor;
use crate::pool::{Contact, PoolSettings};
use crate::ports::CodePurpose;
use crate::service::UserPools;
use crate::templates::{Delivery, Letter, Occasion};
use crate::threat::EventKind;
use crate::user::{User, UserStatus};

impl UserPools {
    /// ForgotPassword. Where the client prevents existence errors, whoever cannot be sent a code gets a simulated answer; the reason is noted.
    /// Such a client neither waits for the delivery nor hears of it. Errors: UserNotFound, InvalidParameter, NotAuthorized (status,
    /// `admin_only`), LimitExceeded, CodeDeliveryFailure.
    pub async fn forgot_password(&self, cx: &RequestContext, asking: Asking) -> Result<Delivery> {
        let mut visit = self.visit(cx, "ForgotPassword", &asking).await?;
        let result = self.forgot_visited(cx, &mut visit, &asking.username).await;
        self.saw(cx, visit.witness(), visit.about().user, (EventKind::ForgotPassword, &result));
        self.decided(cx, visit.about(), result)
    }

    async fn forgot_visited(&self, cx: &RequestContext, visit: &mut Visit, name: &str) -> Result<Delivery> {
        self.count_against(cx, Limit::Forgot, &visit.pool.id, &visit.who).await?;
        // The pool's own rule, the same for everybody: it tells nobody apart.
        if is_admin_only(&visit.pool.settings) {
            return Err(messages::CONTACT_ADMINISTRATOR);
        }
        self.migrate_forgetful(cx, visit, name).await?;
        match recoverable(visit) {
            Ok((user, contact)) => {
                let address = user.attributes.get(contact.attribute()).map_or("", String::as_str);
                let (pool, client) = (&visit.pool, Some(&visit.client.id));
                let waits = !visit.hides_users();
                let letter = Letter { pool, user, occasion: Occasion::ForgotPassword, contact, address, client, waits };
                self.send_code(cx, CodePurpose::ForgotPassword, letter).await
            }
            Err(_) if visit.hides_users() => {
                self.simulate(cx, visit, CodePurpose::ForgotPassword, Occasion::ForgotPassword).await
            }
            Err(error) => Err(error),
        }
    }
}

/// The user, when they exist and may recover by a code, and the contact it goes to.
fn recoverable(visit: &Visit) -> Result<(&User, Contact)> {
    let user = visit.user.as_ref().ok_or(messages::USERNAME_CLIENT_NOT_FOUND)?;
    if !user.enabled {
        return Err(messages::NO_RECOVERY_CONTACT.because("the user is disabled"));
    }
    if matches!(user.status, UserStatus::ForceChangePassword | UserStatus::ExternalProvider) {
        return Err(messages::CANNOT_RESET_NOW);
    }
    let contact = recovery_contact(&visit.pool.settings, user).ok_or(messages::NO_RECOVERY_CONTACT)?;
    Ok((user, contact))
}

fn is_admin_only(settings: &PoolSettings) -> bool {
    settings.recovery.as_ref().is_some_and(|list| list.iter().any(|mechanism| mechanism.name == "admin_only"))
}

/// Where a recovery code goes: the first verified contact by the pool's priorities; without those the phone, unless it is the second factor,
/// else the e-mail address (spec H.5). A medium that is the second factor is never the way to a new password (C.12): whoever holds the mailbox
/// would have both.
pub(super) fn recovery_contact(settings: &PoolSettings, user: &User) -> Option<Contact> {
    let by_sms = user.credentials.mfa_enabled.iter().any(|factor| factor == "SMS_MFA");
    let is_factor = |contact: Contact| {
        is_second_factor(settings, user, contact) || settings.recovery.is_none() && by_sms && contact == Contact::Phone
    };
    let verified = |contact: &Contact| is_verified(user, *contact) && !is_factor(*contact);
    let Some(mechanisms) = &settings.recovery else { return CONTACTS.into_iter().find(verified) };
    let mut mechanisms: Vec<_> = mechanisms.iter().collect();
    mechanisms.sort_by_key(|mechanism| mechanism.priority);
    let contact = |name: &str| match name {
        "verified_email" => Some(Contact::Email),
        "verified_phone_number" => Some(Contact::Phone),
        _ => None,
    };
    mechanisms.into_iter().filter_map(|mechanism| contact(&mechanism.name)).find(verified)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::RecoveryMechanism;
    use crate::users::fixtures::{settings, user};

    fn reachable(verified: &[&str]) -> User {
        let mut user = user();
        for (name, value) in [("email", "a@b.example"), ("phone_number", "+12065550100")] {
            user.attributes.insert(name.into(), value.into());
            user.attributes.insert(format!("{name}_verified"), verified.contains(&name).to_string());
        }
        user
    }

    #[test]
    fn without_settings_the_phone_comes_first_unless_it_is_the_second_factor() {
        let mut both = reachable(&["email", "phone_number"]);
        assert_eq!(recovery_contact(&settings(), &both), Some(Contact::Phone));
        both.credentials.mfa_enabled = vec!["SMS_MFA".into()];
        assert_eq!(recovery_contact(&settings(), &both), Some(Contact::Email));
        assert_eq!(recovery_contact(&settings(), &reachable(&[])), None);
    }

    #[test]
    fn the_pools_priorities_decide_among_verified_contacts() {
        let mut pool = settings();
        let mechanism = |name: &str, priority| RecoveryMechanism { name: name.into(), priority };
        pool.recovery = Some(vec![mechanism("verified_phone_number", 2), mechanism("verified_email", 1)]);
        assert_eq!(recovery_contact(&pool, &reachable(&["email", "phone_number"])), Some(Contact::Email));
        assert_eq!(recovery_contact(&pool, &reachable(&["phone_number"])), Some(Contact::Phone));
        pool.recovery = Some(vec![mechanism("verified_email", 1)]);
        assert_eq!(recovery_contact(&pool, &reachable(&["phone_number"])), None);
    }

    #[test]
    fn a_second_factor_is_no_way_to_a_new_password() {
        let mut pool = settings();
        pool.mfa = crate::pool::MfaRequirement::Optional;
        pool.documents.insert("EmailMfaConfiguration".into(), serde_json::json!({}));
        pool.recovery = Some(vec![RecoveryMechanism { name: "verified_email".into(), priority: 1 }]);
        let mut user = reachable(&["email"]);
        assert_eq!(recovery_contact(&pool, &user), Some(Contact::Email));
        user.credentials.mfa_enabled = vec!["EMAIL_OTP".into()];
        assert_eq!(recovery_contact(&pool, &user), None);
    }
}
