//! Names of users: how they are compared, which forms a pool allows, and which values a user may sign in with (spec C.2, H.2).
//! Uniqueness itself is a constraint of the store; here is only which names it has to hold.
use crate::error::Result;
use crate::messages;
use crate::pool::{AliasKind, Contact, PoolSettings, UserPool};
use crate::ports::{Page, StoreError};
use crate::service::UserPools;
use crate::user::{User, UserStatus};
use std::collections::BTreeMap;

/// The longest username, in characters.
const USERNAME_MAX: usize = 128;

/// A name as this pool compares it: lower-cased where the pool is case-insensitive. Names are echoed as they were entered.
pub fn fold(settings: &PoolSettings, name: &str) -> String {
    if case_sensitive(settings) { name.to_owned() } else { name.to_lowercase() }
}

/// Whether names that differ in case are different names. Left out means yes, by the model's text (spec B.1).
pub fn case_sensitive(settings: &PoolSettings) -> bool {
    settings.case_sensitive.unwrap_or(true)
}

/// Whether a text has the form `local@domain`, without white space, control characters or the separators of mail headers.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"@".contains(c);
    !local.is_empty()
        && !domain.is_empty()
        && text.len() <= 320
        && local.chars().all(plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && domain.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

/// Whether a text is an E.164 number: `+` and two to fifteen digits.
pub fn is_phone(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|digits| (2..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a text may be a username at all: Unicode letters, marks, symbols, numbers and punctuation, 1 to 128 of them.
pub fn is_username(text: &str) -> bool {
    let visible = |c: char| !c.is_whitespace() && !c.is_control();
    !text.is_empty() && text.chars().count() <= USERNAME_MAX && text.chars().all(visible)
}

/// What the `Username` of a new user means in a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewName {
    /// The username itself.
    Username,
    /// The value of this contact attribute; the username will be the sub.
    Contact(Contact),
}

/// Checks the `Username` of SignUp or AdminCreateUser against the forms of the pool. InvalidParameter with AWS's sentence.
pub fn check_new(settings: &PoolSettings, username: &str) -> Result<NewName> {
    if !settings.username_attributes.is_empty() {
        return check_username_attribute(settings, username);
    }
    if !is_username(username) {
        return Err(messages::USERNAME_PATTERN);
    }
    if settings.alias_attributes.contains(&AliasKind::Email) && is_email(username) {
        return Err(messages::USERNAME_LIKE_EMAIL);
    }
    if settings.alias_attributes.contains(&AliasKind::Phone) && is_phone(username) {
        return Err(messages::USERNAME_LIKE_PHONE);
    }
    Ok(NewName::Username)
}

fn check_username_attribute(settings: &PoolSettings, username: &str) -> Result<NewName> {
    let email = settings.username_attributes.contains(&AliasKind::Email);
    let phone = settings.username_attributes.contains(&AliasKind::Phone);
    if email && is_email(username) {
        return Ok(NewName::Contact(Contact::Email));
    }
    if phone && is_phone(username) {
        return Ok(NewName::Contact(Contact::Phone));
    }
    Err(match (email, phone) {
        (true, false) => messages::USERNAME_SHOULD_BE_EMAIL,
        (false, true) => messages::USERNAME_SHOULD_BE_PHONE,
        _ => messages::USERNAME_SHOULD_BE_EITHER,
    })
}

/// The kinds of names beside username and sub that users of a pool may have.
fn alias_kinds(settings: &PoolSettings) -> Vec<AliasKind> {
    [AliasKind::Email, AliasKind::Phone, AliasKind::PreferredUsername]
        .into_iter()
        .filter(|kind| settings.alias_attributes.contains(kind) || settings.username_attributes.contains(kind))
        .collect()
}

/// The aliases that are active for a user, as compared. `UsernameAttributes` pools: the value at once. Alias pools: contacts once
/// verified, `preferred_username` once the user is confirmed.
pub fn active_aliases(
    settings: &PoolSettings,
    status: UserStatus,
    attributes: &BTreeMap<String, String>,
) -> Vec<(AliasKind, String)> {
    let active = |kind: &AliasKind| {
        let value = attributes.get(kind.attribute())?;
        let counts = settings.username_attributes.contains(kind)
            || match kind {
                AliasKind::Email => attributes.get("email_verified").is_some_and(|flag| flag == "true"),
                AliasKind::Phone => attributes.get("phone_number_verified").is_some_and(|flag| flag == "true"),
                // A chosen name that looks like an address never answers for that address.
                AliasKind::PreferredUsername => {
                    status != UserStatus::Unconfirmed && !is_email(value) && !is_phone(value)
                }
            };
        counts.then(|| (*kind, fold(settings, value)))
    };
    // Who comes from a provider is named by it alone (spec C.2): an address that a provider tells does not become a sign-in name.
    if status == UserStatus::ExternalProvider {
        return Vec::new();
    }
    alias_kinds(settings).iter().filter_map(active).collect()
}

/// Brings `user.aliases` up to date after a change of attributes or status. A kind whose state did not change by it keeps what it has: an
/// alias that somebody else took over does not come back by changing something else.
pub fn refresh_aliases(settings: &PoolSettings, before: &User, user: &mut User) {
    let was = active_aliases(settings, before.status, &before.attributes);
    let is = active_aliases(settings, user.status, &user.attributes);
    let of = |list: &[(AliasKind, String)], kind: AliasKind| list.iter().find(|(k, _)| *k == kind).cloned();
    user.aliases = [AliasKind::Email, AliasKind::Phone, AliasKind::PreferredUsername]
        .into_iter()
        .filter_map(|kind| {
            let unchanged = of(&was, kind) == of(&is, kind);
            of(if unchanged { &before.aliases } else { &is }, kind)
        })
        .collect();
}

impl UserPools {
    /// The user that an identifier names: username, sub, or an active alias (spec C.2). `None` when nobody answers to it.
    /// Errors: Unavailable.
    pub async fn find_user(&self, pool: &UserPool, name: &str) -> Result<Option<User>> {
        let folded = fold(&pool.settings, name);
        match self.store.find_user(pool.id.clone(), folded).await {
            Ok(user) => Ok(Some(user)),
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The value of `preferred_username`, where it is a name to sign in by.
pub(crate) fn preferred_alias<'a>(
    settings: &PoolSettings,
    given: impl Iterator<Item = (&'a String, &'a String)>,
) -> Option<&'a String> {
    let names = settings.alias_attributes.contains(&AliasKind::PreferredUsername);
    given.filter(|(name, _)| names && *name == "preferred_username").map(|(_, value)| value).next()
}

/// More identity providers than a pool may have.
const MOST_PROVIDERS: usize = 1000;

impl UserPools {
    /// Refuses names that people choose and that users of an identity provider get at their first sign-in, `<provider>_<subject>`: whoever sat on
    /// one would keep its owner out. Operators may give such names.
    pub(crate) async fn refuse_squatting(
        &self,
        pool: &UserPool,
        names: impl Iterator<Item = &String> + Send,
    ) -> Result<()> {
        let suspicious: Vec<_> =
            names.filter(|name| name.contains('_')).map(|name| fold(&pool.settings, name)).collect();
        if suspicious.is_empty() {
            return Ok(());
        }
        let page = Page { after: None, limit: MOST_PROVIDERS };
        let providers = self.store.list_identity_providers(pool.id.clone(), page).await?;
        let taken = providers.iter().map(|provider| fold(&pool.settings, &format!("{}_", provider.name)));
        match taken.into_iter().find(|start| suspicious.iter().any(|name| name.starts_with(start))) {
            Some(start) => Err(messages::USERNAME_OF_A_PROVIDER.because(start)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures::{settings, user};

    fn attributes(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_alias_pool_counts_contacts_only_once_verified() {
        let mut pool = settings();
        pool.alias_attributes = vec![AliasKind::Email, AliasKind::PreferredUsername];
        let mut given = attributes(&[("email", "Ann@Example.com"), ("preferred_username", "ann")]);
        assert_eq!(active_aliases(&pool, UserStatus::Unconfirmed, &given), vec![]);
        given.insert("email_verified".into(), "true".into());
        pool.case_sensitive = Some(false);
        let active = active_aliases(&pool, UserStatus::Confirmed, &given);
        assert_eq!(
            active,
            vec![(AliasKind::Email, "ann@example.com".into()), (AliasKind::PreferredUsername, "ann".into())]
        );
    }

    #[test]
    fn a_preferred_username_never_answers_for_an_address() {
        let mut pool = settings();
        pool.alias_attributes = vec![AliasKind::Email, AliasKind::PreferredUsername];
        let given = attributes(&[("preferred_username", "victim@example.com")]);
        assert_eq!(active_aliases(&pool, UserStatus::Confirmed, &given), vec![]);
    }

    #[test]
    fn a_username_attribute_counts_at_once() {
        let mut pool = settings();
        pool.username_attributes = vec![AliasKind::Email];
        let given = attributes(&[("email", "Ann@Example.com")]);
        let active = active_aliases(&pool, UserStatus::Unconfirmed, &given);
        assert_eq!(active, vec![(AliasKind::Email, "Ann@Example.com".into())]);
    }

    #[test]
    fn an_alias_taken_over_by_somebody_else_does_not_come_back_by_another_change() {
        let mut pool = settings();
        pool.alias_attributes = vec![AliasKind::PreferredUsername];
        let mut before = user();
        before.attributes = attributes(&[("preferred_username", "ann")]);
        before.aliases = vec![];
        let mut after = before.clone();
        after.attributes.insert("name".into(), "Ann".into());
        refresh_aliases(&pool, &before, &mut after);
        assert_eq!(after.aliases, vec![]);
        after.attributes.insert("preferred_username".into(), "anna".into());
        refresh_aliases(&pool, &before, &mut after);
        assert_eq!(after.aliases, vec![(AliasKind::PreferredUsername, "anna".into())]);
    }

    #[test]
    fn new_names_have_the_form_the_pool_asks_for() {
        let mut pool = settings();
        assert_eq!(check_new(&pool, "ann").unwrap(), NewName::Username);
        assert!(check_new(&pool, "two words").is_err());
        pool.alias_attributes = vec![AliasKind::Email];
        assert_eq!(check_new(&pool, "a@b.example").unwrap_err().message, messages::USERNAME_LIKE_EMAIL.message);
        pool.alias_attributes = vec![];
        pool.username_attributes = vec![AliasKind::Email];
        assert_eq!(check_new(&pool, "ann").unwrap_err().message, "Username should be an email.");
        assert_eq!(check_new(&pool, "a@b.example").unwrap(), NewName::Contact(Contact::Email));
        pool.username_attributes.push(AliasKind::Phone);
        assert_eq!(check_new(&pool, "+12065550100").unwrap(), NewName::Contact(Contact::Phone));
    }

    #[test]
    fn addresses_that_could_smuggle_headers_are_no_addresses() {
        for bad in
            ["", "a", "@b", "a@", "a@@b", "a b@c.d", "a\r\nBcc: x@y.z@c.d", "a@b..c", "a@-b.c", "a@b,c.d", "<a>@b.c"]
        {
            assert!(!is_email(bad), "{bad:?}");
        }
        for good in ["a@b.example", "first.last+tag@sub.example.com", "o'neil@localhost", "ü@münchen.example"] {
            assert!(is_email(good), "{good:?}");
        }
    }

    #[test]
    fn phone_numbers_are_e164() {
        assert!(is_phone("+12065550100"));
        for bad in ["12065550100", "+", "+1", "+1234567890123456", "+1206 555"] {
            assert!(!is_phone(bad), "{bad:?}");
        }
    }
}
