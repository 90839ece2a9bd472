//! Between Rust's types and SQLite's: whole numbers, closed lists, errors.

use rusqlite::types::Type;
use rusqlite::{ErrorCode, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::StoreError;
use vocab::Millis;

/// Turns SQLite's errors into the store's at the border of this crate.
pub(crate) trait Sql<T> {
    fn sql(self) -> store::Result<T>;
}

impl<T> Sql<T> for rusqlite::Result<T> {
    fn sql(self) -> store::Result<T> {
        self.map_err(|error| match error {
            _ if is_file_damaged(&error) => StoreError::Damaged {
                what: "database file",
                detail: error.to_string(),
            },
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..) => StoreError::Damaged {
                what: "row",
                detail: error.to_string(),
            },
            other => StoreError::Backend {
                detail: other.to_string(),
            },
        })
    }
}

/// The file is no database, or not a whole one any more.
fn is_file_damaged(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

/// SQLite's integers are signed; ids and times of this century fit.
pub(crate) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(crate) fn whole(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

pub(crate) fn small(row: &Row<'_>, column: usize) -> rusqlite::Result<u32> {
    row.get(column)
}

pub(crate) fn at(row: &Row<'_>, column: usize) -> rusqlite::Result<Millis> {
    whole(row, column).map(Millis)
}

pub(crate) fn maybe_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Millis>> {
    let value: Option<i64> = row.get(column)?;
    value.map(|_| at(row, column)).transpose()
}

/// The name of a closed list's member, as on the wire.
pub(crate) fn name_of<T: Serialize>(member: &T) -> rusqlite::Result<String> {
    match serde_json::to_value(member) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        Ok(other) => Err(not_written(format!("{other} is no name"))),
        Err(error) => Err(not_written(error)),
    }
}

pub(crate) fn named<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let name: String = row.get(column)?;
    serde_json::from_value(serde_json::Value::String(name)).map_err(|e| not_read(column, e))
}

pub(crate) fn maybe_named<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    let name: Option<String> = row.get(column)?;
    name.map(|_| named(row, column)).transpose()
}

pub(crate) fn json_of<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(not_written)
}

pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|e| not_read(column, e))
}

pub(crate) fn maybe_json<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|_| json(row, column)).transpose()
}

fn not_written(
    error: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}

fn not_read(column: usize, error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}
