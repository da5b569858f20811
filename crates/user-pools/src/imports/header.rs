//! The header of a pool's CSV file: a column for every attribute and two of Cognito's own.
use crate::pool::PoolSettings;
use std::collections::BTreeSet;

/// The column of the username.
pub(super) const USERNAME: &str = "cognito:username";
/// The column that says whether the user has a second factor.
pub(super) const MFA_ENABLED: &str = "cognito:mfa_enabled";

/// The column of password hashes, in files of jobs that name an algorithm. AWS has not published its name for it (I).
pub(super) const PASSWORD_HASH: &str = "cognito:password_hash";

/// `CSVHeader`: every attribute but `sub`, custom ones behind the standard ones, then Cognito's own two.
pub fn csv_header(settings: &PoolSettings) -> Vec<String> {
    let attributes = settings.schema.iter().map(|attribute| attribute.name.as_str()).filter(|name| *name != "sub");
    attributes.chain([MFA_ENABLED, USERNAME]).map(str::to_owned).collect()
}

/// Whether the columns of a file are those of the pool, each once, in whatever order; with `hashes` there is a column more.
pub(super) fn matches(settings: &PoolSettings, columns: &[String], hashes: bool) -> bool {
    let given: BTreeSet<&str> = columns.iter().map(String::as_str).collect();
    let wanted = csv_header(settings);
    let wanted = wanted.iter().map(String::as_str).chain(hashes.then_some(PASSWORD_HASH));
    given.len() == columns.len() && given == wanted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures::settings;

    #[test]
    fn the_header_is_the_one_of_the_guide() {
        let header = csv_header(&settings()).join(",");
        assert_eq!(
            header,
            "name,given_name,family_name,middle_name,nickname,preferred_username,profile,picture,website,email,\
             email_verified,gender,birthdate,zoneinfo,locale,phone_number,phone_number_verified,address,updated_at,\
             cognito:mfa_enabled,cognito:username"
        );
    }

    #[test]
    fn columns_come_in_any_order_but_all_of_them_and_no_others() {
        let pool = settings();
        let mut columns = csv_header(&pool);
        columns.reverse();
        assert!(matches(&pool, &columns, false) && !matches(&pool, &columns, true));
        let with_hashes = [columns.clone(), vec![PASSWORD_HASH.to_owned()]].concat();
        assert!(matches(&pool, &with_hashes, true) && !matches(&pool, &with_hashes, false));
        let mut twice = columns.clone();
        twice.push("email".into());
        assert!(!matches(&pool, &twice, false));
        let mut other = columns.clone();
        other[0] = "custom:unknown".into();
        assert!(!matches(&pool, &other, false));
        columns.pop();
        assert!(!matches(&pool, &columns, false));
    }
}
