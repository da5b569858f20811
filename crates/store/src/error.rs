//! What a statement or a commit can fail with, before it is told in the words of a room's own error set.
use ::user_pools::ports::{StoreError, Taken};
use rusqlite::ErrorCode;
use rusqlite::ffi;

/// The closed set of this room; each port's error set has a conversion from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fail {
    NotFound,
    Conflict,
    Exists(Taken),
    /// For the log: never holds a value from a row.
    Unavailable(String),
    Full,
}

/// What an act answers.
pub(crate) type Act<T> = Result<T, Fail>;

impl From<Fail> for StoreError {
    fn from(fail: Fail) -> Self {
        match fail {
            Fail::NotFound => Self::NotFound,
            Fail::Conflict => Self::Conflict,
            Fail::Exists(what) => Self::Exists(what),
            Fail::Unavailable(cause) => Self::Unavailable(cause),
            Fail::Full => Self::Full,
        }
    }
}

impl From<Fail> for http_apis::ports::StoreError {
    fn from(fail: Fail) -> Self {
        match fail {
            Fail::NotFound => Self::NotFound,
            Fail::Conflict => Self::Conflict,
            Fail::Exists(_) => Self::Exists,
            Fail::Unavailable(cause) => Self::Unavailable(cause),
            Fail::Full => Self::Full,
        }
    }
}

impl From<Fail> for dashboard::ports::StoreError {
    fn from(fail: Fail) -> Self {
        match fail {
            Fail::NotFound => Self::NotFound,
            Fail::Conflict => Self::Conflict,
            Fail::Exists(_) => Self::Exists,
            Fail::Unavailable(cause) => Self::Unavailable(cause),
            Fail::Full => Self::Full,
        }
    }
}

impl From<Fail> for functions::ports::StoreError {
    fn from(fail: Fail) -> Self {
        match fail {
            Fail::NotFound => Self::NotFound,
            Fail::Conflict => Self::Conflict,
            Fail::Exists(_) => Self::Exists,
            Fail::Unavailable(cause) => Self::Unavailable(cause),
            Fail::Full => Self::Full,
        }
    }
}

impl From<rusqlite::Error> for Fail {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(code, message) => sqlite(code, &message.unwrap_or_default()),
            rusqlite::Error::QueryReturnedNoRows => Self::NotFound,
            // Conversion errors may quote the value, so only the place is told.
            rusqlite::Error::FromSqlConversionFailure(column, ..) => {
                Self::Unavailable(format!("a stored row does not read (column {column})"))
            }
            rusqlite::Error::InvalidColumnType(column, name, _) => {
                Self::Unavailable(format!("a stored row has the wrong type in {name} (column {column})"))
            }
            rusqlite::Error::SqlInputError { msg, .. } => Self::Unavailable(format!("bad statement: {msg}")),
            other => Self::Unavailable(format!("storage: {}", kind_of(&other))),
        }
    }
}

impl From<serde_json::Error> for Fail {
    fn from(error: serde_json::Error) -> Self {
        Self::Unavailable(format!("a row does not turn into JSON: {:?}", error.classify()))
    }
}

/// SQLite's result codes in our words. A foreign key that points nowhere means that the owner is gone.
fn sqlite(code: ffi::Error, message: &str) -> Fail {
    match (code.code, code.extended_code) {
        (ErrorCode::DiskFull, _) => Fail::Full,
        (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Fail::NotFound,
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID) => {
            Fail::Exists(taken(message))
        }
        _ => Fail::Unavailable(format!("SQLite {:?} ({}): {message}", code.code, code.extended_code)),
    }
}

/// Which name a violated constraint stands for; SQLite names the columns.
fn taken(message: &str) -> Taken {
    if message.contains("domains.custom") || message.contains("brandings.client") { Taken::Owner } else { Taken::Key }
}

/// The variant's name without its content.
fn kind_of(error: &rusqlite::Error) -> String {
    let text = format!("{error:?}");
    text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_full_and_other_trouble_is_unavailable() {
        let fail = |code: i32| Fail::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert_eq!(fail(ffi::SQLITE_FULL), Fail::Full);
        for code in [ffi::SQLITE_IOERR, ffi::SQLITE_CORRUPT, ffi::SQLITE_BUSY, ffi::SQLITE_IOERR_FSYNC] {
            assert!(matches!(fail(code), Fail::Unavailable(_)), "{code}");
        }
    }

    #[test]
    fn a_row_that_does_not_read_never_shows_its_content() {
        let cause = serde_json::from_str::<u32>("\"hunter2\"").unwrap_err();
        let error = rusqlite::Error::FromSqlConversionFailure(3, rusqlite::types::Type::Text, Box::new(cause));
        assert!(!format!("{:?}", Fail::from(error)).contains("hunter2"));
    }
}
