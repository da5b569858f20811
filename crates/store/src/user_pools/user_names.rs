//! Every name a user may sign in by is one row, and that nobody else has it is the primary key's doing: username, sub and aliases alike.
use super::users::write;
use crate::error::{Act, Fail};
use crate::row;
use ::user_pools::PoolId;
use ::user_pools::pool::AliasKind;
use ::user_pools::ports::Taken;
use ::user_pools::user::User;
use rusqlite::{Connection, params};

/// The user who answers to a name.
const FIND: &str = "SELECT doc FROM users WHERE seq = (SELECT user FROM user_names WHERE pool = ?1 AND value = ?2)";

/// What a name is to its user.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Username,
    Sub,
    Alias(AliasKind),
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Sub => "sub",
            Self::Alias(kind) => kind.attribute(),
        }
    }

    const fn taken(self) -> Taken {
        match self {
            Self::Username => Taken::Username,
            Self::Sub => Taken::Key,
            Self::Alias(kind) => Taken::Alias(kind),
        }
    }
}

/// The user of a name as compared.
pub(super) fn find(db: &Connection, pool: &PoolId, name: &str) -> Act<User> {
    row::get(db, FIND, [&pool.0, name], row::first_doc)
}

/// Gives up the names that the user had before and has no more, and takes the new ones. With `taking`, aliases held by others move here.
pub(super) fn follow(db: &Connection, before: Option<&User>, user: &User, taking: bool) -> Act<()> {
    let (had, has) = (before.map(names).unwrap_or_default(), names(user));
    if had == has {
        return Ok(());
    }
    let sql = "SELECT seq FROM users WHERE pool = ?1 AND sub = ?2";
    let seq = row::get(db, sql, [&user.pool.0, &user.sub], |row| row.get(0))?;
    for (_, value) in had.iter().filter(|name| !has.contains(name)) {
        let sql = "DELETE FROM user_names WHERE pool = ?1 AND value = ?2 AND user = ?3";
        row::run(db, sql, params![user.pool.0, value, seq])?;
    }
    for (kind, value) in has.iter().filter(|name| !had.contains(name)) {
        if taking && let Kind::Alias(kind) = kind {
            release(db, &user.pool, seq, *kind, value)?;
        }
        claim(db, &user.pool, seq, *kind, value)?;
    }
    Ok(())
}

/// The names of a user as compared, each value once, under the first kind it has.
fn names(user: &User) -> Vec<(Kind, &str)> {
    let own = [(Kind::Username, user.username_folded.as_str()), (Kind::Sub, user.sub.as_str())];
    let aliases = user.aliases.iter().map(|(kind, value)| (Kind::Alias(*kind), value.as_str()));
    let mut names: Vec<(Kind, &str)> = Vec::new();
    for name in own.into_iter().chain(aliases) {
        if names.iter().all(|(_, value)| *value != name.1) {
            names.push(name);
        }
    }
    names
}

/// Takes a name that nobody has.
fn claim(db: &Connection, pool: &PoolId, seq: i64, kind: Kind, value: &str) -> Act<()> {
    let sql = "INSERT INTO user_names (pool, value, kind, user) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    match row::run(db, sql, params![pool.0, value, kind.word(), seq])? {
        0 => Err(Fail::Exists(kind.taken())),
        _ => Ok(()),
    }
}

/// Takes an alias away from its holder: the value stays as an attribute, but unverified, and names them no more. A name of another kind
/// stays: nobody loses a username or a sub.
fn release(db: &Connection, pool: &PoolId, by: i64, kind: AliasKind, value: &str) -> Act<()> {
    let sql = "DELETE FROM user_names WHERE pool = ?1 AND value = ?2 AND kind = ?3 AND user <> ?4 RETURNING user";
    let key = params![pool.0, value, kind.attribute(), by];
    let Some(holder) = row::find(db, sql, key, |row| row.get::<_, i64>(0))? else { return Ok(()) };
    let stored: User = row::get(db, "SELECT doc FROM users WHERE seq = ?1", [holder], row::first_doc)?;
    let mut changed = stored.clone();
    changed.aliases.retain(|(_, held)| held != value);
    let verified = match kind {
        AliasKind::Email => Some("email_verified"),
        AliasKind::Phone => Some("phone_number_verified"),
        AliasKind::PreferredUsername => None,
    };
    changed.credentials.vouched.retain(|contact| contact.attribute() != kind.attribute());
    if let Some(name) = verified {
        changed.attributes.insert(name.to_owned(), "false".to_owned());
    }
    write(db, &stored, &mut changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations;

    #[test]
    fn a_user_is_found_by_two_point_reads() {
        let db = migrations::newest();
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {FIND}")).unwrap();
        let steps: Vec<String> = plan.query_map(["p", "name"], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
        let expected = [
            "SEARCH users USING INTEGER PRIMARY KEY (rowid=?)",
            "SCALAR SUBQUERY 1",
            "SEARCH user_names USING PRIMARY KEY (pool=? AND value=?)",
        ];
        assert_eq!(steps, expected);
    }
}
