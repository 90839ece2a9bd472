//! A file made anew from its journal, when what is derived from it is damaged on the disk.

use crate::database::{Database, keep_private, remove_if_there};
use crate::restore::{beside, put_in_place};
use crate::sql::Sql;
use crate::{projections, recovery};
use rusqlite::{Connection, params};
use std::path::{Path, PathBuf};
use store::{Result, StoreError};
use vocab::Millis;

/// What a rebuild did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// Entries of the journal that everything was folded from.
    pub entries: u64,
    /// Where the replaced file is now.
    pub kept_aside: PathBuf,
}

impl Database {
    /// Copies the journal, accounts and settings into a new file, folds everything else from the journal, looks through
    /// the new file and puts it in the place of the old one, which is kept. The caller holds the organisation's lock.
    ///
    /// # Errors
    /// `Broken` or `Damaged` when the journal or what it does not tell is damaged itself: put a backup back then. Nothing
    /// was changed.
    pub fn rebuild(path: &Path, now: Millis) -> Result<Rebuilt> {
        let old = Self::open(path)?;
        let examined = old.examine_journal()?;
        if let Some(broken) = examined.broken {
            let (seq, why) = (broken.seq, broken.why);
            return Err(StoreError::Broken { seq, why });
        }
        let new = path.with_extension("rebuilding");
        let made = made_anew(path, &new);
        if let Err(error) = made {
            for side in ["", "-wal", "-shm"] {
                remove_if_there(&beside(&new, side))?;
            }
            return Err(error);
        }
        let kept_aside = put_in_place(&new, path, now)?;
        Ok(Rebuilt {
            entries: examined.whole,
            kept_aside: kept_aside.unwrap_or_default(),
        })
    }
}

fn made_anew(old: &Path, new: &Path) -> Result<()> {
    for side in ["", "-wal", "-shm"] {
        remove_if_there(&beside(new, side))?;
    }
    drop(std::fs::File::create_new(new).map_err(crate::database::backend)?);
    keep_private(new)?;
    let database = Database::open(new)?;
    let mut connection = database.connect()?;
    connection
        .execute("ATTACH ?1 AS old", params![old.to_string_lossy()])
        .sql()?;
    let write = connection.transaction().sql()?;
    for table in kept(&write).sql()? {
        let columns = columns(&write, &table).sql()?.join(", ");
        // Its indexes may be what is damaged.
        write
            .execute_batch(&format!(
                "DELETE FROM main.{table};
                 INSERT INTO main.{table} ({columns}) SELECT {columns} FROM old.{table} NOT INDEXED;"
            ))
            .sql()?;
    }
    recovery::rebuild(&write).sql()?;
    write.commit().sql()?;
    connection.execute("DETACH old", []).sql()?;
    connection.close().map_err(|(_, error)| error).sql()?;
    let faults = database.look_through(|| true)?;
    if let Some(fault) = faults.into_iter().next() {
        return Err(StoreError::Damaged {
            what: "database file",
            detail: format!("{}: {}", fault.table, fault.why),
        });
    }
    let file = std::fs::File::open(new).map_err(crate::database::backend)?;
    file.sync_all().map_err(crate::database::backend)
}

/// Tables that the journal does not tell: itself, accounts, settings, what operators said.
fn kept(read: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut names: Vec<String> = read
        .prepare(
            "SELECT one.name FROM main.sqlite_schema AS one
             WHERE one.type = 'table' AND one.sql NOT LIKE 'CREATE VIRTUAL%' AND one.name NOT GLOB 'sqlite_*'
               AND NOT EXISTS (SELECT 1 FROM main.sqlite_schema AS search
                   WHERE search.sql LIKE 'CREATE VIRTUAL%'
                     AND substr(one.name, 1, length(search.name) + 1) = search.name || '_')",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    names.retain(|name| !projections::TABLES.contains(&name.as_str()));
    Ok(names)
}

/// Those that hold something: others are made from them.
fn columns(read: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    read.prepare("SELECT name FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0")?
        .query_map([table], |row| row.get(0))?
        .collect()
}
