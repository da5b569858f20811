//! Attributes of users: which values the schema allows, who may read and write them, and what a change entails (spec H.1, C.17).
//! Values are text; `sub` is not among them. Sending the codes that a change entails is the business of the callers.
pub mod schema;
mod values;

use crate::client::ClientSettings;
use crate::error::Result;
use crate::messages;
use crate::pool::{AliasKind, Contact, PoolSettings, SchemaAttribute};
use crate::user::User;
use std::collections::BTreeMap;

/// Both ways to reach a user, phone first: where both are verified by the pool, codes go to the phone (spec H.3).
pub const CONTACTS: [Contact; 2] = [Contact::Phone, Contact::Email];

/// Attributes as a client gives them: names and values, in order.
pub type Given = Vec<(String, String)>;

/// Who changes attributes.
#[derive(Clone, Copy, Debug)]
pub enum Writer<'a> {
    /// An app client, within its `WriteAttributes`.
    Client(&'a ClientSettings),
    /// An operator: everything but `sub`.
    Admin,
}

/// Whether a client may read an attribute. Without `ReadAttributes` it reads all standard and custom ones (as the CDK documents; the
/// model speaks of the standard ones only). `sub` is always readable, developer-only attributes never.
pub fn readable(client: &ClientSettings, name: &str) -> bool {
    name == "sub" || !name.starts_with("dev:") && allowed(client.read_attributes.as_ref(), name)
}

/// Whether a client may write an attribute. The verified flags and `sub` are the pool's own.
pub fn writable(client: &ClientSettings, name: &str) -> bool {
    let own = matches!(name, "sub" | "email_verified" | "phone_number_verified") || name.starts_with("dev:");
    !own && allowed(client.write_attributes.as_ref(), name)
}

fn allowed(list: Option<&Vec<String>>, name: &str) -> bool {
    list.is_none_or(|names| names.iter().any(|allowed| allowed == name))
}

/// The attributes of a user that a client may read, `sub` first, the others in the order of the schema.
pub fn visible(settings: &PoolSettings, client: Option<&ClientSettings>, user: &User) -> Given {
    let sub = ("sub".to_owned(), user.sub.clone());
    let of_schema = settings.schema.iter().filter_map(|attribute| user.attributes.get_key_value(&attribute.name));
    let shown = of_schema.filter(|(name, _)| client.is_none_or(|client| readable(client, name)));
    let identities = user.identities_attribute().map(|text| ("identities".to_owned(), text));
    let shown = shown.map(|(name, value)| (name.clone(), value.clone()));
    std::iter::once(sub).chain(identities).chain(shown).collect()
}

/// The value as it is stored, if the attribute takes it. InvalidParameter.
pub(crate) fn check_value(attribute: &SchemaAttribute, value: &str) -> Result<String> {
    values::check(attribute, value)
}

/// The attributes of a new user, checked. `implied` is one that follows from the username and needs no permission. NotAuthorized for what
/// the client may not write, InvalidParameter for the rest.
pub fn new(
    settings: &PoolSettings,
    writer: Writer<'_>,
    given: &Given,
    implied: Option<(&str, &str)>,
) -> Result<BTreeMap<String, String>> {
    let mut attributes = BTreeMap::new();
    for (name, value) in given {
        let attribute = find(settings, writer, name)?;
        if !value.is_empty() {
            attributes.insert(name.clone(), values::check(attribute, value)?);
        }
    }
    attributes.extend(implied.map(|(name, value)| (name.to_owned(), value.to_owned())));
    for contact in CONTACTS {
        if attributes.contains_key(contact.attribute()) {
            attributes.entry(contact.verified_attribute().to_owned()).or_insert_with(|| "false".to_owned());
        }
    }
    // An operator may leave required attributes to the user, who is asked at the first sign-in (NEW_PASSWORD_REQUIRED).
    if matches!(writer, Writer::Client(_)) {
        check_required(settings, &attributes)?;
    }
    Ok(attributes)
}

/// The required attributes that have no value yet, in the order of the schema.
pub fn missing<'a>(settings: &'a PoolSettings, attributes: &BTreeMap<String, String>) -> Vec<&'a str> {
    let lacks = |attribute: &&SchemaAttribute| {
        attribute.required && attribute.name != "sub" && !attributes.contains_key(&attribute.name)
    };
    settings.schema.iter().filter(lacks).map(|attribute| attribute.name.as_str()).collect()
}

fn check_required(settings: &PoolSettings, attributes: &BTreeMap<String, String>) -> Result<()> {
    let lines: String = missing(settings, attributes).into_iter().map(messages::required).collect();
    if lines.is_empty() { Ok(()) } else { Err(messages::schema(&lines)) }
}

/// Refuses names that are not in the schema (ListUsers' `AttributesToGet`). InvalidParameter.
pub fn check_known(settings: &PoolSettings, names: &[String]) -> Result<()> {
    let known = |name: &String| settings.schema.iter().any(|attribute| attribute.name == *name);
    if names.iter().all(known) { Ok(()) } else { Err(messages::UNKNOWN_ATTRIBUTES_TO_GET) }
}

fn find<'a>(settings: &'a PoolSettings, writer: Writer<'_>, name: &str) -> Result<&'a SchemaAttribute> {
    let attribute = settings
        .schema
        .iter()
        .find(|attribute| attribute.name == name)
        .ok_or_else(|| messages::schema(&messages::unknown_type(name)))?;
    match writer {
        Writer::Client(client) if !writable(client, name) => {
            Err(messages::UNAUTHORIZED_ATTRIBUTE.because(format!("{name} is not among the client's WriteAttributes")))
        }
        Writer::Admin if name == "sub" => Err(messages::immutable(&["sub"])),
        _ => Ok(attribute),
    }
}

/// Applies `UpdateUserAttributes` to a user. An empty value deletes. A new contact value waits in `pending_attributes` where the pool wants
/// it verified first, else it counts at once and its verified flag falls. Returns the contacts whose new value needs a code.
/// Errors as for [`new`]; the user is not to be stored then.
pub fn update(settings: &PoolSettings, writer: Writer<'_>, user: &mut User, given: &Given) -> Result<Vec<Contact>> {
    let mut set = BTreeMap::new();
    let mut deleted = Vec::new();
    for (name, value) in given {
        let attribute = find(settings, writer, name)?;
        if !attribute.mutable && user.attributes.get(name) != Some(value) {
            return Err(messages::immutable(&[name]));
        }
        if value.is_empty() {
            deleted.push(name.clone());
        } else {
            set.insert(name.clone(), values::check(attribute, value)?);
        }
    }
    delete(settings, writer, user, &deleted)?;
    let changed: Vec<_> = CONTACTS.into_iter().filter(|contact| set.contains_key(contact.attribute())).collect();
    // Only an operator can say that codes may go to an address that nobody has proven.
    let differs = |contact: &&Contact| set.get(contact.attribute()) != user.attributes.get(contact.attribute());
    let new: Vec<_> = changed.iter().filter(differs).copied().collect();
    user.credentials.vouched.retain(|contact| !new.contains(contact));
    if matches!(writer, Writer::Admin) && user.credentials.password.is_none() {
        user.credentials.vouched.extend(new);
    }
    let codes = changed.into_iter().filter(|contact| change_contact(settings, user, &mut set, *contact)).collect();
    user.attributes.extend(set);
    check_sign_in_name(settings, user)?;
    Ok(codes)
}

/// Settles the new value of a contact and takes it out of `set` where it has to wait. True when it needs a code.
fn change_contact(
    settings: &PoolSettings,
    user: &mut User,
    set: &mut BTreeMap<String, String>,
    contact: Contact,
) -> bool {
    let vouched = set.get(contact.verified_attribute()).is_some_and(|flag| flag == "true");
    let same = set.get(contact.attribute()) == user.attributes.get(contact.attribute());
    user.pending_attributes.remove(contact.attribute());
    if same || vouched {
        return false;
    }
    let auto = settings.auto_verified.contains(&contact);
    // Without a present value there is nothing to keep until then.
    let present = user.attributes.contains_key(contact.attribute());
    let waits = auto && present && settings.verify_before_update.contains(&contact);
    if waits {
        if let Some(value) = set.remove(contact.attribute()) {
            user.pending_attributes.insert(contact.attribute().to_owned(), value);
        }
    } else {
        set.insert(contact.verified_attribute().to_owned(), "false".to_owned());
    }
    auto
}

/// Whether the user's present value of a contact has been verified.
pub fn is_verified(user: &User, contact: Contact) -> bool {
    user.attributes.contains_key(contact.attribute())
        && user.attributes.get(contact.verified_attribute()).is_some_and(|flag| flag == "true")
}

/// Removes attributes; ones without a value are fine. InvalidParameter for unknown, required and immutable ones.
pub fn delete(settings: &PoolSettings, writer: Writer<'_>, user: &mut User, names: &[String]) -> Result<()> {
    let known = |name: &str| settings.schema.iter().find(|attribute| attribute.name == name);
    let of =
        |pick: &dyn Fn(&str) -> bool| names.iter().map(String::as_str).filter(|name| pick(name)).collect::<Vec<_>>();
    let unknown = of(&|name| known(name).is_none());
    if !unknown.is_empty() {
        return Err(messages::unknown_attributes(&unknown));
    }
    names.iter().try_for_each(|name| find(settings, writer, name).map(drop))?;
    let required = of(&|name| known(name).is_some_and(|attribute| attribute.required));
    if !required.is_empty() {
        return Err(messages::required_attributes(&required));
    }
    let fixed =
        of(&|name| known(name).is_some_and(|attribute| !attribute.mutable) && user.attributes.contains_key(name));
    if !fixed.is_empty() {
        return Err(messages::immutable(&fixed));
    }
    for name in names {
        user.attributes.remove(name);
        if let Some(contact) = CONTACTS.into_iter().find(|contact| contact.attribute() == name) {
            user.credentials.vouched.retain(|one| *one != contact);
            user.attributes.remove(contact.verified_attribute());
            user.pending_attributes.remove(name);
        }
    }
    check_sign_in_name(settings, user)
}

/// In a `UsernameAttributes` pool the user keeps at least one attribute to sign in by.
fn check_sign_in_name(settings: &PoolSettings, user: &User) -> Result<()> {
    let has = |kind: &AliasKind| user.attributes.contains_key(kind.attribute());
    if settings.username_attributes.is_empty() || settings.username_attributes.iter().any(has) {
        Ok(())
    } else {
        Err(messages::CANNOT_DELETE_SIGN_IN_NAME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures::{settings, user};

    fn given(pairs: &[(&str, &str)]) -> Given {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn verified_user() -> User {
        let mut user = user();
        user.attributes = given(&[("email", "a@b.example"), ("email_verified", "true")]).into_iter().collect();
        user
    }

    #[test]
    fn a_client_writes_only_what_it_may_and_never_the_verified_flags() {
        let mut client = ClientSettings::default();
        let flag = given(&[("email_verified", "true")]);
        let error = new(&settings(), Writer::Client(&client), &flag, None).unwrap_err();
        assert_eq!(error.message, "A client attempted to write unauthorized attribute");
        client.write_attributes = Some(vec!["name".into()]);
        assert!(new(&settings(), Writer::Client(&client), &given(&[("email", "a@b.example")]), None).is_err());
        assert!(new(&settings(), Writer::Client(&client), &given(&[("name", "Ann")]), None).is_ok());
        assert!(new(&settings(), Writer::Admin, &flag, None).is_ok());
        assert!(new(&settings(), Writer::Admin, &given(&[("sub", "x")]), None).is_err());
    }

    #[test]
    fn a_required_attribute_must_be_given_at_sign_up_but_not_by_an_admin() {
        let mut pool = settings();
        pool.schema.iter_mut().find(|attribute| attribute.name == "email").unwrap().required = true;
        let error = new(&pool, Writer::Client(&ClientSettings::default()), &vec![], None).unwrap_err();
        assert_eq!(error.message, "Attributes did not conform to the schema: email: The attribute is required\n");
        assert!(new(&pool, Writer::Admin, &vec![], None).is_ok());
    }

    #[test]
    fn a_changed_address_is_unverified_and_gets_a_code_where_the_pool_verifies() {
        let mut pool = settings();
        let (mut user, change) = (verified_user(), given(&[("email", "new@b.example")]));
        assert_eq!(update(&pool, Writer::Admin, &mut user, &change).unwrap(), vec![]);
        assert_eq!(user.attributes["email_verified"], "false");
        pool.auto_verified = vec![Contact::Email];
        let mut user = verified_user();
        assert_eq!(update(&pool, Writer::Admin, &mut user, &change).unwrap(), vec![Contact::Email]);
        assert_eq!(user.attributes["email"], "new@b.example");
    }

    #[test]
    fn with_verification_before_update_the_old_address_stays_until_the_code() {
        let mut pool = settings();
        pool.auto_verified = vec![Contact::Email];
        pool.verify_before_update = vec![Contact::Email];
        let mut user = verified_user();
        let codes = update(&pool, Writer::Admin, &mut user, &given(&[("email", "new@b.example")])).unwrap();
        assert_eq!(codes, vec![Contact::Email]);
        assert_eq!(
            (user.attributes["email"].as_str(), user.attributes["email_verified"].as_str()),
            ("a@b.example", "true")
        );
        assert_eq!(user.pending_attributes["email"], "new@b.example");
        let vouched = given(&[("email", "vouched@b.example"), ("email_verified", "true")]);
        assert_eq!(update(&pool, Writer::Admin, &mut user, &vouched).unwrap(), vec![]);
        assert_eq!(user.attributes["email"], "vouched@b.example");
        assert!(user.pending_attributes.is_empty());
    }

    #[test]
    fn writing_the_same_address_again_changes_nothing() {
        let mut user = verified_user();
        let mut pool = settings();
        pool.auto_verified = vec![Contact::Email];
        assert_eq!(update(&pool, Writer::Admin, &mut user, &given(&[("email", "a@b.example")])).unwrap(), vec![]);
        assert_eq!(user.attributes["email_verified"], "true");
    }

    #[test]
    fn an_empty_value_deletes_and_takes_the_flag_along() {
        let mut user = verified_user();
        update(&settings(), Writer::Admin, &mut user, &given(&[("email", "")])).unwrap();
        assert!(user.attributes.is_empty());
    }

    #[test]
    fn the_only_sign_in_name_cannot_be_deleted() {
        let mut pool = settings();
        pool.username_attributes = vec![AliasKind::Email];
        assert!(update(&pool, Writer::Admin, &mut verified_user(), &given(&[("email", "")])).is_err());
    }

    #[test]
    fn an_immutable_attribute_keeps_its_value() {
        let mut pool = settings();
        pool.schema.iter_mut().find(|attribute| attribute.name == "email").unwrap().mutable = false;
        let error =
            update(&pool, Writer::Admin, &mut verified_user(), &given(&[("email", "x@b.example")])).unwrap_err();
        assert_eq!(error.message, "user.email: Attribute cannot be updated.\n");
    }

    #[test]
    fn deleting_unknown_attributes_names_each_of_them() {
        let names = ["custom:foo".to_owned(), "custom:bar".to_owned()];
        let error = delete(&settings(), Writer::Admin, &mut user(), &names).unwrap_err();
        assert_eq!(
            error.message,
            "Invalid user attributes: user.custom:foo: Attribute does not exist in the schema.\nuser.custom:bar: Attribute does not exist in the schema.\n"
        );
    }

    #[test]
    fn developer_only_attributes_are_hidden_from_clients_and_sub_never_is() {
        let mut pool = settings();
        pool.schema = schema::add_custom(
            &pool.schema,
            &[schema::GivenAttribute {
                name: "x".into(),
                data_type: Some(crate::pool::AttributeType::String),
                developer_only: Some(true),
                ..Default::default()
            }],
        )
        .unwrap();
        let mut user = verified_user();
        user.attributes.insert("dev:custom:x".into(), "1".into());
        let client = ClientSettings { read_attributes: Some(vec!["email".into()]), ..Default::default() };
        let names = |client| visible(&pool, client, &user).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(Some(&client)), ["sub", "email"]);
        let all = ClientSettings::default();
        assert_eq!(names(Some(&all)), ["sub", "email", "email_verified"]);
        assert_eq!(names(None), ["sub", "email", "email_verified", "dev:custom:x"]);
    }
}
