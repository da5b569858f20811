//! Inputs: what a pool calls its usernames, how each attribute is asked for, and the password policy in words.
use crate::language::Lang;
use crate::page::Field;
use user_pools::attributes::writable;
use user_pools::client::ClientSettings;
use user_pools::pool::{AliasKind, AttributeType, PasswordPolicy, PoolSettings};

/// The username of somebody who has an account. Its type is `text`: a sub or a phone number may be entered too.
pub(crate) fn username(lang: Lang, settings: &PoolSettings, value: &str) -> Field {
    let names = &settings.username_attributes;
    let (label, inputmode) = match (names.contains(&AliasKind::Email), names.contains(&AliasKind::Phone)) {
        (true, false) => (lang.email(), Some("email")),
        (false, true) => (lang.phone_number(), Some("tel")),
        (true, true) => (lang.email_or_phone(), None),
        (false, false) if settings.alias_attributes.contains(&AliasKind::Email) => (lang.username_or_email(), None),
        (false, false) => (lang.username(), None),
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
pub(crate) fn known_username(lang: Lang, settings: &PoolSettings, value: &str) -> Field {
    Field { readonly: true, ..username(lang, settings, value) }
}

/// A password that exists.
pub(crate) fn current_password(lang: Lang) -> Field {
    Field { autocomplete: "current-password", ..password("password", lang.password()) }
}

/// A password to be chosen, with the policy.
pub(crate) fn new_password(lang: Lang, name: &str, label: &str, policy: &PasswordPolicy) -> Field {
    Field { hint: Some(policy_in_words(lang, policy)), ..password(name, label) }
}

/// The same once more.
pub(crate) fn repeated_password(lang: Lang) -> Field {
    password("confirm_password", lang.new_password_again())
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
pub(crate) fn policy_in_words(lang: Lang, policy: &PasswordPolicy) -> String {
    let kinds = [
        (policy.require_uppercase, lang.kind_upper()),
        (policy.require_lowercase, lang.kind_lower()),
        (policy.require_numbers, lang.kind_number()),
        (policy.require_symbols, lang.kind_symbol()),
    ];
    let needed: Vec<_> = kinds.into_iter().filter(|(required, _)| *required).map(|(_, words)| words).collect();
    let count = policy.minimum_length.to_string();
    if needed.is_empty() { lang.policy(&count) } else { lang.policy_with(&count, &lang.listed(&needed)) }
}

/// What a sign-up asks for beside the password. In pools whose usernames are addresses the address is the username.
pub(crate) fn sign_up(lang: Lang, settings: &PoolSettings, client: &ClientSettings) -> Vec<Field> {
    let names = &settings.username_attributes;
    let mut fields = match names.as_slice() {
        [] => vec![Field { label: lang.username().into(), inputmode: None, ..username(lang, settings, "") }],
        [one] => vec![attribute(lang, settings, one.attribute())],
        _ => vec![username(lang, settings, "")],
    };
    let contacts = settings.auto_verified.iter().map(|contact| contact.attribute());
    let required =
        settings.schema.iter().filter(|attribute| attribute.required).map(|attribute| attribute.name.as_str());
    // An address that is the username already (both kinds allowed: one field) is not asked for again.
    let is_username = |name: &str| names.len() > 1 && names.iter().any(|kind| kind.attribute() == name);
    for name in required.chain(contacts) {
        let asked = fields.iter().any(|field| field.name == name);
        if !asked && name != "sub" && !is_username(name) && writable(client, name) {
            fields.push(attribute(lang, settings, name));
        }
    }
    fields
}

/// The input of an attribute; required.
pub(crate) fn attribute(lang: Lang, settings: &PoolSettings, name: &str) -> Field {
    let (kind, autocomplete, inputmode) = match name {
        "email" => ("email", "email", None),
        "phone_number" => ("tel", "tel", None),
        "name" => ("text", "name", None),
        "given_name" => ("text", "given-name", None),
        "family_name" => ("text", "family-name", None),
        "middle_name" => ("text", "additional-name", None),
        "nickname" => ("text", "nickname", None),
        "profile" | "website" => ("text", "url", Some("url")),
        "picture" => ("text", "photo", Some("url")),
        "gender" => ("text", "sex", None),
        "birthdate" => ("date", "bday", None),
        "locale" => ("text", "language", None),
        "address" => ("text", "street-address", None),
        "preferred_username" | "zoneinfo" => ("text", "off", None),
        _ => return custom(lang, settings, name),
    };
    let hint = (name == "phone_number").then(|| lang.phone_hint("+15555550100"));
    Field {
        name: name.into(),
        label: label(lang, name),
        kind,
        autocomplete,
        inputmode,
        required: true,
        hint,
        ..Field::default()
    }
}

fn custom(lang: Lang, settings: &PoolSettings, name: &str) -> Field {
    let number = settings.schema.iter().any(|a| a.name == name && a.data_type == AttributeType::Number);
    Field { required: true, inputmode: number.then_some("numeric"), ..optional(name, &label(lang, name)) }
}

/// What an attribute is called; the pool's own attributes by their names.
pub(crate) fn label(lang: Lang, name: &str) -> String {
    let label = match name {
        "email" => lang.email(),
        "phone_number" => lang.phone_number(),
        "name" => lang.full_name(),
        "given_name" => lang.given_name(),
        "family_name" => lang.family_name(),
        "middle_name" => lang.middle_name(),
        "nickname" => lang.nickname(),
        "preferred_username" => lang.preferred_username(),
        "profile" => lang.profile(),
        "picture" => lang.picture(),
        "website" => lang.website(),
        "gender" => lang.gender(),
        "birthdate" => lang.birthdate(),
        "zoneinfo" => lang.time_zone(),
        "locale" => lang.language(),
        "address" => lang.address(),
        _ => {
            let words = name.rsplit(':').next().unwrap_or(name).replace(['_', '-'], " ");
            let mut letters = words.chars();
            return letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
        }
    };
    label.to_owned()
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
        assert_eq!(username(Lang::En, &email, "").label, "Email address");
        assert_eq!(names(&sign_up(Lang::En, &email, &ClientSettings::default())), ["email"]);
        let both = pool(|settings| settings.username_attributes = vec![AliasKind::Email, AliasKind::Phone]);
        assert_eq!(names(&sign_up(Lang::En, &both, &ClientSettings::default())), ["username"]);
        assert_eq!(names(&sign_up(Lang::En, &pool(|_| {}), &ClientSettings::default())), ["username"]);
    }

    #[test]
    fn a_sign_up_asks_for_what_is_required_and_for_the_address_the_code_goes_to() {
        let settings = pool(|settings| {
            settings.auto_verified = vec![Contact::Email];
            for attribute in &mut settings.schema {
                attribute.required |= attribute.name == "name";
            }
        });
        assert_eq!(names(&sign_up(Lang::En, &settings, &ClientSettings::default())), ["username", "name", "email"]);
    }

    #[test]
    fn the_policy_is_told_in_words() {
        let policy = PasswordPolicy { require_symbols: false, ..PasswordPolicy::default() };
        let words = "At least 8 characters, with an upper-case letter, a lower-case letter and a number.";
        assert_eq!(policy_in_words(Lang::En, &policy), words);
        let only_long = PasswordPolicy {
            minimum_length: 15,
            require_uppercase: false,
            require_lowercase: false,
            require_numbers: false,
            ..policy
        };
        assert_eq!(policy_in_words(Lang::En, &only_long), "At least 15 characters.");
    }
}
