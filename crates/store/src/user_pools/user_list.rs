//! ListUsers: every filter is a range of one index, and a page starts where the last one ended, so a page costs the same anywhere.
use crate::error::{Act, Fail};
use crate::row;
use ::user_pools::PoolId;
use ::user_pools::ports::{Page, UserFilter};
use ::user_pools::user::User;
use rusqlite::{Connection, params};

/// All users in creation order. The cursor is the row's sequence number.
pub(super) fn all(db: &Connection, pool: &PoolId, page: &Page) -> Act<Vec<(User, String)>> {
    let after = match &page.after {
        None => 0,
        Some(cursor) => cursor.parse::<i64>().map_err(|_| Fail::NotFound)?,
    };
    let sql = "SELECT doc, seq FROM users INDEXED BY users_by_seq WHERE pool = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    row::list(db, sql, params![pool.0, after, row::limit(page.limit)], |row| {
        Ok((row::doc(row, 0)?, row.get::<_, i64>(1)?.to_string()))
    })
}

/// Users whose attribute equals or begins with the value, ordered by it. The cursor is `<sequence number>:<value>`.
pub(super) fn filtered(db: &Connection, pool: &PoolId, filter: &UserFilter, page: &Page) -> Act<Vec<(User, String)>> {
    let (sql, from) = column(&filter.attribute)?;
    let from = from(&filter.value);
    // Nothing a person writes sorts behind U+10FFFF.
    let to = if filter.prefix { format!("{from}\u{10ffff}") } else { from.clone() };
    let (seq, value) = match &page.after {
        None => (0, from.clone()),
        Some(cursor) => position(cursor)?,
    };
    // A cursor from before the range (another filter's) starts at the range.
    let (seq, value) = if value < from { (0, from) } else { (seq, value) };
    row::list(db, sql, params![pool.0, value, seq, to, row::limit(page.limit)], |row| {
        let cursor = format!("{}:{}", row.get::<_, i64>(1)?, row.get::<_, String>(2)?);
        Ok((row::doc(row, 0)?, cursor))
    })
}

fn position(cursor: &str) -> Act<(i64, String)> {
    let (seq, value) = cursor.split_once(':').ok_or(Fail::NotFound)?;
    Ok((seq.parse().map_err(|_| Fail::NotFound)?, value.to_owned()))
}

macro_rules! range {
    ($column:literal, $index:literal) => {
        concat!(
            "SELECT doc, seq, ",
            $column,
            " FROM users INDEXED BY ",
            $index,
            " WHERE pool = ?1 AND (",
            $column,
            ", seq) > (?2, ?3) AND ",
            $column,
            " <= ?4 ORDER BY ",
            $column,
            ", seq LIMIT ?5"
        )
    };
}

/// How the sought value is brought into the form of the column.
type Fold = fn(&str) -> String;

/// The statement for a filter attribute. All compare without case except the username and the status words.
fn column(attribute: &str) -> Act<(&'static str, Fold)> {
    Ok(match attribute {
        "username" => (range!("username", "users_by_username"), str::to_owned),
        "status" => (range!("status_word", "users_by_status_word"), str::to_owned),
        "cognito:user_status" => (range!("user_status", "users_by_user_status"), str::to_uppercase),
        "email" => (range!("email", "users_by_email"), str::to_lowercase),
        "phone_number" => (range!("phone_number", "users_by_phone_number"), str::to_lowercase),
        "name" => (range!("name", "users_by_name"), str::to_lowercase),
        "given_name" => (range!("given_name", "users_by_given_name"), str::to_lowercase),
        "family_name" => (range!("family_name", "users_by_family_name"), str::to_lowercase),
        "preferred_username" => (range!("preferred_username", "users_by_preferred_username"), str::to_lowercase),
        "sub" => (range!("sub", "users_by_sub"), str::to_lowercase),
        _ => return Err(Fail::Unavailable("no index serves this filter attribute".to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations;

    #[test]
    fn no_filter_sorts_or_walks_the_table() {
        let db = migrations::newest();
        for attribute in [
            "username",
            "status",
            "cognito:user_status",
            "email",
            "phone_number",
            "name",
            "given_name",
            "family_name",
            "preferred_username",
            "sub",
        ] {
            let (sql, _) = column(attribute).unwrap();
            let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps: Vec<String> =
                plan.query_map(params!["p", "v", 0, "w", 1], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
            assert_eq!(steps.len(), 1, "{attribute}: {steps:?}");
            assert!(steps[0].contains("(pool=?") && steps[0].contains('<'), "{attribute}: {steps:?}");
        }
    }
}
