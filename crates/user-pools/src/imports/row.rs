//! What a row says: a user of the pool, or the reason why not. Reasons go to the log and never hold a value of the row.
use super::header::{MFA_ENABLED, PASSWORD_HASH, USERNAME};
use super::{HashAlgorithm, hashes, line};
use crate::attributes::{self, CONTACTS, Given, Writer};
use crate::error::Error;
use crate::messages;
use crate::names::{self, NewName};
use crate::pool::{AttributeType, MfaRequirement, PoolSettings, UserPool};
use crate::users::new_attributes;
use std::collections::BTreeMap;

/// A row that can be a user.
pub(super) struct Row {
    pub(super) username: String,
    pub(super) name: NewName,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) mfa: bool,
    /// Checked for its form.
    pub(super) hash: Option<String>,
}

/// Reads a line; `None` for an empty one.
pub(super) fn read(
    pool: &UserPool,
    columns: &[String],
    algorithm: Option<HashAlgorithm>,
    text: &[u8],
) -> Result<Option<Row>, String> {
    let Some(fields) = line::fields(text)? else { return Ok(None) };
    if fields.len() != columns.len() {
        return Err("The number of values does not match the header.".to_owned());
    }
    let mut values: BTreeMap<&str, String> = columns.iter().map(String::as_str).zip(fields).collect();
    let username = values.remove(USERNAME).filter(|name| !name.is_empty());
    let username = username.ok_or("The cognito:username is missing.")?;
    let mfa = mfa_enabled(&pool.settings, &values.remove(MFA_ENABLED).unwrap_or_default())?;
    let hash = values.remove(PASSWORD_HASH).filter(|hash| !hash.is_empty());
    if let (Some(algorithm), Some(hash)) = (algorithm, &hash) {
        hashes::check(algorithm, hash)?;
    }
    let given = given(&pool.settings, values)?;
    let name = names::check_new(&pool.settings, &username).map_err(|error| told(&error))?;
    let attributes = new_attributes(pool, Writer::Admin, name, &username, &given).map_err(|error| told(&error))?;
    check(&pool.settings, &attributes)?;
    Ok(Some(Row { username, name, attributes, mfa, hash }))
}

/// Required in a pool that requires a second factor, forbidden in one that has none, and never empty.
fn mfa_enabled(settings: &PoolSettings, text: &str) -> Result<bool, String> {
    let enabled = boolean(text).ok_or("The cognito:mfa_enabled must be true or false.")?;
    match (settings.mfa, enabled) {
        (MfaRequirement::On, false) => Err("The cognito:mfa_enabled must be true since MFA is required.".to_owned()),
        (MfaRequirement::Off, true) => Err("The cognito:mfa_enabled must be false since MFA is off.".to_owned()),
        _ => Ok(enabled),
    }
}

fn boolean(text: &str) -> Option<bool> {
    [("true", true), ("false", false)].into_iter().find(|(word, _)| text.eq_ignore_ascii_case(word)).map(|(_, is)| is)
}

/// The attributes that have a value, in the forms that the pool keeps.
fn given(settings: &PoolSettings, values: BTreeMap<&str, String>) -> Result<Given, String> {
    let is_boolean = |name: &str| {
        let attribute = settings.schema.iter().find(|attribute| attribute.name == name);
        attribute.is_some_and(|attribute| attribute.data_type == AttributeType::Boolean)
    };
    let one = |(name, value): (&str, String)| {
        let value = match name {
            "birthdate" => birthdate(&value).ok_or("birthdate: Invalid date format, expected mm/dd/yyyy")?,
            _ if is_boolean(name) => value.to_ascii_lowercase(),
            _ => value,
        };
        Ok((name.to_owned(), value))
    };
    values.into_iter().filter(|(_, value)| !value.is_empty()).map(one).collect()
}

/// `mm/dd/yyyy` as the pool keeps it; whether there is such a day is seen there.
fn birthdate(text: &str) -> Option<String> {
    let [month, day, year] = <[&str; 3]>::try_from(text.split('/').collect::<Vec<_>>()).ok()?;
    let digits = |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(month, 2) && digits(day, 2) && digits(year, 4)).then(|| format!("{year}-{month}-{day}"))
}

/// What is verified has a value, at least one address that the pool verifies is verified, and nothing required lacks.
fn check(settings: &PoolSettings, attributes: &BTreeMap<String, String>) -> Result<(), String> {
    let verified = |name: &str| attributes.get(name).is_some_and(|flag| flag == "true");
    for contact in CONTACTS {
        if verified(contact.verified_attribute()) && !attributes.contains_key(contact.attribute()) {
            let (flag, name) = (contact.verified_attribute(), contact.attribute());
            return Err(format!("The {name} is missing although {flag} is true."));
        }
    }
    if !settings.auto_verified.iter().any(|contact| verified(contact.verified_attribute())) {
        return Err(
            "The User Record does not set any of the auto verified attributes to true. (Example: email_verified to true)."
                .to_owned(),
        );
    }
    let missing: String = attributes::missing(settings, attributes).into_iter().map(messages::required).collect();
    if missing.is_empty() { Ok(()) } else { Err(told(&messages::schema(&missing))) }
}

/// A refusal as one line. Its sentences name attributes, not values.
fn told(error: &Error) -> String {
    error.message.trim_end().replace('\n', "; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Scope;
    use crate::imports::csv_header;
    use crate::pool::{AliasKind, Contact};
    use crate::users::fixtures;

    fn pool(change: impl FnOnce(&mut PoolSettings)) -> UserPool {
        let mut settings = fixtures::settings();
        settings.auto_verified = vec![Contact::Email];
        change(&mut settings);
        let scope = Scope { account: "0".repeat(12), region: "us-east-1".into() };
        UserPool { scope, id: fixtures::pool(), version: 1, created: 0, modified: 0, settings }
    }

    /// A row with these values, read by the pool.
    fn row(pool: &UserPool, values: &[(&str, &str)]) -> Result<Row, String> {
        let columns = csv_header(&pool.settings);
        let base = [("cognito:username", "ann"), ("cognito:mfa_enabled", "FALSE")];
        let verified = [("email", "ann@example.com"), ("email_verified", "TRUE")];
        let of = |column: &String| {
            let all = values.iter().chain(&base).chain(&verified);
            all.into_iter().find(|(name, _)| name == column).map_or("", |(_, value)| value).replace(',', "\\,")
        };
        let text = columns.iter().map(of).collect::<Vec<_>>().join(",");
        read(pool, &columns, None, text.as_bytes()).map(Option::unwrap)
    }

    #[test]
    fn values_are_brought_into_the_forms_of_the_pool() {
        let pool = pool(|_| {});
        let values = [("birthdate", "02/01/1985"), ("address", " 12, Main Street "), ("updated_at", "1471453471")];
        let row = row(&pool, &values).unwrap();
        assert_eq!((row.username.as_str(), row.mfa), ("ann", false));
        assert_eq!(row.attributes["birthdate"], "1985-02-01");
        assert_eq!(row.attributes["address"], "12, Main Street");
        assert_eq!(
            (row.attributes["email_verified"].as_str(), row.attributes["updated_at"].as_str()),
            ("true", "1471453471")
        );
    }

    #[test]
    fn a_row_that_breaks_a_rule_says_which_and_shows_no_value() {
        let strict = pool(|pool| {
            pool.schema.iter_mut().filter(|attribute| attribute.name == "name").for_each(|name| name.required = true);
        });
        let unverified = "The User Record does not set any of the auto verified attributes to true. (Example: email_verified to true).";
        for (values, reason) in [
            (vec![("cognito:username", "")], "The cognito:username is missing."),
            (vec![("cognito:username", "two words")], messages::USERNAME_PATTERN.message.as_ref()),
            (vec![("cognito:mfa_enabled", "")], "The cognito:mfa_enabled must be true or false."),
            (vec![("cognito:mfa_enabled", "true")], "The cognito:mfa_enabled must be false since MFA is off."),
            (vec![("email_verified", "")], unverified),
            (vec![("email_verified", "false")], unverified),
            (vec![("email", "")], "The email is missing although email_verified is true."),
            (vec![("email", "\"ann@example.com\"")], "Invalid email address format."),
            (vec![("phone_number", "0123")], "Invalid phone number format."),
            (vec![("birthdate", "1985-02-01")], "birthdate: Invalid date format, expected mm/dd/yyyy"),
            (
                vec![("birthdate", "13/40/1985")],
                "Attributes did not conform to the schema: birthdate: Invalid date format, expected YYYY-MM-DD",
            ),
            (
                vec![("updated_at", "yesterday")],
                "Attributes did not conform to the schema: updated_at: The attribute must be a number",
            ),
            (vec![], "Attributes did not conform to the schema: name: The attribute is required"),
        ] {
            assert_eq!(row(&strict, &values).err().unwrap(), reason, "{values:?}");
        }
        let columns = csv_header(&strict.settings);
        let few = read(&strict, &columns, None, b"a,b").err().unwrap();
        assert_eq!(few, "The number of values does not match the header.");
    }

    #[test]
    fn a_pool_that_requires_a_second_factor_wants_it_of_everybody() {
        let required = pool(|pool| pool.mfa = MfaRequirement::On);
        assert!(row(&required, &[]).err().unwrap().contains("must be true since MFA is required"));
        let optional = pool(|pool| pool.mfa = MfaRequirement::Optional);
        assert!(row(&optional, &[("cognito:mfa_enabled", "True")]).unwrap().mfa);
    }

    #[test]
    fn where_people_sign_in_by_address_the_username_is_the_address() {
        let by_mail = pool(|pool| pool.username_attributes = vec![AliasKind::Email]);
        assert_eq!(row(&by_mail, &[]).err().unwrap(), "Username should be an email.");
        let named = [("cognito:username", "ann@example.com"), ("email", "")];
        let row_of_ann = row(&by_mail, &named).unwrap();
        assert_eq!(row_of_ann.attributes["email"], "ann@example.com");
        let two = [("cognito:username", "bob@example.com")];
        assert_eq!(row(&by_mail, &two).err().unwrap(), messages::USERNAME_ATTRIBUTE_DIFFERS.message);
    }
}
