//! Inputs: what a pool calls its usernames, how each attribute is asked for, and the password policy in words.
use crate::page::Field;
use user_pools::attributes::writable;
use user_pools::client::ClientSettings;
use user_pools::pool::{AliasKind, AttributeType, PasswordPolicy, PoolSettings};

/// The username of somebody who has an account. Its type is `text`: a sub or a phone number may be entered too.
pub(crate) fn username(settings: &PoolSettings, value: &str) -> Field {
    let names = &settings.username_attributes;
    let (label, inputmode) = match (names.contains(&AliasKind::Email), names.contains(&AliasKind::Phone)) {
        (true, false) => ("Email address", Some("email")),
        (false, true) => ("Phone number", Some("tel")),
        (true, true) => ("Email address or phone number", None),
        (false, false) if settings.alias_attributes.contains(&AliasKind::Email) => ("Username or email address", None),
        (false, false) => ("Username", None),
    };
    Field {
        name: "username".into(),
        label: label.into(),
        kind: "text",
        autocomplete: "username",
        inputmode,
        value: value.into(),
        required: true,
        ..Field::default()
    }
}

/// The username of the account at hand, so that the person sees and the password manager knows whose password it is.
pub(crate) fn known_username(settings: &PoolSettings, value: &str) -> Field {
    Field { readonly: true, ..username(settings, value) }
}

/// A password that exists.
pub(crate) fn current_password() -> Field {
    Field { autocomplete: "current-password", ..password("password", "Password") }
}

/// A password to be chosen, with the policy.
pub(crate) fn new_password(name: &str, label: &str, policy: &PasswordPolicy) -> Field {
    Field { hint: Some(policy_in_words(policy)), ..password(name, label) }
}

/// The same once more.
pub(crate) fn repeated_password() -> Field {
    password("confirm_password", "New password again")
}

fn password(name: &str, label: &str) -> Field {
    Field {
        name: name.into(),
        label: label.into(),
        kind: "password",
        autocomplete: "new-password",
        required: true,
        ..Field::default()
    }
}

/// A code from a message or an app.
pub(crate) fn code(label: &str) -> Field {
    Field {
        name: "code".into(),
        label: label.into(),
        kind: "text",
        autocomplete: "one-time-code",
        inputmode: Some("numeric"),
        required: true,
        ..Field::default()
    }
}

/// A text nobody has to fill in.
pub(crate) fn optional(name: &str, label: &str) -> Field {
    Field { name: name.into(), label: label.into(), kind: "text", autocomplete: "off", ..Field::default() }
}

/// The policy as a sentence, so that nobody has to guess.
pub(crate) fn policy_in_words(policy: &PasswordPolicy) -> String {
    let kinds = [
        (policy.require_uppercase, "an upper-case letter"),
        (policy.require_lowercase, "a lower-case letter"),
        (policy.require_numbers, "a number"),
        (policy.require_symbols, "a symbol such as ! ? # -"),
    ];
    let needed: Vec<_> = kinds.into_iter().filter(|(required, _)| *required).map(|(_, words)| words).collect();
    let with = match needed.as_slice() {
        [] => String::new(),
        [one] => format!(", with {one}"),
        [most @ .., last] => format!(", with {} and {last}", most.join(", ")),
    };
    format!("At least {} characters{with}.", policy.minimum_length)
}

/// What a sign-up asks for beside the password. In pools whose usernames are addresses the address is the username.
pub(crate) fn sign_up(settings: &PoolSettings, client: &ClientSettings) -> Vec<Field> {
    let names = &settings.username_attributes;
    let mut fields = match names.as_slice() {
        [] => vec![Field { label: "Username".into(), inputmode: None, ..username(settings, "") }],
        [one] => vec![attribute(settings, one.attribute())],
        _ => vec![username(settings, "")],
    };
    let contacts = settings.auto_verified.iter().map(|contact| contact.attribute());
    let required =
        settings.schema.iter().filter(|attribute| attribute.required).map(|attribute| attribute.name.as_str());
    // An address that is the username already (both kinds allowed: one field) is not asked for again.
    let is_username = |name: &str| names.len() > 1 && names.iter().any(|kind| kind.attribute() == name);
    for name in required.chain(contacts) {
        let asked = fields.iter().any(|field| field.name == name);
        if !asked && name != "sub" && !is_username(name) && writable(client, name) {
            fields.push(attribute(settings, name));
        }
    }
    fields
}

/// The input of an attribute; required.
pub(crate) fn attribute(settings: &PoolSettings, name: &str) -> Field {
    let (label, kind, autocomplete, inputmode) = match name {
        "email" => ("Email address", "email", "email", None),
        "phone_number" => ("Phone number", "tel", "tel", None),
        "name" => ("Full name", "text", "name", None),
        "given_name" => ("Given name", "text", "given-name", None),
        "family_name" => ("Family name", "text", "family-name", None),
        "middle_name" => ("Middle name", "text", "additional-name", None),
        "nickname" => ("Nickname", "text", "nickname", None),
        "preferred_username" => ("Preferred username", "text", "off", None),
        "profile" => ("Profile page (URL)", "text", "url", Some("url")),
        "picture" => ("Picture (URL)", "text", "photo", Some("url")),
        "website" => ("Website (URL)", "text", "url", Some("url")),
        "gender" => ("Gender", "text", "sex", None),
        "birthdate" => ("Birth date", "date", "bday", None),
        "zoneinfo" => ("Time zone", "text", "off", None),
        "locale" => ("Language", "text", "language", None),
        "address" => ("Address", "text", "street-address", None),
        _ => return custom(settings, name),
    };
    let hint = (name == "phone_number").then(|| "With + and the country code, such as +15555550100.".to_owned());
    Field {
        name: name.into(),
        label: label.into(),
        kind,
        autocomplete,
        inputmode,
        required: true,
        hint,
        ..Field::default()
    }
}

fn custom(settings: &PoolSettings, name: &str) -> Field {
    let number = settings.schema.iter().any(|a| a.name == name && a.data_type == AttributeType::Number);
    let words = name.rsplit(':').next().unwrap_or(name).replace(['_', '-'], " ");
    let mut letters = words.chars();
    let label = letters.next().map(|first| first.to_uppercase().chain(letters).collect());
    Field { required: true, inputmode: number.then_some("numeric"), ..optional(name, &label.unwrap_or(words)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use user_pools::pool::Contact;

    fn names(fields: &[Field]) -> Vec<&str> {
        fields.iter().map(|field| field.name.as_str()).collect()
    }

    fn pool(change: impl FnOnce(&mut PoolSettings)) -> PoolSettings {
        let mut settings = PoolSettings::named("test");
        change(&mut settings);
        settings
    }

    #[test]
    fn the_username_is_asked_for_in_the_pools_own_words() {
        let email = pool(|settings| settings.username_attributes = vec![AliasKind::Email]);
        assert_eq!(username(&email, "").label, "Email address");
        assert_eq!(names(&sign_up(&email, &ClientSettings::default())), ["email"]);
        let both = pool(|settings| settings.username_attributes = vec![AliasKind::Email, AliasKind::Phone]);
        assert_eq!(names(&sign_up(&both, &ClientSettings::default())), ["username"]);
        assert_eq!(names(&sign_up(&pool(|_| {}), &ClientSettings::default())), ["username"]);
    }

    #[test]
    fn a_sign_up_asks_for_what_is_required_and_for_the_address_the_code_goes_to() {
        let settings = pool(|settings| {
            settings.auto_verified = vec![Contact::Email];
            for attribute in &mut settings.schema {
                attribute.required |= attribute.name == "name";
            }
        });
        assert_eq!(names(&sign_up(&settings, &ClientSettings::default())), ["username", "name", "email"]);
    }

    #[test]
    fn the_policy_is_told_in_words() {
        let policy = PasswordPolicy { require_symbols: false, ..PasswordPolicy::default() };
        let words = "At least 8 characters, with an upper-case letter, a lower-case letter and a number.";
        assert_eq!(policy_in_words(&policy), words);
        let only_long = PasswordPolicy {
            minimum_length: 15,
            require_uppercase: false,
            require_lowercase: false,
            require_numbers: false,
            ..policy
        };
        assert_eq!(policy_in_words(&only_long), "At least 15 characters.");
    }
}
