//! What clients give about users, in the ground floor's words.
use super::super::prelude::*;
use user_pools::attributes::Given;
use user_pools::pool::Contact;
use user_pools::users::Asking;

/// Client, secret hash and username, as the unsigned operations carry them.
pub(super) fn asking(client: String, secret_hash: Option<String>, username: String) -> Asking {
    Asking { client: ClientId(client), secret_hash, username }
}

/// Names and values; a name without value is an empty one, which deletes.
pub(super) fn attributes(list: Vec<wire::AttributeType>) -> Given {
    list.into_iter().map(|attribute| (attribute.name, attribute.value.unwrap_or_default())).collect()
}

/// The contact of a delivery medium.
pub(super) const fn medium(medium: wire::DeliveryMediumType) -> Contact {
    match medium {
        wire::DeliveryMediumType::Sms => Contact::Phone,
        wire::DeliveryMediumType::Email => Contact::Email,
    }
}
