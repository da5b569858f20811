//! Small helpers around cached statements and JSON documents.
use crate::error::{Act, Fail};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The JSON document in a column.
pub(crate) fn doc<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// The document in the first column.
pub(crate) fn first_doc<T: DeserializeOwned>(row: &Row<'_>) -> rusqlite::Result<T> {
    doc(row, 0)
}

/// The document of a row that is about to be written.
pub(crate) fn json<T: Serialize>(row: &T) -> Act<String> {
    Ok(serde_json::to_string(row)?)
}

/// Runs a statement; how many rows it changed.
pub(crate) fn run(db: &Connection, sql: &str, params: impl Params) -> Act<usize> {
    Ok(db.prepare_cached(sql)?.execute(params)?)
}

/// The row if there is one.
pub(crate) fn find<T, P: Params>(
    db: &Connection,
    sql: &str,
    params: P,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Act<Option<T>> {
    Ok(db.prepare_cached(sql)?.query_row(params, read).optional()?)
}

/// The row, or NotFound.
pub(crate) fn get<T, P: Params>(
    db: &Connection,
    sql: &str,
    params: P,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Act<T> {
    find(db, sql, params, read)?.ok_or(Fail::NotFound)
}

/// All rows of a bounded query.
pub(crate) fn list<T, P: Params>(
    db: &Connection,
    sql: &str,
    params: P,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Act<Vec<T>> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether the query finds anything.
pub(crate) fn exists(db: &Connection, sql: &str, params: impl Params) -> Act<bool> {
    Ok(db.prepare_cached(sql)?.exists(params)?)
}

/// NotFound unless the statement changed something.
pub(crate) fn found(changed: usize) -> Act<()> {
    if changed == 0 { Err(Fail::NotFound) } else { Ok(()) }
}

/// A limit as SQLite wants it.
pub(crate) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
