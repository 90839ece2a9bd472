//! Whether what is derived from the journal is sound on the disk: lists, their indexes and the search indexes.
//!
//! A quick look takes a moment, whatever the file's size, and looks through small files wholly. Looking through all of it
//! goes table by table, reads only, and holds nobody up. Search indexes can be emptied and filled again beside the
//! commits; everything else is made anew by [`Database::rebuild`].

use crate::database::Database;
use crate::index::{self, Part, Touched};
use crate::sql::{Sql, whole};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use store::Result;
use vocab::{CustomerId, InteractionId};

/// Files up to this size are looked through wholly at a start: it takes some tenths of a second.
const SMALL_BYTES: u64 = 32 * 1_024 * 1_024;

/// What is said of one table; a damaged one would give thousands of lines.
const LINES: u32 = 3;

/// Steps of SQLite's machine between two looks whether to go on.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// Customers, and then interactions, that are indexed in one transaction: commits wait for it some milliseconds.
const REFILLED_AT_ONCE: u32 = 50;

/// Such goes of a migration, which a start waits for: some seconds.
const REFILLED_BY_MIGRATION: u32 = 200;

/// A table that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub table: String,
    pub why: String,
    /// It is a search index: [`Database::empty_search`] and [`Database::refill_search`] mend it.
    pub is_search: bool,
}

/// A table as the schema names it.
struct Table {
    name: String,
    is_virtual: bool,
    is_search: bool,
}

impl Database {
    /// What a moment shows.
    ///
    /// # Errors
    /// When not even the schema can be read.
    pub fn quick_look(&self) -> Result<Vec<Fault>> {
        let connection = self.connect()?;
        let bytes = connection
            .query_row(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
                [],
                |row| whole(row, 0),
            )
            .sql()?;
        let mut faults = Vec::new();
        for table in tables(&connection).sql()? {
            let found = if bytes <= SMALL_BYTES {
                checked(&connection, &table)
            } else {
                glanced_at(&connection, &table)
            };
            faults.extend(fault(table, found));
        }
        Ok(faults)
    }

    /// Looks through everything, a table at a time, for as long as `goes_on` says so.
    ///
    /// # Errors
    /// When not even the schema can be read.
    pub fn look_through(
        &self,
        goes_on: impl Fn() -> bool + Clone + Send + 'static,
    ) -> Result<Vec<Fault>> {
        let mut connection = self.connect()?;
        // A large table takes minutes, and a server that stops does not wait for it.
        let still = goes_on.clone();
        connection
            .progress_handler(STEPS_BETWEEN_LOOKS, Some(move || !still()))
            .sql()?;
        let mut faults = Vec::new();
        for table in tables(&connection).sql()? {
            if !goes_on() {
                break;
            }
            let found = checked(&connection, &table);
            if goes_on() {
                faults.extend(fault(table, found));
            }
        }
        Ok(faults)
    }

    /// Makes the search indexes anew, empty; nothing is found until they are filled. A server that stops before that goes
    /// on at its next start.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn empty_search(&self) -> Result<()> {
        empty_search(&mut self.connect()?)
    }

    /// Indexes some more; false when everything is.
    ///
    /// # Errors
    /// When the file cannot be written; calling it again goes on.
    pub fn refill_search(&self) -> Result<bool> {
        let mut connection = self.connect()?;
        let write = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .sql()?;
        let has_more = refill(&write).sql()?;
        write.commit().sql()?;
        Ok(has_more)
    }
}

pub(crate) fn empty_search(connection: &mut Connection) -> Result<()> {
    let write = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .sql()?;
    empty(&write).sql()?;
    write.commit().sql()
}

fn empty(write: &Transaction<'_>) -> rusqlite::Result<()> {
    index::clear(write)?;
    write.execute(
        "INSERT OR REPLACE INTO search_refill (id, customers_done, interactions_done) VALUES (1, 0, 0)",
        [],
    )?;
    Ok(())
}

/// After a migration: what is little is indexed at once, and the server fills the rest in beside its commits.
pub(crate) fn search_anew(write: &Transaction<'_>) -> rusqlite::Result<()> {
    empty(write)?;
    for _ in 0..REFILLED_BY_MIGRATION {
        if !refill(write)? {
            break;
        }
    }
    Ok(())
}

fn refill(write: &Transaction<'_>) -> rusqlite::Result<bool> {
    let done: Option<(u64, u64)> = write
        .query_row(
            "SELECT customers_done, interactions_done FROM search_refill",
            [],
            |row| Ok((whole(row, 0)?, whole(row, 1)?)),
        )
        .optional()?;
    let Some((customers_done, interactions_done)) = done else {
        return Ok(false);
    };
    let customers = next(write, "customers", customers_done)?;
    let interactions = if customers.is_empty() {
        next(write, "interactions", interactions_done)?
    } else {
        Vec::new()
    };
    if customers.is_empty() && interactions.is_empty() {
        write.execute("DELETE FROM search_refill", [])?;
        return Ok(false);
    }
    let last = |ids: &[u64], before: u64| ids.last().copied().unwrap_or(before);
    write.execute(
        "UPDATE search_refill SET customers_done = ?1, interactions_done = ?2",
        params![
            crate::sql::int(last(&customers, customers_done)),
            crate::sql::int(last(&interactions, interactions_done))
        ],
    )?;
    let interactions = interactions.into_iter().map(InteractionId);
    let touched = Touched {
        customers: customers.into_iter().map(CustomerId).collect(),
        interactions: interactions
            .flat_map(|id| [(id, Part::Topic), (id, Part::Notes)])
            .collect(),
    };
    touched.index(write)?;
    Ok(true)
}

fn next(write: &Transaction<'_>, table: &str, after: u64) -> rusqlite::Result<Vec<u64>> {
    write
        .prepare_cached(&format!(
            "SELECT id FROM {table} WHERE id > ?1 ORDER BY id LIMIT ?2"
        ))?
        .query_map(params![crate::sql::int(after), REFILLED_AT_ONCE], |row| {
            whole(row, 0)
        })?
        .collect()
}

/// All tables; those of a search index are the virtual one and the ones that SQLite keeps for it.
fn tables(read: &Connection) -> rusqlite::Result<Vec<Table>> {
    let all: Vec<(String, bool)> = read
        .prepare(
            "SELECT name, sql LIKE 'CREATE VIRTUAL%' FROM sqlite_schema
             WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let searches: Vec<String> = all
        .iter()
        .filter(|(_, is_virtual)| *is_virtual)
        .map(|(name, _)| name.clone())
        .collect();
    let is_of = |name: &str, search: &String| {
        let rest = name.strip_prefix(search.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    Ok(all
        .into_iter()
        .map(|(name, is_virtual)| Table {
            is_search: searches.iter().any(|search| is_of(&name, search)),
            name,
            is_virtual,
        })
        .collect())
}

fn fault(table: Table, found: rusqlite::Result<Vec<String>>) -> Option<Fault> {
    let why = match found {
        Ok(lines) if lines.is_empty() => return None,
        Ok(lines) => lines.join("; "),
        Err(error) => error.to_string(),
    };
    Some(Fault {
        table: table.name,
        why,
        is_search: table.is_search,
    })
}

/// The table and its indexes, row by row; of a search index that its words are those of its texts.
fn checked(read: &Connection, table: &Table) -> rusqlite::Result<Vec<String>> {
    let mut lines: Vec<String> = read
        .prepare("SELECT * FROM pragma_integrity_check(?1) LIMIT ?2")?
        .query_map(params![table.name, LINES], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    lines.retain(|line| line != "ok");
    Ok(lines)
}

/// Some rows of it; of a search index that it can answer.
fn glanced_at(read: &Connection, table: &Table) -> rusqlite::Result<Vec<String>> {
    let name = &table.name;
    let look = if table.is_virtual {
        format!(
            "SELECT COUNT(*) FROM (SELECT rowid FROM {name} WHERE {name} MATCH 'abc' LIMIT 100)"
        )
    } else {
        format!("SELECT COUNT(*) FROM (SELECT * FROM {name} LIMIT 100)")
    };
    read.query_row(&look, [], |row| row.get::<_, i64>(0))?;
    Ok(Vec::new())
}
