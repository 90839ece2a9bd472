//! The table of imports, what can be taken back of them, and records as files hold them.

use crate::sql::{Sql, at, int, json, json_of, name_of, named, whole};
use crate::summary::summary;
use crate::{audit, identities};
use protocol::exchange::{CustomerRecord, ImportState};
use protocol::rest::{CustomerSummary, Identity, IdentityKind};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use store::{ImportRow, ImportSettled, ImportWish, Imports, Result, Stamp, Undoable, identity_key};
use vocab::{CustomerId, ImportId};

/// People who share a number or an address; more are not worth comparing.
const MOST_ALIKE: u32 = 10;

pub(crate) struct SqliteImports {
    connection: Connection,
}

impl SqliteImports {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    fn customers(&self, query: &str, given: &[&dyn rusqlite::ToSql]) -> Result<Vec<CustomerId>> {
        self.connection
            .prepare_cached(query)
            .and_then(|mut query| {
                query
                    .query_map(given, |row| whole(row, 0).map(CustomerId))?
                    .collect()
            })
            .sql()
    }
}

const ROW: &str = "SELECT id, at, who, file, bytes, state, options, counts, refused_bytes, problem, kept, bytes_done FROM imports";

fn import_row(row: &Row<'_>) -> rusqlite::Result<ImportRow> {
    Ok(ImportRow {
        import: ImportId(whole(row, 0)?),
        at: at(row, 1)?,
        by: row.get(2)?,
        file: row.get(3)?,
        bytes: whole(row, 4)?,
        state: named(row, 5)?,
        options: json(row, 6)?,
        counts: json(row, 7)?,
        refused_bytes: whole(row, 8)?,
        problem: row.get(9)?,
        kept: whole(row, 10)?,
        bytes_done: whole(row, 11)?,
    })
}

/// A record as a file holds it: without what only this organisation knows, as browsers and interactions.
fn record_of(customer: CustomerSummary) -> CustomerRecord {
    CustomerRecord {
        name: customer.name,
        identities: customer
            .identities
            .into_iter()
            .map(Identity::plain)
            .collect(),
        language: customer.language,
        is_vip: customer.is_vip,
        labels: customer.labels,
        note: customer.note,
        attributes: customer.attributes,
        consents: customer.consents,
        preferences: customer.preferences,
    }
}

impl Imports for SqliteImports {
    fn begin_import(&mut self, stamp: Stamp<'_>, file: &str, bytes: u64) -> Result<ImportId> {
        let write = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .sql()?;
        let state = name_of(&ImportState::Sending).sql()?;
        write
            .execute(
                "INSERT INTO imports (at, who, file, bytes, state) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![int(stamp.at.0), stamp.by, file, int(bytes), state],
            )
            .sql()?;
        let import = ImportId(write.last_insert_rowid().unsigned_abs());
        audit::stamped(&write, stamp, "import_sent", &format!("import {import}")).sql()?;
        write.commit().sql()?;
        Ok(import)
    }

    fn import(&self, import: ImportId) -> Result<Option<ImportRow>> {
        self.connection
            .prepare_cached(&format!("{ROW} WHERE id = ?1"))
            .and_then(|mut query| query.query_row([int(import.0)], import_row).optional())
            .sql()
    }

    fn imports(&self, limit: u32) -> Result<Vec<ImportRow>> {
        self.connection
            .prepare_cached(&format!("{ROW} ORDER BY id DESC LIMIT ?1"))
            .and_then(|mut query| query.query_map([limit], import_row)?.collect())
            .sql()
    }

    fn settle_import(&mut self, import: ImportId, settled: &ImportSettled) -> Result<()> {
        let options = settled.options.as_ref().map(json_of).transpose().sql()?;
        let state = name_of(&settled.state).sql()?;
        self.connection
            .execute(
                "UPDATE imports SET state = ?2, options = COALESCE(?3, options), problem = ?4, kept = ?5
                 WHERE id = ?1",
                params![
                    int(import.0),
                    state,
                    options,
                    settled.problem,
                    int(settled.kept)
                ],
            )
            .map(drop)
            .sql()
    }

    fn wish(&mut self, import: ImportId, wish: ImportWish) -> Result<()> {
        let wish = match wish {
            ImportWish::Start => "start",
            ImportWish::Undo => "undo",
        };
        self.connection
            .execute(
                "UPDATE imports SET wish = ?2 WHERE id = ?1",
                params![int(import.0), wish],
            )
            .map(drop)
            .sql()
    }

    fn take_wishes(&mut self) -> Result<Vec<(ImportId, ImportWish)>> {
        let waiting: Vec<(ImportId, ImportWish)> = self
            .connection
            .prepare_cached("SELECT id, wish FROM imports WHERE wish IS NOT NULL ORDER BY id")
            .and_then(|mut query| {
                query
                    .query_map([], |row| {
                        let wish: String = row.get(1)?;
                        let wish = match wish.as_str() {
                            "undo" => ImportWish::Undo,
                            _ => ImportWish::Start,
                        };
                        Ok((ImportId(whole(row, 0)?), wish))
                    })?
                    .collect()
            })
            .sql()?;
        if !waiting.is_empty() {
            self.connection
                .execute("UPDATE imports SET wish = NULL WHERE wish IS NOT NULL", [])
                .sql()?;
        }
        Ok(waiting)
    }

    fn has_wish(&self, import: ImportId) -> Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM imports WHERE id = ?1 AND wish IS NOT NULL")
            .and_then(|mut query| query.exists([int(import.0)]))
            .sql()
    }

    fn forget_import(&mut self, import: ImportId) -> Result<()> {
        self.connection
            .execute(
                "DELETE FROM imports WHERE id = ?1 AND state IN ('sending', 'ready', 'checking', 'checked', 'failed')
                   AND NOT EXISTS (SELECT 1 FROM customers WHERE import = ?1)
                   AND NOT EXISTS (SELECT 1 FROM import_updates WHERE import = ?1)",
                [int(import.0)],
            )
            .map(drop)
            .sql()
    }

    fn undoable(&self, import: ImportId, after: CustomerId, limit: u32) -> Result<Vec<Undoable>> {
        let (of, after) = (int(import.0), int(after.0));
        // A new record has the revision 1; conversations change a record's interactions and not its revision.
        let added = self.customers(
            "SELECT id FROM customers WHERE import = ?1 AND id > ?2 AND revision = 1 AND interactions = 0
             ORDER BY id LIMIT ?3",
            &[&of, &after, &limit],
        )?;
        let mut undoable: Vec<Undoable> = added
            .into_iter()
            .map(|customer| Undoable {
                customer,
                before: None,
            })
            .collect();
        let updated: Vec<Undoable> = self
            .connection
            .prepare_cached(
                "SELECT customer, before FROM import_updates JOIN customers ON customers.id = customer
                 WHERE import_updates.import = ?1 AND customer > ?2 AND customers.revision = import_updates.revision
                 ORDER BY customer LIMIT ?3",
            )
            .and_then(|mut query| {
                query
                    .query_map(params![of, after, limit], |row| {
                        Ok(Undoable {
                            customer: CustomerId(whole(row, 0)?),
                            before: Some(json(row, 1)?),
                        })
                    })?
                    .collect()
            })
            .sql()?;
        undoable.extend(updated);
        undoable.sort_by_key(|one| one.customer);
        undoable.truncate(limit as usize);
        Ok(undoable)
    }

    fn imported(&self, import: ImportId) -> Result<u64> {
        self.connection
            .query_row(
                "SELECT (SELECT COUNT(*) FROM customers WHERE import = ?1)
                      + (SELECT COUNT(*) FROM import_updates WHERE import = ?1)",
                [int(import.0)],
                |row| whole(row, 0),
            )
            .sql()
    }

    fn records(&self, after: CustomerId, limit: u32) -> Result<Vec<(CustomerId, CustomerRecord)>> {
        let ids = self.customers(
            "SELECT id FROM customers WHERE id > ?1 ORDER BY id LIMIT ?2",
            &[&int(after.0), &limit],
        )?;
        let mut records = Vec::with_capacity(ids.len());
        for id in ids {
            let found = summary(&self.connection, id).sql()?;
            records.extend(found.map(|customer| (id, record_of(customer))));
        }
        Ok(records)
    }

    fn unsearched(&self) -> Result<u64> {
        self.connection
            .prepare_cached("SELECT COUNT(*) FROM to_index")
            .and_then(|mut query| query.query_row([], |row| whole(row, 0)))
            .sql()
    }

    fn customers_with(&self, kind: IdentityKind, value: &str) -> Result<Vec<CustomerId>> {
        let home = identities::home(&self.connection).sql()?;
        match identity_key(kind, value, home) {
            Some(key) => self.customers_of_key(kind, &key),
            None => Ok(Vec::new()),
        }
    }

    fn customers_of_key(&self, kind: IdentityKind, key: &str) -> Result<Vec<CustomerId>> {
        let kind = name_of(&kind).sql()?;
        // Mostly nobody has it, and putting nobody in order costs more than to look.
        let has_any = self
            .connection
            .prepare_cached("SELECT 1 FROM identities WHERE kind = ?1 AND key = ?2 LIMIT 1")
            .and_then(|mut query| query.exists(params![kind, key]))
            .sql()?;
        if !has_any {
            return Ok(Vec::new());
        }
        self.customers(
            "SELECT id FROM identities JOIN customers ON id = customer
             WHERE kind = ?1 AND key = ?2 ORDER BY last_contact_at DESC, id LIMIT ?3",
            &[&kind, &key, &MOST_ALIKE],
        )
    }
}
