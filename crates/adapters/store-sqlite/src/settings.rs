//! The organisation, its dispositions, and what things are called. Queues and people are in `configuration`.

use crate::sql::{Sql, name_of, named, whole};
use protocol::work::{Disposition, OtherNames, ReasonName};
use rusqlite::{Connection, Row, Transaction, params};
use store::{Organisation, Result, StoreError};
use vocab::OrgSlug;

pub(crate) fn organisation(connection: &Connection) -> Result<Organisation> {
    let (slug, name): (String, String) = connection
        .query_row("SELECT slug, name FROM organisation", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .sql()?;
    let slug = OrgSlug::new(slug).map_err(|error| StoreError::Damaged {
        what: "organisation",
        detail: error.to_string(),
    })?;
    Ok(Organisation { slug, name })
}

pub(crate) fn revision(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row("SELECT revision FROM organisation", [], |row| whole(row, 0))
}

pub(crate) fn dispositions(connection: &Connection) -> rusqlite::Result<Vec<Disposition>> {
    connection
        .prepare_cached(
            "SELECT code, name, name_zh_hans, name_zh_hant FROM dispositions
             ORDER BY position, code",
        )?
        .query_map([], |row| {
            Ok(Disposition {
                code: row.get(0)?,
                name: row.get(1)?,
                names: other_names(row, 2)?,
            })
        })?
        .collect()
}

/// Two columns from `first` on: Simplified, then Traditional Chinese.
fn other_names(row: &Row<'_>, first: usize) -> rusqlite::Result<OtherNames> {
    Ok(OtherNames {
        simplified: row.get(first)?,
        traditional: row.get(first + 1)?,
    })
}

pub(crate) fn set_disposition(
    write: &Transaction<'_>,
    disposition: &Disposition,
) -> rusqlite::Result<()> {
    write.execute(
        "INSERT INTO dispositions (code, name, name_zh_hans, name_zh_hant, position)
         VALUES (?1, ?2, ?3, ?4, (SELECT COALESCE(MAX(position), -1) + 1 FROM dispositions))
         ON CONFLICT (code) DO UPDATE SET name = excluded.name,
             name_zh_hans = excluded.name_zh_hans, name_zh_hant = excluded.name_zh_hant",
        params![
            disposition.code,
            disposition.name,
            disposition.names.simplified,
            disposition.names.traditional
        ],
    )?;
    Ok(())
}

pub(crate) fn remove_disposition(write: &Transaction<'_>, code: &str) -> Result<()> {
    let gone = write
        .execute("DELETE FROM dispositions WHERE code = ?1", [code])
        .sql()?;
    if gone == 0 {
        return Err(StoreError::Unknown {
            what: "disposition",
            name: code.to_owned(),
        });
    }
    Ok(())
}

pub(crate) fn replace_names(
    write: &Transaction<'_>,
    dispositions: &[Disposition],
    reasons: &[ReasonName],
) -> rusqlite::Result<()> {
    write.execute_batch("DELETE FROM dispositions; DELETE FROM reason_names;")?;
    for disposition in dispositions {
        set_disposition(write, disposition)?;
    }
    for name in reasons {
        set_reason_name(write, name)?;
    }
    Ok(())
}

pub(crate) fn reason_names(connection: &Connection) -> rusqlite::Result<Vec<ReasonName>> {
    connection
        .prepare_cached(
            "SELECT reason, name, name_zh_hans, name_zh_hant FROM reason_names ORDER BY reason",
        )?
        .query_map([], |row| {
            Ok(ReasonName {
                reason: named(row, 0)?,
                name: row.get(1)?,
                names: other_names(row, 2)?,
            })
        })?
        .collect()
}

pub(crate) fn set_reason_name(write: &Transaction<'_>, name: &ReasonName) -> rusqlite::Result<()> {
    write.execute(
        "INSERT INTO reason_names (reason, name, name_zh_hans, name_zh_hant)
         VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (reason) DO UPDATE SET name = excluded.name,
             name_zh_hans = excluded.name_zh_hans, name_zh_hant = excluded.name_zh_hant",
        params![
            name_of(&name.reason)?,
            name.name,
            name.names.simplified,
            name.names.traditional
        ],
    )?;
    Ok(())
}
