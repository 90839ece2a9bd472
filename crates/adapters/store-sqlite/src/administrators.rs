//! Refuses changes after which no administrator could sign in.

use crate::sql::Sql;
use protocol::configuration::Configuration;
use rusqlite::{Connection, Transaction};
use std::collections::BTreeSet;
use store::{Result, StoreError};
use vocab::Role;

/// An organisation that has no administrator may stay without one: then the command line is its only way.
///
/// # Errors
/// [`StoreError::LastAdministrator`] naming one of those who would have to stay.
pub(crate) fn are_left(
    write: &Transaction<'_>,
    before: &Configuration,
    after: &Configuration,
    is_undo: bool,
) -> Result<()> {
    let present = able_to_sign_in(write, false).sql()?;
    let Some(last) = administrators(before, &present).next() else {
        return Ok(());
    };
    // An undo of a removal brings the account back with its password.
    let then = match is_undo {
        true => able_to_sign_in(write, true).sql()?,
        false => present.clone(),
    };
    match administrators(after, &then).next() {
        Some(_) => Ok(()),
        None => Err(StoreError::LastAdministrator {
            name: last.to_owned(),
        }),
    }
}

fn administrators<'a>(
    document: &'a Configuration,
    able: &'a BTreeSet<String>,
) -> impl Iterator<Item = &'a str> {
    let people = document.people.iter();
    people
        .filter(|person| person.role == Role::Admin && able.contains(&person.user))
        .map(|person| person.user.as_str())
}

/// Administrators with a password; an account without one cannot sign in.
fn able_to_sign_in(
    connection: &Connection,
    with_removed: bool,
) -> rusqlite::Result<BTreeSet<String>> {
    connection
        .prepare_cached(
            "SELECT user FROM users WHERE password_hash <> '' AND (removed_at IS NULL OR ?1)",
        )?
        .query_map([with_removed], |row| row.get(0))?
        .collect()
}
