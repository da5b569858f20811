//! From claims to attributes: the mapping is written at every sign-in (spec I).
use super::profile::{Profile, text_of};
use crate::attributes::{self, CONTACTS};
use crate::error::Result;
use crate::identity_provider::IdentityProvider;
use crate::messages;
use crate::pool::PoolSettings;
use crate::user::User;
use std::collections::BTreeMap;

/// The attributes that the provider gives, by the mapping; claims that are missing leave what is there. A verified flag is about the address
/// beside it: one that comes alone would vouch for whatever address the user has entered here.
pub(super) fn given(provider: &IdentityProvider, profile: &Profile) -> BTreeMap<String, String> {
    let mapped = provider.mapping.iter().filter(|(attribute, _)| *attribute != "username");
    let text = |claim: &String| profile.claims.get(claim).and_then(text_of).filter(|text| !text.is_empty());
    let mut given: BTreeMap<_, _> =
        mapped.filter_map(|(attribute, claim)| Some((attribute.clone(), text(claim)?))).collect();
    for contact in CONTACTS {
        if !given.contains_key(contact.attribute()) {
            given.remove(contact.verified_attribute());
        }
    }
    given
}

/// Writes them. `fresh`: the user is being made; later an attribute that is not mutable breaks the sign-in, as on AWS, even with the same
/// value. An address is verified only where the provider says so.
pub(super) fn write(
    settings: &PoolSettings,
    user: &mut User,
    given: &BTreeMap<String, String>,
    fresh: bool,
) -> Result<()> {
    for (name, value) in given {
        let attribute = settings.schema.iter().find(|attribute| attribute.name == *name);
        // An attribute cannot leave the schema; a mapping from before that law has nowhere to go.
        let Some(attribute) = attribute else { continue };
        if !attribute.mutable && !fresh {
            return Err(messages::immutable(&[name]));
        }
        let value = attributes::check_value(attribute, value)?;
        let changed = user.attributes.insert(name.clone(), value.clone()).as_ref() != Some(&value);
        if let Some(contact) = CONTACTS.into_iter().find(|contact| contact.attribute() == name) {
            user.pending_attributes.remove(name);
            if changed && !given.contains_key(contact.verified_attribute()) {
                user.attributes.insert(contact.verified_attribute().to_owned(), "false".to_owned());
            }
        }
    }
    let missing = attributes::missing(settings, &user.attributes);
    if missing.is_empty() { Ok(()) } else { Err(messages::federated_attributes_required(&missing)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures::{settings, user};

    fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_address_is_verified_only_by_the_providers_word() {
        let mut user = user();
        user.attributes.clear();
        write(&settings(), &mut user, &texts(&[("email", "a@b.example")]), true).unwrap();
        assert_eq!(user.attributes["email_verified"], "false");
        write(&settings(), &mut user, &texts(&[("email", "a@b.example"), ("email_verified", "true")]), false).unwrap();
        assert_eq!(user.attributes["email_verified"], "true");
        write(&settings(), &mut user, &texts(&[("email", "new@b.example")]), false).unwrap();
        assert_eq!(user.attributes["email_verified"], "false", "another address is another matter");
    }

    #[test]
    fn an_immutable_attribute_breaks_the_second_sign_in() {
        let mut pool = settings();
        pool.schema.iter_mut().find(|attribute| attribute.name == "name").unwrap().mutable = false;
        let mut user = user();
        write(&pool, &mut user, &texts(&[("name", "Ann")]), true).unwrap();
        let error = write(&pool, &mut user, &texts(&[("name", "Ann")]), false).unwrap_err();
        assert_eq!(error.message, "user.name: Attribute cannot be updated.\n");
    }

    #[test]
    fn what_the_pool_requires_must_come() {
        let mut pool = settings();
        pool.schema.iter_mut().find(|attribute| attribute.name == "email").unwrap().required = true;
        let mut user = user();
        user.attributes.clear();
        let error = write(&pool, &mut user, &texts(&[("name", "Ann")]), true).unwrap_err();
        assert_eq!(error.message, "attributes required: [email]");
        assert!(write(&pool, &mut user, &texts(&[("email", "not an address")]), true).is_err());
    }
}
