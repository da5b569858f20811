//! A code that nobody gets: for absent users, and for those who cannot be sent one, where the client prevents existence errors (spec C.16). It
//! costs what a real one costs, and the operations that follow answer as if there were one.
use super::visit::Visit;
use crate::attributes::CONTACTS;
use crate::codes::word;
use crate::context::RequestContext;
use crate::error::Result;
use crate::made_up;
use crate::names::{self, NewName};
use crate::pool::{Contact, PoolSettings};
use crate::ports::CodePurpose;
use crate::service::UserPools;
use crate::templates::{Delivery, Letter, Occasion};
use crate::user::UserStatus;
use std::collections::BTreeMap;

impl UserPools {
    /// Answers as if a code had been sent, and remembers it for the life of one.
    pub(super) async fn simulate(
        &self,
        cx: &RequestContext,
        visit: &Visit,
        purpose: CodePurpose,
        occasion: Occasion,
    ) -> Result<Delivery> {
        let Visit { pool, client, .. } = visit;
        let delivery = self.simulated_delivery(visit, usual(&pool.settings, purpose));
        let status = UserStatus::Confirmed;
        let nobody = self.new_user(cx.now, pool, NewName::Username, &visit.who, BTreeMap::new(), status);
        let (contact, address) = (delivery.contact, visit.folded.as_str());
        let letter = Letter { pool, user: &nobody, occasion, contact, address, client: Some(&client.id), waits: false };
        self.simulate_code(cx, purpose, letter, self.simulated_mark(purpose, visit)).await?;
        Ok(delivery)
    }

    /// Whether [`UserPools::simulate`] happened within the life of a code.
    pub(super) async fn was_simulated(&self, cx: &RequestContext, purpose: CodePurpose, visit: &Visit) -> Result<bool> {
        // A mark that ends now leaves nothing behind; being refused one means that an earlier one lives.
        Ok(!self.store.spend(cx.now, self.simulated_mark(purpose, visit), cx.now).await?)
    }

    fn simulated_mark(&self, purpose: CodePurpose, visit: &Visit) -> [u8; 32] {
        let parts = ["simulated code", word(purpose), &visit.pool.id.0, &visit.who];
        self.keys.steady(&parts.map(str::as_bytes))
    }

    /// One place per user, whichever of their names was typed: a real user's own address, though nothing goes there.
    fn simulated_delivery(&self, visit: &Visit, usual: Contact) -> Delivery {
        let settings = &visit.pool.settings;
        let Some(user) = &visit.user else {
            return made_up::delivery(&self.keys, settings, &visit.pool.id, &visit.folded, usual);
        };
        let order = std::iter::once(usual).chain(CONTACTS);
        let address = |contact: Contact| Some((contact, user.attributes.get(contact.attribute())?));
        match order.into_iter().find_map(address) {
            Some((contact, address)) => Delivery::to(contact, &names::fold(settings, address)),
            None => made_up::delivery(&self.keys, settings, &visit.pool.id, &visit.who, usual),
        }
    }
}

/// The contact to which the pool's codes of that purpose usually go.
fn usual(settings: &PoolSettings, purpose: CodePurpose) -> Contact {
    let verified = CONTACTS.into_iter().filter(|contact| settings.auto_verified.contains(contact));
    let named = |name: &str| CONTACTS.into_iter().find(|contact| name == format!("verified_{}", contact.attribute()));
    let mechanisms = settings.recovery.iter().flatten().filter(|_| purpose == CodePurpose::ForgotPassword);
    let first = mechanisms.min_by_key(|mechanism| mechanism.priority).and_then(|mechanism| named(&mechanism.name));
    first.or(verified.into_iter().next()).unwrap_or(Contact::Email)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::RecoveryMechanism;
    use crate::users::fixtures::settings;

    #[test]
    fn a_simulated_code_goes_where_the_pools_codes_go() {
        let mut pool = settings();
        assert_eq!(usual(&pool, CodePurpose::SignUp), Contact::Email);
        pool.auto_verified = vec![Contact::Email, Contact::Phone];
        assert_eq!(usual(&pool, CodePurpose::SignUp), Contact::Phone, "the phone comes first");
        let mechanism = |name: &str, priority| RecoveryMechanism { name: name.into(), priority };
        pool.recovery = Some(vec![mechanism("verified_phone_number", 2), mechanism("verified_email", 1)]);
        assert_eq!(usual(&pool, CodePurpose::ForgotPassword), Contact::Email);
        assert_eq!(usual(&pool, CodePurpose::SignUp), Contact::Phone);
    }
}
